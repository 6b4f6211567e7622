package jwt_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
)

// signAs signs claims within a call, as another plugin does.
func signAs(t *testing.T, o jwt.Options, how jwt.Signing, again func(s *authtest.Server, p *jwt.Plugin, token string)) (string, error) {
	t.Helper()
	p := jwt.New(o)
	var token string
	var err error
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{p, auth.Manifest{ID: "other", Endpoints: []auth.Endpoint{
		auth.Handle(auth.Route{ID: "other", Methods: []string{"GET"}, Path: "/other", Session: auth.Public}, func(c *auth.Context, _ *auth.None) (*auth.Nothing, error) {
			token, err = p.SignAs(c, js.Obj("sub", "x", "aud", "y", "iss", "z"), how)
			return nil, nil
		}),
	}}}})
	s.Client().Get("/jwks").Want(200) // creates the usual key
	s.Client().Get("/other").Want(200)
	if again != nil {
		again(s, p, token)
	}
	return token, err
}

func TestSignAs(t *testing.T) {
	token, err := signAs(t, jwt.Options{}, jwt.Signing{Type: "at+jwt"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header, claims := part(t, token, 0), part(t, token, 1); header["typ"] != "at+jwt" || header["alg"] != "EdDSA" || claims["aud"] != "y" || claims["iss"] != "z" {
		t.Errorf("%v %v", header, claims)
	}
	two := jwt.Options{JWKS: jwt.JWKSOptions{KeyPairConfigs: []jwt.KeyPair{{Alg: "ES256"}}}}
	token, err = signAs(t, two, jwt.Signing{Algorithm: "ES256"}, func(s *authtest.Server, p *jwt.Plugin, token string) {
		c := s.Client()
		c.SignUp("a@example.com")
		if usual := part(t, tokenOf(c), 0); usual["alg"] != "EdDSA" {
			t.Errorf("the usual key is %v", usual)
		}
		s.WantRows(2, "jwks")
		s.Advance(time.Minute)
		if keys, err := p.Keys(t.Context(), s.Auth); err != nil || len(keys) != 2 {
			t.Errorf("%v %v", keys, err)
		}
	})
	if err != nil || part(t, token, 0)["alg"] != "ES256" {
		t.Errorf("%s %v", token, err)
	}
	for name, how := range map[string]jwt.Signing{
		"there is no signing key": {KeyID: "nobody"}, "neither jwks.keyPairConfig nor": {Algorithm: "RS256"},
	} {
		if _, err := signAs(t, two, how, nil); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
