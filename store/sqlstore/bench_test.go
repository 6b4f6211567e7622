package sqlstore_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// BenchmarkSession is the read that every signed-in request makes: a session
// by its token, with its user.
func BenchmarkSession(b *testing.B) {
	for name, url := range engines {
		b.Run(name, func(b *testing.B) {
			d := open(b, url(b), sqlstore.Options{})
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
			q := store.Query{Where: []store.Where{store.Is("token", "token50")}, Join: "userId", Limit: 1}
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
