package auditlog_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/auditlog"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// logged starts a server with a log.
func logged(t testing.TB, o auth.Options, opts auditlog.Options) (*authtest.Server, *auditlog.Plugin) {
	log := auditlog.New(opts)
	o.Plugins = append(o.Plugins, log)
	return authtest.New(t, authtest.PlainPasswords(o)), log
}

func flush(t testing.TB, log *auditlog.Plugin) {
	t.Helper()
	if err := log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func events(t testing.TB, log *auditlog.Plugin) []string {
	t.Helper()
	flush(t, log)
	var out []string
	if err := log.Each(t.Context(), 0, func(e *auditlog.Entry) error { out = append(out, e.EventType); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLog(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, log := logged(t, o, auditlog.Options{})
		c := s.Client()
		c.SignUp("ada@example.com")
		user := s.ID("user")
		c.TrySignIn("ada@example.com", "another password").Want(401)
		c.TrySignIn("nobody@example.com", "another password").Want(401)
		c.Post("/update-user", `{"name":"Ada L."}`).Want(200)
		c.Post("/change-password", `{"currentPassword":"password1234","newPassword":"password5678"}`).Want(200)
		c.Post("/sign-out", `{}`).Want(200)
		got := events(t, log)
		want := []string{
			auth.UserCreated, auth.UserSignedIn, auth.UserSignInFailed, auth.UserSignInFailed, auth.ProfileUpdated, auth.PasswordChanged,
			auth.UserSignedOut,
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%v, not %v", got, want)
		}
		entries, err := log.Newest(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if known := e.UserID != nil && *e.UserID == user; known == (e.Seq == 4) { // the fourth names nobody
				t.Errorf("entry %d: user %v", e.Seq, e.UserID)
			}
			if text := string(e.JSON()); strings.Contains(text, "password1234") || strings.Contains(text, "password5678") || strings.Contains(text, "another") || strings.Contains(text, "@") {
				t.Errorf("the log says too much: %s", text)
			}
		}
		report, err := log.Verify(t.Context(), nil)
		if err != nil || report.Entries != len(entries) || report.First != 1 || report.Hash != entries[len(entries)-1].Hash {
			t.Errorf("%+v %v", report, err)
		}
	})
}

// Every entry that is changed, removed or added without the others is noticed.
func TestVerifyFindsChanges(t *testing.T) {
	for name, tamper := range map[string]func(s *authtest.Server){
		"event": func(s *authtest.Server) {
			s.Change("auditLog", store.Record{"eventType": "user_deleted"}, store.Is("seq", 3.0))
		},
		"user":    func(s *authtest.Server) { s.Change("auditLog", store.Record{"userId": nil}, store.Is("seq", 1.0)) },
		"address": func(s *authtest.Server) { s.Change("auditLog", store.Record{"ipAddress": "::1"}, store.Is("seq", 2.0)) },
		"time": func(s *authtest.Server) {
			s.Change("auditLog", store.Record{"createdAt": s.Now().Add(-time.Hour)}, store.Is("seq", 2.0))
		},
		"removed": func(s *authtest.Server) { _ = s.Store.Delete(context.Background(), "auditLog", store.Is("seq", 2.0)) },
		"first":   func(s *authtest.Server) { _ = s.Store.Delete(context.Background(), "auditLog", store.Is("seq", 1.0)) },
		"hash too": func(s *authtest.Server) {
			s.Change("auditLog", store.Record{"eventType": "user_deleted", "hash": strings.Repeat("0", 64)}, store.Is("seq", 3.0))
		},
		"swapped": func(s *authtest.Server) {
			s.Change("auditLog", store.Record{"seq": 90.0}, store.Is("seq", 2.0))
			s.Change("auditLog", store.Record{"seq": 2.0}, store.Is("seq", 3.0))
			s.Change("auditLog", store.Record{"seq": 3.0}, store.Is("seq", 90.0))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, log := logged(t, auth.Options{}, auditlog.Options{})
			c := s.Client()
			c.SignUp("ada@example.com")
			for range 4 {
				c.TrySignIn("ada@example.com", "wrong password")
			}
			flush(t, log)
			if _, err := log.Verify(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			tamper(s)
			var flaw *auditlog.Flaw
			if _, err := log.Verify(t.Context(), nil); !errors.As(err, &flaw) {
				t.Errorf("not noticed: %v", err)
			}
		})
	}
}

// Two servers that append at the same moment make one chain.
func TestServersAppendAtOnce(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, log := logged(t, o, auditlog.Options{})
		other := auditlog.New(auditlog.Options{})
		if err := other.Manifest().Init(s.Auth); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for _, l := range []*auditlog.Plugin{log, other} {
			wg.Go(func() {
				for i := range 25 {
					l.Manifest().OnEvent(context.Background(), auth.Event{Name: auth.UserSignedOut, At: s.Now(), Details: map[string]string{"n": string(rune('a' + i))}})
					if i%5 == 4 {
						if err := l.Flush(context.Background()); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Wait()
		flush(t, log)
		flush(t, other)
		report, err := log.Verify(t.Context(), nil)
		if err != nil || report.Entries != 50 || report.Last != 50 {
			t.Errorf("%+v %v", report, err)
		}
	}, everywhere.SQL()...)
}

func TestRetention(t *testing.T) {
	s, log := logged(t, auth.Options{}, auditlog.Options{Retention: option.Span(30 * 24 * time.Hour)})
	c := s.Client()
	c.SignUp("ada@example.com")
	flush(t, log)
	s.Advance(20 * 24 * time.Hour)
	c.TrySignIn("ada@example.com", "wrong password")
	flush(t, log)
	if n, err := log.Prune(t.Context()); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	s.Advance(15 * 24 * time.Hour)
	s.RunJobs(t.Context())
	if got, want := events(t, log), []string{auth.UserSignInFailed, auditlog.Pruned}; !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	report, err := log.Verify(t.Context(), nil)
	if err != nil || report.First != 3 || report.Last != 4 {
		t.Errorf("%+v %v", report, err)
	}
	if err := s.Store.Delete(t.Context(), "auditLog", store.Is("seq", 3.0)); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Verify(t.Context(), nil); err == nil {
		t.Error("an entry that was removed before its time was not noticed")
	}
}

// An outage delays the log; it neither fails calls nor loses entries.
func TestOutage(t *testing.T) {
	var outage authtest.Outage
	s, log := logged(t, auth.Options{Database: outage.Driver(memstore.New())}, auditlog.Options{})
	s.Client().SignUp("ada@example.com")
	before := len(events(t, log))
	outage.Begin(store.ErrUnavailable)
	log.Manifest().OnEvent(t.Context(), auth.Event{Name: auth.UserSignedOut, At: s.Now()})
	if err := log.Flush(t.Context()); err == nil {
		t.Error("an entry was written during the outage")
	}
	outage.End()
	s.RunJobs(t.Context())
	if got := events(t, log); len(got) != before+1 {
		t.Errorf("%v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the caller is gone
	log.Manifest().OnEvent(ctx, auth.Event{Name: auth.UserSignedOut, At: s.Now()})
	if got := events(t, log); len(got) != before+2 {
		t.Errorf("%v", got)
	}
}

// Texts that a database cannot store do not stop the log.
func TestAttackUnstorableTexts(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, log := logged(t, o, auditlog.Options{})
		log.Manifest().OnEvent(t.Context(), auth.Event{Name: auth.UserSignedOut, At: s.Now(), UserAgent: "a\x00b\xff\U0001F600\n", Path: strings.Repeat("ü", 5000), Details: map[string]string{"k": "\xfe"}})
		flush(t, log)
		if report, err := log.Verify(t.Context(), nil); err != nil || report.Entries != 1 {
			t.Errorf("%+v %v", report, err)
		}
	}, everywhere.SQL()...)
}

func TestExport(t *testing.T) {
	s, log := logged(t, auth.Options{}, auditlog.Options{})
	s.Client().SignUp("ada@example.com")
	flush(t, log)
	entries, err := log.Newest(t.Context(), 1)
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	var line map[string]any
	if err := json.Unmarshal(entries[0].JSON(), &line); err != nil {
		t.Fatal(err)
	}
	if line["eventType"] != auth.UserSignedIn || line["seq"] != 2.0 || line["hash"] != entries[0].Hash || line["createdAt"] == "" {
		t.Errorf("%v", line)
	}
}
