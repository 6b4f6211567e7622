package sqlstore_test

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// BenchmarkSession measures the read of every signed-in request: a session by its
// token, with its user. On PostgreSQL it also runs with the settings for a pooler,
// with and without a real one.
func BenchmarkSession(b *testing.B) {
	urls := maps.Clone(engines)
	urls["postgres as behind a pooler"] = func(t testing.TB) string { return testserver.Postgres(t) + "&pgbouncer=true" }
	urls["pgbouncer"] = func(t testing.TB) string { return testserver.PgBouncer(t) + "&pgbouncer=true" }
	for name, url := range urls {
		b.Run(name, func(b *testing.B) {
			s := core(b, open(b, url(b), sqlstore.Options{}))
			u, err := s.Create(b.Context(), "user", store.Record{"name": "Ada", "email": "ada@example.com"})
			if err != nil {
				b.Fatal(err)
			}
			for i := range 100 {
				row := store.Record{"token": fmt.Sprint("token", i), "userId": u["id"], "expiresAt": goldenTime, "updatedAt": goldenTime, "ipAddress": "127.0.0.1", "userAgent": "go"}
				if _, err := s.Create(b.Context(), "session", row); err != nil {
					b.Fatal(err)
				}
			}
			q := store.Query{Where: []store.Where{store.Is("token", "token50")}, Join: []string{"userId"}, Limit: 1}
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					rows, err := s.Find(b.Context(), "session", q)
					if err != nil || len(rows) != 1 || rows[0]["user"] == nil {
						b.Error(rows, err)
						return
					}
				}
			})
		})
	}
}

// core returns a store of users and sessions.
func core(b *testing.B, d *sqlstore.DB) *store.Store {
	b.Helper()
	n := 0
	s, err := store.New(store.Options{
		Driver: d, Schema: coreSchema(),
		Now:   func(context.Context) time.Time { return goldenTime },
		NewID: func(context.Context, string) (string, bool) { n++; return fmt.Sprintf("%032d", n), true },
	})
	if err != nil {
		b.Fatal(err)
	}
	migrate(b, d, s.Tables())
	return s
}

// BenchmarkSynchronous measures the write of a sign-in, a session, with both levels
// of SQLite's synchronous.
func BenchmarkSynchronous(b *testing.B) {
	for _, level := range []string{"full", "normal"} {
		b.Run(level, func(b *testing.B) {
			s := core(b, open(b, engines["sqlite"](b), sqlstore.Options{Synchronous: level}))
			u, err := s.Create(b.Context(), "user", store.Record{"name": "Ada", "email": "ada@example.com"})
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				row := store.Record{"token": fmt.Sprint("token", i), "userId": u["id"], "expiresAt": goldenTime, "updatedAt": goldenTime}
				if _, err := s.Create(b.Context(), "session", row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
