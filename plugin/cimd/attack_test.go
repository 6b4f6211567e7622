package cimd_test

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/plugin/cimd"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackDocumentAddress: an id that leads into the network of the server, or is ambiguous, is not requested.
func TestAttackDocumentAddress(t *testing.T) {
	_, w, c := open(t, cimd.Options{MetadataFetchPolicy: cimd.FetchPolicy{MaximumFetchesPerMinute: ptr(1000), MaximumFetchesPerOriginPerMinute: ptr(1000)}})
	for _, id := range []string{
		"https://127.0.0.1/a", "https://127.1/a", "https://0x7f000001/a", "https://2130706433/a", "https://localhost/a", "https://a.localhost/a", "https://localhost./a", "https://10.0.0.1/a",
		"https://192.168.0.1/a", "https://172.16.0.1/a", "https://169.254.169.254/latest", "https://[::1]/a", "https://[fd00::1]/a", "https://[fe80::1]/a", "https://[::ffff:10.0.0.1]/a",
		"https://[64:ff9b::a00:1]/a", "https://[2002:a00:1::]/a", "https://0.0.0.0/a", "https://100.64.0.1/a", "https://metadata.google.internal/a", "https://metadata/a", "https://client.example.com/#a",
		"https://user:pass@client.example.com/a", "https://client.example.com\\@evil.example/a", "https://client.example.com/a/../b", "https://client.example.com/%2e%2e/b", "https://client.example.com",
		"https:client.example.com/a", "https://client.example.com?a",
	} {
		ask(c, id).Want(400, "error", "invalid_client")
	}
	for _, id := range []string{"http://client.example.com/a", "ftp://client.example.com/a", "file:///etc/passwd", "javascript:1"} {
		ask(c, id).Want(404)
	}
	if w.count() != 0 {
		t.Errorf("requested: %v", w.asked)
	}
}

// TestAttackDocumentInside: whatever a name resolves to, no connection is made to an address of the server's network.
func TestAttackDocumentInside(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var got error
	probe := auth.Manifest{ID: "probe", Endpoints: []auth.Endpoint{auth.Handle(auth.Route{
		ID: "probe", Methods: []string{http.MethodGet}, Path: "/probe", Session: auth.Public,
	}, func(c *auth.Context, _ *auth.None) (*auth.Nothing, error) {
		provider, _ := oauthprovider.Of(c.Auth)
		r, err := http.NewRequestWithContext(c, http.MethodGet, "https://"+l.Addr().String()+"/", nil)
		if err == nil {
			_, got = provider.FetchPublic(c, r)
		}
		return &auth.Nothing{}, err
	})}}
	s := authtest.New(t, auth.Options{HTTP: http.DefaultTransport, Plugins: []auth.Plugin{
		jwt.New(jwt.Options{}), oauthprovider.New(oauthprovider.Options{LoginPage: "/in", ConsentPage: "/ok"}), cimd.New(cimd.Options{}), probe,
	}})
	s.Client().Get("/probe").Want(200)
	if !errors.Is(got, oauth.ErrPrivateAddress) {
		t.Errorf("%v, want %v", got, oauth.ErrPrivateAddress)
	}
}

// TestAttackForeignDocument: a document cannot speak for another id, and cannot set what belongs to the server.
func TestAttackForeignDocument(t *testing.T) {
	s, w, c := open(t, cimd.Options{})
	for n, body := range []string{
		document("https://bank.example.com/a"), document("ID", `,"client_secret":"x"`), document("ID", `,"skip_consent":true`), document("ID", `,"require_pkce":false`), document("ID", `,"user_id":"u"`),
		document("ID", `,"clientSecret":"x"`), document("ID", `,"enable_end_session":true`), document("ID", `,"resources":["https://api.example.com"]`), document("ID", `,"token_endpoint_auth_method":"client_secret_basic"`),
		document("ID", `,"backchannel_logout_uri":"https://client.example.com/out"`), document("ID", `,"client_uri":"https://bank.example.com"`), document("ID", `,"post_logout_redirect_uris":["https://bank.example.com/"]`),
		document("ID", `,"logo_uri":"https://10.0.0.1/logo"`), document("ID", `,"jwks":{"keys":[{"kty":"oct","k":"AAAA"}]}`), document("ID", `,"scope":"admin"`),
		document("ID", `,"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://bank.example.com/keys"`), `{"client_id":"ID","redirect_uris":["javascript:alert(1)"]}`, `{"client_id":"ID","redirect_uris":["http://evil.example/cb"]}`,
	} {
		id := fmt.Sprintf("https://client-%d.example.com/a", n)
		w.publish(id, strings.ReplaceAll(body, "ID", id))
		if got := ask(c, id); got.Status != 400 {
			t.Errorf("%s: %v", body, got)
		}
	}
	s.WantRows(0, "oauthClient")
}

// TestAttackTakenClientID: a document cannot take the place of a client that was registered in another way.
func TestAttackTakenClientID(t *testing.T) {
	s, w, c := open(t, cimd.Options{})
	if _, err := s.Store.Create(t.Context(), "oauthClient", store.Record{"clientId": clientID, "name": "Registered", "redirectUris": []any{"https://app.example.com/cb"}}); err != nil {
		t.Fatal(err)
	}
	w.publish(clientID, document(clientID))
	ask(c, clientID).Want(200, "client_name", "Registered")
	if w.count() != 0 {
		t.Error("the document was requested")
	}
}

// TestAttackDocumentRedirect: a redirect is not followed, and a document that is too large or late is refused.
func TestAttackDocumentRedirect(t *testing.T) {
	_, w, c := open(t, cimd.Options{})
	w.set(clientID, func(r *http.Request) *http.Response {
		res := answer(302, "", "Location", "https://10.0.0.1/internal")
		res.Request = r
		return res
	})
	ask(c, clientID).Want(400, "error", "invalid_client")
	if w.count() != 1 {
		t.Errorf("followed: %v", w.asked)
	}
	w.publish("https://large.example.com/a", document("https://large.example.com/a", `,"software_id":"`, strings.Repeat("x", 6000), `"`))
	ask(c, "https://large.example.com/a").Want(400, "error_description", "Metadata document exceeds 5KB size limit")
}

// TestAttackFloodOfDocuments: requests for many clients do not make the server request as many documents.
func TestAttackFloodOfDocuments(t *testing.T) {
	s, w, c := open(t, cimd.Options{MetadataFetchPolicy: cimd.FetchPolicy{MaximumFetchesPerMinute: ptr(10), MaximumFetchesPerOriginPerMinute: ptr(5)}})
	for n := range 20 {
		got := ask(c, fmt.Sprintf("https://client.example.com/%d", n))
		if want := map[bool]int{true: 400, false: 429}[n < 5]; got.Status != want {
			t.Errorf("%d: %v", n, got)
		}
	}
	for n := range 20 {
		ask(c, fmt.Sprintf("https://client-%d.example.com/a", n))
	}
	if w.count() != 10 {
		t.Errorf("%d documents were requested", w.count())
	}
	s.Advance(61 * time.Second)
	ask(c, "https://client.example.com/again").Want(400)

	// Fifty at once share one request.
	s, w, c = open(t, cimd.Options{})
	w.gate = make(chan struct{})
	w.publish(clientID, document(clientID))
	var wait sync.WaitGroup
	statuses, callers := make([]int, 50), make([]*authtest.Client, 50)
	for n := range callers {
		callers[n] = s.Client()
		maps.Copy(callers[n].Jar, c.Jar)
	}
	for n := range statuses {
		wait.Go(func() { statuses[n] = ask(callers[n], clientID).Status })
	}
	for w.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(w.gate)
	wait.Wait()
	for n, status := range statuses {
		if status != 200 {
			t.Errorf("call %d: %d", n, status)
		}
	}
	if w.count() != 1 {
		t.Errorf("%d requests for one document", w.count())
	}
}

func ptr(n int) *int { return &n }
