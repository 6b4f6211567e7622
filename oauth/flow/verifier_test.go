package flow

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// named is a provider with an id and no other properties.
type named struct {
	oauth.Provider
	id string
}

// Info implements [oauth.Provider].
func (n named) Info() oauth.Info { return oauth.Info{ID: n.id, Audience: []string{"c"}} }

func server(t *testing.T, secrets ...secret.Version) *auth.Auth {
	t.Helper()
	a, err := auth.New(auth.Options{
		Mode: auth.Test, Secrets: secrets, Now: func() time.Time { return time.Unix(1, 0) },
		SocialProviders: []oauth.Provider{named{id: "one"}, named{id: "two"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestVerifiersAreBoundToTheirProvider(t *testing.T) {
	old := secret.Version{Version: 1, Value: "the-old-secret-0123456789-0123456789"}
	c := &auth.Context{Auth: server(t, old)}
	verifier := newVerifier(c, "one")
	if len(verifier) != 128 || strings.Trim(verifier, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		t.Errorf("a verifier unlike the reference's: %s", verifier)
	}
	rotated := &auth.Context{Auth: server(t, secret.Version{Version: 2, Value: "the-new-secret-0123456789-0123456789"}, old)}
	for _, r := range []struct {
		name, verifier, provider string
		elsewhere                bool
	}{
		{"its own", verifier, "one", false}, {"another", verifier, "two", true}, {"the reference's", secret.Random(128), "two", false},
		{"a provider that is not here", newVerifier(c, "three"), "two", false}, {"none", "", "one", false},
	} {
		for _, c := range []*auth.Context{c, rotated} {
			if got := belongsElsewhere(c, r.verifier, r.provider); got != r.elsewhere {
				t.Errorf("%s: %v", r.name, got)
			}
		}
	}
}

func TestStatesThatAreMalformed(t *testing.T) {
	const good = `{"callbackURL":"/a","codeVerifier":"v","expiresAt":1,"link":{"email":"e","userId":5},"requestSignUp":true,"more":[1]}`
	s, err := parseState(good, "value")
	if err != nil || s.CallbackURL != "/a" || s.Link.UserID != "5" || !s.WantsSignUp() || s.Value != "value" {
		t.Fatalf("%+v, %v", s, err)
	}
	for _, text := range []string{"", "null", "[]", "{}", `{"callbackURL":1,"codeVerifier":"v","expiresAt":1}`, strings.Replace(good, `"expiresAt":1`, `"expiresAt":"1"`, 1),
		strings.Replace(good, `"requestSignUp":true`, `"requestSignUp":"true"`, 1), strings.Replace(good, `{"email":"e","userId":5}`, `"x"`, 1)} {
		if _, err := parseState(text, "value"); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestErrorsInAddresses(t *testing.T) {
	for _, r := range []struct{ address, want string }{
		{"/failed", "/failed?error=e+x&error_description=d"}, {"https://a.example/f?x=1#top", "https://a.example/f?x=1&error=e+x&error_description=d#top"},
	} {
		err, ok := Fail(r.address, "e x", "d").(*auth.Error)
		if !ok || err.Header.Get("Location") != r.want {
			t.Errorf("%s: %v", r.address, err)
		}
	}
	if _, redirected := Fail("//evil.example", "e", "").(*auth.Error); redirected {
		t.Error("sent to another site")
	}
}

func TestAccountIDs(t *testing.T) {
	for _, r := range []struct {
		subject any
		want    string
	}{{"a", "a"}, {5.0, "5"}, {1e21, "1e+21"}, {"", ""}, {" ", ""}, {nil, ""}, {js.Undefined{}, ""}, {"null", ""}, {true, "true"}} {
		got, err := AccountID(nil, subject{v: r.subject}, nil, nil)
		if got != r.want || (err != nil) != (r.want == "") {
			t.Errorf("%v: %q, %v", r.subject, got, err)
		}
	}
}

type subject struct {
	oauth.Provider
	v any
}

// Subject implements [oauth.Provider].
func (s subject) Subject(*oauth.Call, *oauth.Tokens, *js.Object) (any, error) { return s.v, nil }
