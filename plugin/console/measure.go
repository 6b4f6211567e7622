package console

import (
	"context"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// measure counts a request with its status and duration.
func (p *Plugin) measure(s auth.Served) {
	m := p.figures.at(s.At)
	m.requests.Add(1)
	if s.Status >= http.StatusInternalServerError {
		m.failures.Add(1)
	}
	m.took[bucketOf(s.Took)].Add(1)
}

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
