package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestReadiness(t *testing.T) {
	var problem, misfit error
	probes, now := 0, clock()
	d := &readiness{
		probe: func(context.Context) error { probes++; return problem },
		check: func(context.Context) error { return misfit },
		log:   slog.New(slog.NewTextHandler(io.Discard, nil)),
		now:   func() time.Time { return now },
	}
	ask := func(status int, text string) {
		t.Helper()
		w := httptest.NewRecorder()
		d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if w.Code != status || !strings.Contains(w.Body.String(), text) {
			t.Errorf("%d %s, want %d %s", w.Code, w.Body, status, text)
		}
	}
	misfit = errors.New("a table is missing")
	ask(503, "does not fit")
	now, misfit = now.Add(readyFor), nil
	ask(200, "ready\n")
	problem = errors.New("read-only")
	ask(200, "ready\n") // the answer is reused for a moment
	if probes != 2 {
		t.Errorf("%d probes", probes)
	}
	now = now.Add(readyFor)
	ask(503, "reject writes")
	now, problem = now.Add(readyFor), nil
	ask(200, "ready\n")
	d.Stop()
	ask(503, "stopping")
}
