package oauth_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
)

// FuzzIDToken verifies arbitrary texts as ID tokens: an accepted one has the signed parts of a genuine token, byte
// for byte.
func FuzzIDToken(f *testing.F) {
	s := oauthtest.New(f, func() time.Time { return noon })
	good := idToken(s, map[string]any{"nonce": "n"})
	f.Add(good, "n")
	f.Add(good, "")
	f.Add(good[:len(good)-2], "n")
	f.Add("eyJhbGciOiJub25lIn0"+good[strings.IndexByte(good, '.'):], "n")
	f.Add("..", "")
	f.Add("a.b.c", "x")
	rules := idTokenRules()
	rules.Keys = oauth.FreshKeys{URL: "https://idp.example/keys"}
	signed := good[:strings.LastIndexByte(good, '.')]
	f.Fuzz(func(t *testing.T, token, nonce string) {
		c := &oauth.Call{Context: context.Background(), Now: noon, HTTP: s, Log: slog.New(slog.DiscardHandler)}
		if rules.Accepts(c, token, nonce) && (!strings.HasPrefix(token, signed+".") || nonce != "n" && nonce != "") {
			t.Errorf("accepted %q with the nonce %q", token, nonce)
		}
		if claims, err := oauth.DecodeIDToken(token); (claims == nil) == (err == nil) {
			t.Errorf("%v %v", claims, err)
		}
	})
}
