package all_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// limited is a server whose limiter counts in a real database.
func limited(t *testing.T, at where, ids auth.GenerateID) *authtest.Server {
	on := true
	o := auth.Options{Database: at.database(t), RateLimit: auth.RateLimitOptions{Enabled: &on, Storage: "database"}}
	o.Advanced.Database.GenerateID = ids
	s := authtest.New(t, o)
	plan, err := o.Database.(*sqlstore.DB).Plan(t.Context(), s.Store.Tables())
	if err == nil {
		err = plan.Apply(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The limiter's table is swept in batches by its primary key, in every database
// and with every kind of id, and what counts still stays.
func TestSweepOfTheLimiterEverywhere(t *testing.T) {
	for _, place := range []string{"sqlite", "postgres", "mariadb"} {
		for _, ids := range []store.IDKind{store.TextID, store.UUID, store.SerialID} {
			t.Run(place+" "+string(ids), func(t *testing.T) {
				s := limited(t, places[place], auth.GenerateID{Kind: ids})
				c := s.Client()
				c.Header.Set("X-Forwarded-For", "192.0.2.1")
				c.Get("/get-session")
				err := s.Store.Tx(t.Context(), func(ctx context.Context) error {
					for i := range 1100 {
						row := store.Record{"key": fmt.Sprintf("10.0.%d.%d|/ok", i/250, i%250), "count": 1.0, "lastRequest": 1.0}
						if _, err := s.Store.Create(ctx, "rateLimit", row); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := s.SweepLimiter(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n, err := s.Store.Count(t.Context(), "rateLimit"); n != 1 || err != nil {
					t.Errorf("%d rows are left, want the one that counts: %v", n, err)
				}
				s.Advance(time.Hour)
				if err := s.SweepLimiter(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n, err := s.Store.Count(t.Context(), "rateLimit"); n != 0 || err != nil {
					t.Errorf("%d rows are left: %v", n, err)
				}
			})
		}
	}
}

// No path is too long for the limiter's column, nor makes a row of its own.
func TestLongPathsInTheLimiter(t *testing.T) {
	for _, place := range []string{"sqlite", "postgres", "mariadb"} {
		t.Run(place, func(t *testing.T) {
			s := limited(t, places[place], auth.GenerateID{})
			c := s.Client()
			c.Header.Set("X-Forwarded-For", "192.0.2.1")
			for _, n := range []int{10, 300, 2000, 3000, 60_000} {
				want := map[bool]int{true: 404, false: 414}[n <= 2000]
				if got := c.Get("/" + strings.Repeat("x", n)); got.Status != want {
					t.Errorf("%d bytes: %d %s", n, got.Status, got.Body)
				}
			}
			if n, err := s.Store.Count(t.Context(), "rateLimit"); n != 1 || err != nil {
				t.Errorf("%d rows, want 1: %v", n, err)
			}
		})
	}
}
