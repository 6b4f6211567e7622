package console

import (
	"context"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// measure counts every request with its status and duration.
func (p *Plugin) measure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := p.auth.Options.Now
		begin := now()
		seen := &status{ResponseWriter: w}
		defer func() { // also after a panic
			end := now()
			m := p.figures.at(end)
			m.requests.Add(1)
			if seen.code >= http.StatusInternalServerError {
				m.failures.Add(1)
			}
			m.took[bucketOf(end.Sub(begin))].Add(1)
		}()
		next.ServeHTTP(seen, r)
	})
}

// status records the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

// WriteHeader implements http.ResponseWriter.
func (s *status) WriteHeader(code int) {
	if s.code == 0 {
		s.code = code
	}
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap supports http.ResponseController.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// count counts sign-ins. Impersonations are none.
func (p *Plugin) count(_ context.Context, e auth.Event) {
	switch {
	case e.Name == auth.UserSignedIn && e.Method != "impersonation":
		p.figures.at(e.At).signIns.Add(1)
	case e.Name == auth.UserSignInFailed || e.Name == auth.CodeRefused:
		p.figures.at(e.At).signInFailures.Add(1)
	default:
		return
	}
	p.sample(e.At)
}

// sample looks at the queue of passwords.
func (p *Plugin) sample(now time.Time) {
	running, waiting := p.auth.Hasher.Load()
	most := &p.figures.at(now).hashing
	for n := int64(running + waiting); ; {
		known := most.Load()
		if n <= known || most.CompareAndSwap(known, n) {
			return
		}
	}
}
