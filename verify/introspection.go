package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Introspection asks the authorization server about tokens (RFC 7662). A revoked
// token, or one whose session has ended, is then refused at once; each request costs
// another one to the server.
type Introspection struct {
	// URL is the address of the endpoint, such as
	// https://auth.example.com/api/auth/oauth2/introspect.
	URL string
	// ClientID and ClientSecret are the credentials of a confidential client that is
	// linked to the resource. They are sent in the body (client_secret_post), or with
	// Basic in the header Authorization (client_secret_basic), as the client is
	// registered.
	ClientID, ClientSecret string
	Basic                  bool
	// OpaqueOnly asks about tokens that are no JWTs only. A JWT is then valid until it
	// expires.
	OpaqueOnly bool
	// AllowMissingAudience accepts answers without aud: tokens that were issued for no
	// resource at all.
	AllowMissingAudience bool
}

type introspector struct {
	Introspection
	client  *http.Client
	onError func(error)
}

func newIntrospector(i Introspection, o Options) (*introspector, error) {
	u, err := url.Parse(i.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("verify: Introspection.URL %q is not an http or https URL", i.URL)
	}
	if i.ClientID == "" || i.ClientSecret == "" {
		return nil, errors.New("verify: Introspection needs ClientID and ClientSecret")
	}
	client := guardedClient(o.Client)
	// The request carries a token and a secret: it goes to no other address.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("a redirect") }
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	return &introspector{i, client, o.OnError}, nil
}

// ask returns what the server knows about an active token.
func (i *introspector) ask(ctx context.Context, token string) ([]byte, error) {
	if len(token) > maxToken {
		return nil, fmt.Errorf("%w: too long", ErrMalformed)
	}
	payload, err := i.post(ctx, token)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		i.onError(err)
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	answer, err := decodeObject(payload)
	if err != nil {
		err = errors.New("verify: introspection: the answer is not a JSON object")
		i.onError(err)
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if answer["active"] != true {
		return nil, ErrInactive
	}
	return payload, nil
}

func (i *introspector) post(ctx context.Context, token string) ([]byte, error) {
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}
	if !i.Basic {
		form.Set("client_id", i.ClientID)
		form.Set("client_secret", i.ClientSecret)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, i.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("verify: introspection: %w", err)
	}
	// A receiver may close a kept connection at the moment of the request. With this net/http repeats the request on a
	// new connection; the header without a value is not sent.
	r.Header["Idempotency-Key"] = nil
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if i.Basic {
		r.SetBasicAuth(url.QueryEscape(i.ClientID), url.QueryEscape(i.ClientSecret))
	}
	response, err := i.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("verify: introspection: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("verify: introspection: %s answers %s", i.URL, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		return nil, fmt.Errorf("verify: introspection: %w", err)
	}
	return body, nil
}
