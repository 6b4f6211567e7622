package main

import (
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// handler adds the standalone server's own paths to the endpoints. It compares
// paths exactly: a mux would redirect paths that the reference answers with 404.
func (w *world) handler(srv *server, ready http.Handler, log, requests *slog.Logger) (http.Handler, error) {
	pages, err := srv.pages()
	return logged(health(ready, pages), log, requests, w.now), err
}

// health answers whether the process lives and is ready.
func health(ready, next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case !reads(r):
			next.ServeHTTP(rw, r)
		case r.URL.Path == "/healthz":
			answerText(rw, http.StatusOK, "alive\n")
		case r.URL.Path == "/readyz":
			ready.ServeHTTP(rw, r)
		default:
			next.ServeHTTP(rw, r)
		}
	})
}

func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

func answerText(rw http.ResponseWriter, status int, text string) {
	rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	io.WriteString(rw, text)
}

// recorder records the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap supports http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// logged writes a line for each request, without query, cookies and bodies: to
// requests, or to log if the request failed. It turns a panic into a 500.
func logged(next http.Handler, log, requests *slog.Logger, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		begin := now()
		id := requestID(r)
		rw.Header().Set("X-Request-Id", id)
		rec := &recorder{ResponseWriter: rw}
		defer func() {
			failure := recover()
			if failure == http.ErrAbortHandler {
				panic(failure)
			}
			if failure != nil {
				log.Error("panic", "id", id, "error", failure)
				if rec.status == 0 {
					rec.WriteHeader(http.StatusInternalServerError)
				}
			}
			if rec.status == 0 {
				rec.status = http.StatusOK
			}
			level, to := levelOf(r, rec.status), requests
			if level >= slog.LevelWarn {
				to = log
			}
			if !to.Enabled(r.Context(), level) {
				return
			}
			end := now()
			line := slog.NewRecord(end, level, "request", 0) // 0: the source position would be of no use and costs time
			line.AddAttrs(slog.String("method", r.Method), slog.String("path", logPath(r)), slog.Int("status", rec.status),
				slog.Duration("duration", end.Sub(begin).Round(10*time.Microsecond)), slog.Int64("bytes", rec.bytes), slog.String("id", id))
			_ = to.Handler().Handle(r.Context(), line)
		}()
		next.ServeHTTP(rec, r)
	})
}

func levelOf(r *http.Request, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case r.URL.Path == "/healthz" || r.URL.Path == "/readyz" || strings.HasPrefix(r.URL.Path, "/readyz/"):
		return slog.LevelDebug
	case strings.HasSuffix(r.URL.Path, "/_ui/home.json"): // the first page asks every two seconds
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

var soundID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// requestID returns the id that a proxy gave the request, or a new one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && soundID.MatchString(id) {
		return id
	}
	return secret.Text()[:16]
}

// logPath returns the path without parts that may be tokens:
// /reset-password/<token>.
func logPath(r *http.Request) string {
	path := r.URL.EscapedPath()
	if len(path) > 300 {
		path = path[:300] + "…"
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if i > 0 && segments[i-1] == "reset-password" && s != "" || looksRandom(s) {
			segments[i] = "[redacted]"
		}
	}
	return strings.Join(segments, "/")
}

// looksRandom reports whether a segment may be a token: the names of endpoints
// are lower-case words with hyphens.
func looksRandom(s string) bool {
	return len(s) >= 16 && strings.ContainsAny(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ%")
}
