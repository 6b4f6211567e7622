package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// testFolds is a log with folds, whose windows the test ends.
type testFolds struct {
	*folds
	out  bytes.Buffer
	log  *slog.Logger
	ends []func()
}

func openFolds() *testFolds {
	f := &testFolds{folds: newFolds()}
	f.after = func(_ time.Duration, fn func()) { f.ends = append(f.ends, fn) }
	f.log = slog.New(f.Handler(slog.NewTextHandler(&f.out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	return f
}

// pass ends every open window.
func (f *testFolds) pass() {
	ends := f.ends
	f.ends = nil
	for _, end := range ends {
		end()
	}
}

func (f *testFolds) written() []string {
	text := strings.TrimSpace(f.out.String())
	f.out.Reset()
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func TestFoldsTellOnceWithACount(t *testing.T) {
	f := openFolds()
	for i := range 5 {
		f.log.Error("call failed", "path", "/get-session", "id", fmt.Sprint(i),
			"error", fmt.Errorf("read tcp 127.0.0.1:%d->127.0.0.1:5432: connection reset", 50000+i))
	}
	if got := f.written(); len(got) != 1 || !strings.Contains(got[0], "id=0") {
		t.Errorf("at once: %q", got)
	}
	f.pass()
	if got := f.written(); len(got) != 1 || !strings.Contains(got[0], "repeated=4") || !strings.Contains(got[0], "id=4") || !strings.Contains(got[0], "50004->127.0.0.1:5432") {
		t.Errorf("after a window: %q", got)
	}
	f.log.Error("call failed", "path", "/get-session", "id", "x", "error", errors.New("read tcp 127.0.0.1:1->127.0.0.1:5432: connection reset"))
	if got := f.written(); len(got) != 0 {
		t.Errorf("the next window: %q", got)
	}
	f.Flush()
	if got := f.written(); len(got) != 1 || !strings.Contains(got[0], "repeated=1") {
		t.Errorf("at the end: %q", got)
	}
	f.pass()
	f.pass()
	if len(f.open) != 0 || len(f.ends) != 0 || len(f.written()) != 0 {
		t.Errorf("a problem that has gone is still counted")
	}
	f.log.Error("call failed", "path", "/get-session", "error", errors.New("read tcp 127.0.0.1:2->127.0.0.1:5432: connection reset"))
	if got := f.written(); len(got) != 1 {
		t.Errorf("it came back: %q", got)
	}
}

func TestFoldsKeepApart(t *testing.T) {
	f := openFolds()
	bound := f.log.With("instance", "a")
	for range 3 {
		f.log.Info("request", "path", "/x") // not a problem, so never combined
		f.log.Error("call failed", "path", "/x", "error", errors.New("SQLSTATE 42P01"))
		f.log.Error("call failed", "path", "/x", "error", errors.New("SQLSTATE 42P02"))
		f.log.Error("call failed", "path", "/y", "error", errors.New("SQLSTATE 42P01"))
		f.log.Warn("call failed", "path", "/x", "error", errors.New("SQLSTATE 42P01"))
		f.log.Error("other", "path", "/x", "error", errors.New("SQLSTATE 42P01"))
		f.log.Error("call failed", "path", "/x", "error", errors.New("dial tcp 127.0.0.1:5432: refused"))
		f.log.Error("call failed", "path", "/x", "error", errors.New("dial tcp 127.0.0.1:6379: refused"))
		f.log.Error("request", "path", "/x", "status", 500)
		f.log.Error("request", "path", "/x", "status", 503)
		bound.Error("other", "path", "/x", "error", errors.New("SQLSTATE 42P01"))
	}
	if got := f.written(); len(got) != 3+10 {
		t.Errorf("%d lines:\n%s", len(got), strings.Join(got, "\n"))
	}
}

// TestFoldsAreBounded checks that invented paths fill neither the memory nor the
// log, and that a new cause is still written.
func TestFoldsAreBounded(t *testing.T) {
	f := openFolds()
	for i := range 10 * maxFolds {
		f.log.Error("call failed", "path", fmt.Sprintf("/%d", i), "error", errors.New("gone"))
	}
	if got := f.written(); len(got) > maxFolds/2+1 || len(f.open) > maxFolds {
		t.Errorf("%d lines, %d kept", len(got), len(f.open))
	}
	for i := range maxFolds {
		f.log.Error("call failed", "path", "/x", "error", fmt.Errorf("cause %c%d", 'a'+i%26, i))
	}
	if got := f.written(); len(got) != maxFolds || len(f.open) > maxFolds {
		t.Errorf("%d causes told, %d kept", len(got), len(f.open))
	}
}

// TestOutageIsToldBriefly checks that a thousand failing requests of one outage
// write few lines, which name both causes, each endpoint and the counts.
func TestOutageIsToldBriefly(t *testing.T) {
	f := openFolds()
	var outage authtest.Outage
	s := authtest.New(t, auth.Options{Database: outage.Driver(memstore.New()), Logger: f.log})
	c := s.Client()
	c.SignUp("ann@example.com")
	handler := logged(s, f.log, f.log, clock)
	f.written()
	for i := range 1000 {
		outage.Begin(fmt.Errorf("read tcp 127.0.0.1:%d->127.0.0.1:5432: broken pipe: %w", 40000+i, store.ErrUnavailable))
		if i == 500 {
			outage.Begin(fmt.Errorf("FATAL: the database system is shutting down (SQLSTATE 57P03): %w", store.ErrUnavailable))
		}
		path := []string{"/get-session", "/list-sessions", "/list-accounts"}[i%3]
		r := httptest.NewRequest(http.MethodGet, authtest.Origin+"/api/auth"+path, nil)
		r.Header.Set("Cookie", "better-auth.session_token="+c.Jar["better-auth.session_token"])
		w := httptest.NewRecorder()
		if handler.ServeHTTP(w, r); w.Code != http.StatusServiceUnavailable {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	f.Flush()
	lines := f.written()
	text := strings.Join(lines, "\n")
	if len(lines) >= 20 {
		t.Errorf("%d lines:\n%s", len(lines), text)
	}
	for _, want := range []string{"57P03", "broken pipe", "path=/get-session", "path=/list-sessions", "path=/list-accounts", "repeated=333"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told:\n%s", want, text)
		}
	}
}
