//go:build linux

package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// sink is a ResponseWriter that discards everything.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// cpuTime returns the processor time of this process. Unlike real time, it does
// not include other programs.
func cpuTime(b *testing.B) int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

func hotServer(b *testing.B, setup string) *auth.Auth {
	b.Helper()
	ctx := b.Context()
	db, err := sqlstore.Open(ctx, "sqlite:"+filepath.Join(b.TempDir(), "hot.db"), sqlstore.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	cache, off := setup == cached, false
	o := auth.Options{
		Secret: secret, BaseURL: auth.Static("http://127.0.0.1:3210"), Database: db, Now: time.Now,
		EmailAndPassword: auth.EmailAndPassword{Enabled: true},
		RateLimit:        auth.RateLimitOptions{Enabled: &off},
		Plugins:          []auth.Plugin{jwt.New(jwt.Options{DisableSettingJWTHeader: setup != header})},
	}
	o.Session.CookieCache.Enabled, o.Session.CookieCache.MaxAge = &cache, 3600
	a, err := betterauth.New(o)
	if err != nil {
		b.Fatal(err)
	}
	plan, err := db.Plan(ctx, a.Store.Tables())
	if err == nil {
		err = plan.Apply(ctx)
	}
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkHot measures the handler alone, without connections.
func BenchmarkHot(b *testing.B) {
	for _, k := range cases {
		if k.password || k.flow != nil {
			continue
		}
		b.Run(strings.ReplaceAll(k.name, " ", ""), func(b *testing.B) {
			a := hotServer(b, k.setup)
			r := httptest.NewRequest(http.MethodPost, "/api/auth/sign-up/email", strings.NewReader(`{"name":"Ada","email":"`+email+`","password":"`+password+`"}`))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("User-Agent", agent)
			w := httptest.NewRecorder()
			a.ServeHTTP(w, r)
			cookies := cookiesOf(w.Result())
			b.ReportAllocs()
			before := cpuTime(b)
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, "/api/auth"+k.path, nil)
				r.Header.Set("User-Agent", agent)
				if k.cookies {
					r.Header.Set("Cookie", cookies)
				}
				s := &sink{header: http.Header{}}
				a.ServeHTTP(s, r)
				if s.status != 0 && s.status != http.StatusOK {
					b.Fatal(s.status)
				}
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}
