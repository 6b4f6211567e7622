package cimd_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/cimd"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

const clientID = "https://client.example.com/metadata.json"

// web is the internet of a test: documents by their URL.
type web struct {
	mu    sync.Mutex
	asked []string
	gate  chan struct{} // if set, answers wait for it
	pages map[string]func(r *http.Request) *http.Response
}

// RoundTrip implements [http.RoundTripper].
func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.asked = append(w.asked, r.URL.String())
	page, gate := w.pages[r.URL.String()], w.gate
	w.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	if page == nil {
		return answer(404, ""), nil
	}
	return page(r), nil
}

func (w *web) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked)
}

func answer(status int, body string, headers ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

func document(id string, more ...string) string {
	return fmt.Sprintf(`{"client_id":%q,"client_name":"Client","redirect_uris":["http://127.0.0.1/cb"]%s}`, id, strings.Join(more, ""))
}

func (w *web) set(id string, page func(r *http.Request) *http.Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pages == nil {
		w.pages = map[string]func(r *http.Request) *http.Response{}
	}
	w.pages[id] = page
}

func (w *web) publish(id, body string, headers ...string) {
	w.set(id, func(*http.Request) *http.Response { return answer(200, body, headers...) })
}

// open returns a server, its internet, and a browser that is signed in.
func open(t *testing.T, o cimd.Options) (*authtest.Server, *web, *authtest.Client) {
	t.Helper()
	w := &web{}
	s := authtest.New(t, auth.Options{HTTP: w, Plugins: []auth.Plugin{
		jwt.New(jwt.Options{}), oauthprovider.New(oauthprovider.Options{LoginPage: "/in", ConsentPage: "/ok"}), cimd.New(o),
	}})
	c := s.Client()
	c.SignUp("ada@example.com")
	return s, w, c
}

func ask(c *authtest.Client, id string) *authtest.Answer {
	return c.Get("/oauth2/public-client?client_id=" + url.QueryEscape(id))
}

func TestDocument(t *testing.T) {
	s, w, c := open(t, cimd.Options{})
	w.publish(clientID, document(clientID), "Cache-Control", "max-age=60", "Etag", `"1"`)
	ask(c, clientID).Want(200, "client_name", "Client")
	ask(c, clientID).Want(200)
	if w.count() != 1 {
		t.Errorf("a fresh document was requested again: %v", w.asked)
	}
	row := s.Row("oauthClient", store.Is("clientId", clientID))
	if row["clientDiscoveryId"] != "cimd" || row["clientSecret"] != nil || row["tokenEndpointAuthMethod"] != "none" || row["userId"] != nil {
		t.Errorf("%v", row)
	}
	if _, err := s.Store.Update(t.Context(), "oauthClient", []store.Where{store.Is("clientId", clientID)}, store.Record{"skipConsent": true}); err != nil {
		t.Fatal(err)
	}
	s.Advance(2 * time.Minute)
	w.set(clientID, func(r *http.Request) *http.Response {
		if r.Header.Get("If-None-Match") != `"1"` {
			t.Errorf("the request is not conditional: %v", r.Header)
		}
		return answer(304, "")
	})
	ask(c, clientID).Want(200, "client_name", "Client")
	s.Advance(2 * time.Minute)
	w.publish(clientID, strings.Replace(document(clientID), "Client", "Renamed", 1))
	ask(c, clientID).Want(200, "client_name", "Renamed")
	if row := s.Row("oauthClient", store.Is("clientId", clientID)); row["skipConsent"] != true {
		t.Error("what the operator decided was lost")
	}
	s.WantRows(1, "oauthClient")
	s.Advance(2 * time.Hour)
	w.publish(clientID, "{")
	ask(c, clientID).Want(400, "error", "invalid_client")
}

// TestFailingCallbacks: a callback that says whether a document may be requested fails the call; those that are only
// told do not.
func TestFailingCallbacks(t *testing.T) {
	down := errors.New("down")
	_, w, c := open(t, cimd.Options{IsMetadataDocumentURLAllowed: func(context.Context, cimd.Asked) (bool, error) { return true, down }})
	w.publish(clientID, document(clientID))
	ask(c, clientID).Want(500)
	if w.count() != 0 {
		t.Error("the document was requested")
	}
	s, w, c := open(t, cimd.Options{
		OnClientCreated:   func(context.Context, cimd.Created) (callback.Nothing, error) { return callback.Nothing{}, down },
		OnClientRefreshed: func(context.Context, cimd.Refreshed) (callback.Nothing, error) { return callback.Nothing{}, down },
	})
	w.publish(clientID, document(clientID), "Cache-Control", "no-cache")
	ask(c, clientID).Want(200)
	s.Advance(time.Minute)
	ask(c, clientID).Want(200)
}

func TestNeedsProvider(t *testing.T) {
	_, err := auth.New(auth.Options{Secret: authtest.Secret, Now: time.Now, Plugins: []auth.Plugin{cimd.New(cimd.Options{})}})
	if err == nil || !strings.Contains(err.Error(), "oauth-provider or mcp is needed") {
		t.Errorf("%v", err)
	}
}
