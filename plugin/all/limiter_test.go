package all_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/store"
)

// limited returns a server whose limiter counts in a real database.
func limited(t *testing.T, at everywhere.Place, ids auth.GenerateID) *authtest.Server {
	on := true
	o := at.Options(t)
	o.RateLimit.Enabled, o.RateLimit.Storage = &on, "database"
	o.Advanced.Database.GenerateID = ids
	return authtest.New(t, o)
}

// The limiter's table is swept in batches by its primary key, on every database and with every kind of id, and rows
// that still count are kept.
func TestSweepOfTheLimiterEverywhere(t *testing.T) {
	for _, place := range everywhere.SQL() {
		for _, ids := range []store.IDKind{store.TextID, store.UUID, store.SerialID} {
			t.Run(string(place)+" "+string(ids), func(t *testing.T) {
				s := limited(t, place, auth.GenerateID{Kind: ids})
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
				s.WantRows(1, "rateLimit") // the row that still counts
				s.Advance(time.Hour)
				if err := s.SweepLimiter(t.Context()); err != nil {
					t.Fatal(err)
				}
				s.WantRows(0, "rateLimit")
			})
		}
	}
}

// No path is too long for the limiter's column, and none creates a row of its own.
func TestLongPathsInTheLimiter(t *testing.T) {
	for _, place := range everywhere.SQL() {
		t.Run(string(place), func(t *testing.T) {
			s := limited(t, place, auth.GenerateID{})
			c := s.Client()
			c.Header.Set("X-Forwarded-For", "192.0.2.1")
			for _, n := range []int{10, 300, 2000, 3000, 60_000} {
				want := map[bool]int{true: 404, false: 414}[n <= 2000]
				if got := c.Get("/" + strings.Repeat("x", n)); got.Status != want {
					t.Errorf("%d bytes: %d %s", n, got.Status, got.Body)
				}
			}
			s.WantRows(1, "rateLimit")
		})
	}
}
