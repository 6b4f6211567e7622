package base_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// onDatabase is a server on a database of its own, with a hash that costs
// nothing.
func onDatabase(t *testing.T, url string) *auth.Auth {
	t.Helper()
	ctx := t.Context()
	db, err := sqlstore.Open(ctx, url, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o := auth.Options{Secret: authtest.Secret, BaseURL: auth.Static(authtest.Origin), Mode: auth.Development, Database: db, Environ: func(string) string { return "" }}
	o.EmailAndPassword.Enabled = true
	o.EmailAndPassword.Password.Hash = func(_ context.Context, password string) (string, error) { return "plain:" + password, nil }
	a, err := betterauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := db.Plan(ctx, a.Store.Tables())
	if err == nil {
		err = plan.Apply(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A hundred sign-ups of one address at once make one user, with one account,
// on every database; the others are told that the address is taken.
func TestRacingSignUps(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + t.TempDir() + "/race.db" },
		"postgres": func(t *testing.T) string { return testserver.Postgres(t) },
		"mariadb":  func(t *testing.T) string { return testserver.MariaDB(t) },
	} {
		t.Run(name, func(t *testing.T) {
			a := onDatabase(t, url(t))
			var made, taken atomic.Int32
			var wg sync.WaitGroup
			for i := range 100 {
				wg.Go(func() {
					body := fmt.Sprintf(`{"name":"n%d","email":"One@Example.com","password":"password1234"}`, i)
					r := httptest.NewRequest(http.MethodPost, authtest.Origin+"/api/auth/sign-up/email", strings.NewReader(body))
					r.Header.Set("Content-Type", "application/json")
					w := httptest.NewRecorder()
					a.ServeHTTP(w, r)
					switch w.Code {
					case 200:
						made.Add(1)
					case 422:
						taken.Add(1)
					default:
						t.Errorf("%d %s", w.Code, w.Body)
					}
				})
			}
			wg.Wait()
			if made.Load() != 1 || taken.Load() != 99 {
				t.Errorf("%d made, %d taken", made.Load(), taken.Load())
			}
			for _, model := range []string{"user", "account", "session"} {
				if n, err := a.Store.Count(t.Context(), model, []store.Where{}...); n != 1 || err != nil {
					t.Errorf("%d rows of %s, %v", n, model, err)
				}
			}
		})
	}
}
