package oauthprovider_test

import (
	"context"
	"maps"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// counting is a database that counts the calls of its methods.
type counting struct {
	store.Driver
	calls map[string]int
}

func (d *counting) Insert(ctx context.Context, t *store.TableSchema, row store.Record) (store.Record, error) {
	d.calls["insert"]++
	return d.Driver.Insert(ctx, t, row)
}

func (d *counting) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	d.calls["select "+t.Model]++
	return d.Driver.Select(ctx, t, q)
}

func (d *counting) Count(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	d.calls["count"]++
	return d.Driver.Count(ctx, t, where)
}

func (d *counting) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	d.calls["update"]++
	return d.Driver.UpdateOne(ctx, t, where, c)
}

func (d *counting) DeleteOne(ctx context.Context, t *store.TableSchema, where []store.Where) (store.Record, error) {
	d.calls["delete"]++
	return d.Driver.DeleteOne(ctx, t, where)
}

func (d *counting) DeleteMany(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	d.calls["delete"]++
	return d.Driver.DeleteMany(ctx, t, where)
}

func (d *counting) TakeMany(ctx context.Context, t *store.TableSchema, where []store.Where) ([]store.Record, error) {
	d.calls["take "+t.Model]++
	return d.Driver.TakeMany(ctx, t, where)
}

func (d *counting) Group(ctx context.Context, g store.Writes) error {
	d.calls["group"]++
	return d.Driver.Group(ctx, g)
}

func (d *counting) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	d.calls["transaction"]++
	return d.Driver.Tx(ctx, fn)
}

// TestStatements pins how often the database is asked, which decides how long a call takes.
func TestStatements(t *testing.T) {
	db := &counting{Driver: memstore.New(), calls: map[string]int{}}
	options := authtest.PlainPasswords(auth.Options{})
	options.Database = db
	s := newIDP(t, oauthprovider.Options{}, options)
	s.client("app", store.Record{"grantTypes": []any{"authorization_code", "refresh_token", "client_credentials"}, "clientCredentialsScopes": []any{"read"}})
	code := s.code("app", "openid offline_access")
	known := form("client_id", "app", "client_secret", "s3cret")
	ask := func(name string, want map[string]int, call func() *authtest.Answer) *authtest.Answer {
		t.Helper()
		db.calls = map[string]int{}
		answer := call()
		if answer.Status != 200 || !maps.Equal(db.calls, want) {
			t.Errorf("%s: %d %s; calls %v, want %v", name, answer.Status, answer.Body, db.calls, want)
		}
		return answer
	}
	post := func(path string, pairs ...string) func() *authtest.Answer {
		body := form(pairs...)
		maps.Copy(body, known)
		return func() *authtest.Answer { return s.call(path, body) }
	}
	for range 2 { // the first ID token makes a key, the second reads it
		s.redeem("app", s.code("app", "openid"))
	}
	tokens := ask("code", map[string]int{"take verification": 1, "select session": 1, "group": 1}, func() *authtest.Answer { return s.redeem("app", code) })
	access := tokens.Text("access_token")
	ask("introspect", map[string]int{"select oauthAccessToken": 1}, post("/oauth2/introspect", "token", access))
	ask("userinfo", map[string]int{"select oauthAccessToken": 1}, func() *authtest.Answer { return s.call("/oauth2/userinfo", nil, "Authorization", "Bearer "+access) })
	ask("refresh", map[string]int{"select oauthRefreshToken": 1, "group": 1}, post("/oauth2/token", "grant_type", "refresh_token", "refresh_token", tokens.Text("refresh_token")))
	ask("client credentials", map[string]int{"select oauthClient": 1, "group": 1}, post("/oauth2/token", "grant_type", "client_credentials"))
	ask("client credentials again", map[string]int{"group": 1}, post("/oauth2/token", "grant_type", "client_credentials"))
	s.Change("oauthClient", store.Record{"name": "Changed"}, store.Is("clientId", "app"))
	ask("client credentials of a changed client", map[string]int{"select oauthClient": 1, "group": 2}, post("/oauth2/token", "grant_type", "client_credentials"))
}
