package mail

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
)

const hookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// postOffice is a receiver of mail by webhook, with a mailer on a controlled
// clock.
type postOffice struct {
	*Mailer
	t     *testing.T
	queue *watched
	log   *safeLog

	mu     sync.Mutex
	clock  time.Time
	answer func(w http.ResponseWriter, r *http.Request)
	got    []posted
}

type posted struct {
	header http.Header
	body   []byte
}

type safeLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// watched reports the outcome of every attempt: the time until the next, or the
// end.
type watched struct {
	Queue
	now  func() time.Time
	fate chan fate
}

type fate struct {
	what  string // sent, again, given up
	wait  time.Duration
	cause string
}

func (q *watched) Done(ctx context.Context, it *Item) error {
	defer func() { q.fate <- fate{what: "sent"} }()
	return q.Queue.Done(ctx, it)
}

func (q *watched) Retry(ctx context.Context, it *Item, next time.Time, cause string) error {
	defer func() { q.fate <- fate{"again", next.Sub(q.now()), cause} }()
	return q.Queue.Retry(ctx, it, next, cause)
}

func (q *watched) Fail(ctx context.Context, it *Item, cause string) error {
	defer func() { q.fate <- fate{what: "given up", cause: cause} }()
	return q.Queue.Fail(ctx, it, cause)
}

func (o *postOffice) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock
}

// hangUp breaks the connection before it answers; slow lets the client time out.
func hangUp(http.ResponseWriter, *http.Request)     { panic(http.ErrAbortHandler) }
func slowly(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func saying(status int, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	o := &postOffice{t: t, clock: noon, log: &safeLog{}, answer: saying(200, "")}
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		o.mu.Lock()
		o.got = append(o.got, posted{r.Header.Clone(), body})
		answer := o.answer
		o.mu.Unlock()
		answer(w, r)
	}))
	web.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	web.Start()
	t.Cleanup(web.Close)
	c := Config{From: "Acme <no-reply@acme.example>", ReplyTo: "help@acme.example"}
	check(t, json.Unmarshal([]byte(`{"webhook":"`+web.URL+`/in?token=topsecret","secret":"`+hookSecret+`","timeout":2000}`), &c.Webhook))
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	caller := &callback.Caller{Now: func(context.Context) time.Time { return o.now() }, Log: log}
	check(t, c.Webhook.BindCallback("mail.webhook", caller))
	o.queue = &watched{NewMemoryQueue(), o.now, make(chan fate, 100)}
	var err error
	o.Mailer, err = New(Settings{Config: c, AppName: "Acme", Keep: o.queue, Now: o.now, Log: log})
	check(t, err)
	t.Cleanup(func() { check(t, o.Close()) })
	return o
}

func (o *postOffice) answers(with func(http.ResponseWriter, *http.Request)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answer = with
}

func (o *postOffice) next() fate {
	o.t.Helper()
	select {
	case f := <-o.queue.fate:
		return f
	case <-time.After(30 * time.Second):
		o.t.Fatal("no attempt was made")
		return fate{}
	}
}

// pass moves the clock and wakes up the mailer.
func (o *postOffice) pass(d time.Duration) {
	o.mu.Lock()
	o.clock = o.clock.Add(d)
	o.mu.Unlock()
	poke(o.send)
}

// TestWebhookTriesAgain lets a receiver fail in every way, one after the other on
// one message, until it works.
func TestWebhookTriesAgain(t *testing.T) {
	o := newPostOffice(t)
	failures := []struct {
		name  string
		how   func(http.ResponseWriter, *http.Request)
		cause string
	}{
		// On a kept connection that breaks, the next attempt would be made at once.
		{"server error", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			saying(503, "busy")(w, r)
		}, "status 503"},
		{"connection breaks", hangUp, "EOF"},
		{"slow", slowly, "deadline exceeded"},
		{"nonsense", saying(200, "OK"), "without a JSON object"},
		{"wrong address", saying(404, `{"message":"no such route"}`), "404"},
		{"wrong signature", saying(401, `{"status":401,"message":"who are you?"}`), "401"},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
		}, "status 307"},
		{"thrown", saying(500, `{"$error":true,"name":"Error","message":"out of ink"}`), "out of ink"},
	}
	waits := []time.Duration{
		5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, time.Hour,
	}
	for i, f := range failures {
		o.answers(f.how)
		if i == 0 {
			check(t, o.Send(resetEvent, reset))
		}
		got := o.next()
		if got.what != "again" || got.wait != waits[i] || !strings.Contains(got.cause, f.cause) {
			t.Fatalf("%s: %+v, want again after %s, because of %s", f.name, got, waits[i], f.cause)
		}
		if i == len(failures)-1 {
			o.answers(saying(200, ""))
		} else {
			o.answers(failures[i+1].how)
		}
		o.pass(got.wait)
	}
	if got := o.next(); got.what != "sent" {
		t.Fatalf("in the end: %+v", got)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.got) != len(failures)+1 {
		t.Fatalf("%d attempts arrived, of %d", len(o.got), len(failures)+1)
	}
	at, ids := noon, map[string]bool{}
	for i, r := range o.got {
		ids[checkBody(t, r.body)] = true
		// The signature has the time of the attempt: an old time stamp would be
		// rejected.
		if err := callback.Verify(hookSecret, r.header, r.body, at); err != nil {
			t.Errorf("attempt %d: %v", i+1, err)
		}
		if i < len(waits) {
			at = at.Add(waits[i])
		}
	}
	if len(ids) != 1 {
		t.Errorf("one message has the ids %v", ids)
	}
	o.checkLog()
}

// checkBody compares the received body with the documentation and returns the
// message's id.
func checkBody(t *testing.T, body []byte) string {
	t.Helper()
	var in struct {
		Event string
		Data  []map[string]string
	}
	if err := json.Unmarshal(body, &in); err != nil || in.Event != "mail.webhook" || len(in.Data) != 1 {
		t.Fatalf("arrived: %s, %v", body, err)
	}
	e := in.Data[0]
	var names []string
	for name := range e {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"at", "from", "html", "id", "kind", "replyTo", "subject", "text", "to", "url"}; !slices.Equal(names, want) {
		t.Errorf("the message has %v, want %v", names, want)
	}
	if e["from"] != "Acme <no-reply@acme.example>" || e["replyTo"] != "help@acme.example" || e["to"] != "a@example.com" || e["kind"] != "reset-password" ||
		e["subject"] != "Reset your Acme password" || e["url"] != reset.URL || !strings.Contains(e["text"], reset.URL) || !strings.HasPrefix(e["html"], "<!doctype html>") ||
		e["at"] != "2026-11-24T12:00:00.000Z" {
		t.Errorf("arrived: %s", body)
	}
	return e["id"]
}

// The log names the outcome, and neither the links nor the secrets. Its lines are
// written after the event, so the mailer is closed first.
func (o *postOffice) checkLog() {
	t := o.t
	t.Helper()
	check(t, o.Close())
	log := o.log.String()
	if !strings.Contains(log, "a message was not sent; it will be tried again") {
		t.Errorf("the log does not tell: %s", log)
	}
	for _, secret := range []string{"topsecret", hookSecret, strings.TrimPrefix(hookSecret, "whsec_"), "reset-password/tok", "a@example.com"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log shows %s:\n%s", secret, log)
		}
	}
}

// TestWebhookNobodyThere checks a connection that is refused.
func TestWebhookNobodyThere(t *testing.T) {
	o := newPostOffice(t)
	o.settings.Webhook = nil
	var hook callback.Func[*Envelope, callback.Nothing]
	check(t, json.Unmarshal([]byte(`"http://127.0.0.1:1/?token=topsecret"`), &hook))
	check(t, hook.BindCallback("mail.webhook", &callback.Caller{Now: func(context.Context) time.Time { return noon }}))
	o.sender = webhookSender{hook}
	check(t, o.Send(resetEvent, reset))
	if got := o.next(); got.what != "again" || got.wait != 5*time.Second || !strings.Contains(got.cause, "refused") {
		t.Errorf("%+v", got)
	}
	o.checkLog()
}

// TestWebhookRefuses checks that a receiver's answer about the message itself is
// final.
func TestWebhookRefuses(t *testing.T) {
	for body, want := range map[string]string{
		`{"status":422,"message":"no such mailbox"}`:            "given up",
		`{"status":"BAD_REQUEST","message":"no such mailbox"}`:  "given up",
		`{"status":403,"code":"FORBIDDEN","message":"expired"}`: "again",
		`{"status":429,"message":"slowly"}`:                     "again",
	} {
		o := newPostOffice(t)
		o.answers(saying(422, body))
		check(t, o.Send(resetEvent, reset))
		if got := o.next(); got.what != want || !strings.Contains(got.cause, "callback: API error") {
			t.Errorf("%s: %+v", body, got)
		}
	}
}

// TestWebhookIsGivenUp checks a receiver that is down for a day.
func TestWebhookIsGivenUp(t *testing.T) {
	o := newPostOffice(t)
	o.answers(saying(503, ""))
	check(t, o.Send(resetEvent, reset))
	attempts := 0
	for {
		attempts++
		got := o.next()
		if got.what == "given up" {
			break
		}
		if passed := o.now().Sub(noon); got.what != "again" || passed > keepTrying || attempts > 6 && got.wait != time.Hour {
			t.Fatalf("attempt %d after %s: %+v", attempts, passed, got)
		}
		o.pass(got.wait)
	}
	if passed := o.now().Sub(noon); passed <= keepTrying || passed > keepTrying+time.Hour || attempts != 31 {
		t.Errorf("given up after %s and %d attempts", passed, attempts)
	}
	if !strings.Contains(o.log.String(), "a message was given up") {
		t.Errorf("the log does not tell: %s", o.log)
	}
}
