//go:build unix

package oauthprovider_test

import (
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackRememberedClient: a client that is in memory from an earlier call gets only what its row allows now. The rows
// are changed behind the plugin's back, as another program would.
func TestAttackRememberedClient(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := newIDP(t, oauthprovider.Options{}, authtest.PlainPasswords(o))
		s.client("app", store.Record{"grantTypes": []any{"client_credentials"}, "clientCredentialsScopes": []any{"read", "write"}})
		tokens := 0
		ask := func(secret, scope string) *authtest.Answer {
			return s.call("/oauth2/token", form("grant_type", "client_credentials", "client_id", "app", "client_secret", secret, "scope", scope))
		}
		granted := func(secret, scope string) {
			t.Helper()
			for range 3 { // read, remembered, and remembered again
				ask(secret, scope).Want(200)
				tokens++
			}
			s.WantRows(tokens, "oauthAccessToken")
		}
		refused := func(secret, scope, code string) {
			t.Helper()
			for range 2 {
				if a := ask(secret, scope); a.Status < 400 || a.Text("error") != code {
					t.Errorf("%d %s, want %s", a.Status, a.Body, code)
				}
			}
			s.WantRows(tokens, "oauthAccessToken")
		}
		change := func(r store.Record) { s.Change("oauthClient", r, store.Is("clientId", "app")) }

		granted("s3cret", "read")
		refused("wrong", "read", "invalid_client")
		refused("s3cret", "other", "invalid_scope")
		granted("s3cret", "read write")

		change(store.Record{"clientCredentialsScopes": []any{"read"}})
		refused("s3cret", "write", "invalid_scope")
		granted("s3cret", "read")

		change(store.Record{"clientSecret": secret.Digest("new")})
		refused("s3cret", "read", "invalid_client")
		granted("new", "read")

		change(store.Record{"disabled": true})
		refused("new", "read", "invalid_client")
		change(store.Record{"disabled": false})
		granted("new", "read")

		change(store.Record{"grantTypes": []any{"authorization_code"}})
		refused("new", "read", "unauthorized_client")
		change(store.Record{"grantTypes": []any{"client_credentials"}})
		granted("new", "read")
		s.Advance(2 * time.Minute)
		granted("new", "read")

		if _, err := s.Store.DeleteMany(t.Context(), "oauthAccessToken"); err != nil {
			t.Fatal(err)
		}
		tokens = 0
		if err := s.Store.Delete(t.Context(), "oauthClient", store.Is("clientId", "app")); err != nil {
			t.Fatal(err)
		}
		refused("new", "read", "invalid_client")
	})
}
