package callback

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// maxAnswer is the largest number of bytes that are read of an answer.
const maxAnswer = 1 << 20

// The waits between the attempts of a sender: the wait doubles from the first to
// the last.
const (
	firstWait = 250 * time.Millisecond
	lastWait  = 5 * time.Second
)

// ErrUnavailable reports a webhook without a usable answer: it could not be
// reached, took too long, or sent an invalid answer.
var ErrUnavailable = errors.New("callback: no usable answer from the webhook")

// Caller calls webhooks. A server has one Caller, which does not change once it
// is in use.
type Caller struct {
	// Client sends the requests; nil means a default client. Its redirect policy
	// and cookie jar are not used: redirects are never followed.
	Client *http.Client
	// Now is the clock. It is called with the context of the call.
	Now func(ctx context.Context) time.Time
	// Log receives the attempts that are repeated; nil: no log.
	Log *slog.Logger
	// Builtins are the callbacks that a config file may select by name.
	Builtins map[string]Builtin

	// Realm, if set, is sent along with every call, for receivers that serve several
	// realms.
	Realm string

	// Wait makes Func.Aside wait for webhooks, as the reference does without a
	// handler for background tasks. Tests use it to find a message as soon as the
	// answer has arrived.
	Wait bool

	pausing func(ctx context.Context, d time.Duration) error // replaces the real wait in tests
	asides  asides
}

// Call posts {"event", "data": args} to w and returns its answer. Arguments are
// encoded by js, and Request, Headers, EndpointContext and *APIError in their own
// forms; trailing js.Undefined and nil *Request are left out. The error is an
// *APIError or a *ThrownError from the webhook, or an ErrUnavailable, after which
// the call is repeated w.Retries times.
func (c *Caller) Call(ctx context.Context, w *Webhook, event string, args []any) (Answer, error) {
	return c.send(ctx, w, event, encode(c.Realm, event, args, w.Credentials))
}

func (c *Caller) send(ctx context.Context, w *Webhook, event string, body []byte) (Answer, error) {
	if c.Now == nil {
		return Answer{}, errors.New("callback: the Caller has no clock")
	}
	id := "msg_" + rand.Text() // the same for all attempts, so that a receiver can detect a repetition
	for tries := 0; ; tries++ {
		answer, again, err := c.attempt(ctx, w, id, body)
		if err == nil {
			return answer, nil
		}
		if errors.Is(err, ErrUnavailable) {
			err = fmt.Errorf("%s: %w", event, err)
		}
		if !again || tries >= w.Retries || ctx.Err() != nil {
			return Answer{}, err
		}
		if c.Log != nil {
			c.Log.WarnContext(ctx, "webhook failed, trying again", "event", event, "attempt", tries+1, "error", err)
		}
		if c.pause(ctx, min(firstWait<<tries, lastWait)) != nil {
			return Answer{}, err
		}
	}
}

// attempt makes one request; again reports whether another attempt may succeed.
func (c *Caller) attempt(ctx context.Context, w *Webhook, id string, body []byte) (a Answer, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, w.timeout())
	defer cancel()
	req, err := c.request(ctx, w, id, body)
	if err != nil {
		return Answer{}, false, err
	}
	res, err := c.client().Do(req)
	if err != nil {
		return Answer{}, true, unavailable(withoutURL(err))
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return Answer{}, true, unavailable(err)
	}
	if len(data) > maxAnswer {
		return Answer{}, false, unavailable(errors.New("more than 1 MiB"))
	}
	a, err = read(res.StatusCode, data)
	return a, errors.Is(err, ErrUnavailable) && res.StatusCode != http.StatusOK, err
}

func (c *Caller) request(ctx context.Context, w *Webhook, id string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return nil, unavailable(withoutURL(err))
	}
	now := c.Now(ctx)
	// A receiver may close a kept connection at the moment of the request. With this net/http repeats the request on a
	// new connection; the header without a value is not sent.
	req.Header["Idempotency-Key"] = nil
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set(headerID, id)
	req.Header.Set(headerTimestamp, strconv.FormatInt(now.Unix(), 10))
	if w.Secret == "" {
		return req, nil
	}
	signature, err := Sign(w.Secret, id, now, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set(headerSignature, signature)
	return req, nil
}

func (c *Caller) client() *http.Client {
	var client http.Client
	if c.Client != nil {
		client = *c.Client
	}
	client.Jar = nil
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

func (c *Caller) pause(ctx context.Context, d time.Duration) error {
	if c.pausing != nil {
		return c.pausing(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func unavailable(cause error) error { return fmt.Errorf("%w: %w", ErrUnavailable, cause) }

// withoutURL removes the address from an error, because it may contain a token.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
