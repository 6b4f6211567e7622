package admin

import (
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// A database counts rows by reading all of them, so the total of a long list costs far more than the page of it that
// is shown. Large totals are remembered for a short time.
const (
	exactBelow = 10_000
	totalAge   = 10 * time.Second
	mostTotals = 200
)

// totals are the large numbers of users that were counted a short time ago, by the conditions of the list.
type totals struct {
	mu     sync.Mutex
	known  map[string]*total
	change int // number of times that everything was forgotten
}

type total struct {
	n        int64
	at       time.Time
	counting bool // a call counts again; others use n meanwhile
}

// of returns the number of users that match.
func (t *totals) of(c *auth.Context, where []store.Where) (int64, error) {
	key := keyOf(where)
	n, fresh, change := t.recall(key, c.Clock())
	if fresh {
		return n, nil
	}
	n, err := c.Store.Count(c, "user", where...)
	t.keep(key, n, err, c.Clock(), change)
	return n, err
}

// recall returns a total that is fresh enough. Of the calls that find an old one, only the first counts again.
func (t *totals) recall(key string, now time.Time) (n int64, fresh bool, change int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	known := t.known[key]
	if known == nil {
		return 0, false, t.change
	}
	if age := now.Sub(known.at); known.counting && age < 2*totalAge || age >= 0 && age < totalAge {
		return known.n, true, t.change
	}
	known.counting = true
	return 0, false, t.change
}

func (t *totals) keep(key string, n int64, err error, now time.Time, change int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil || n < exactBelow || change != t.change {
		delete(t.known, key)
		return
	}
	if t.known == nil || len(t.known) >= mostTotals {
		t.known = map[string]*total{}
	}
	t.known[key] = &total{n: n, at: now}
}

func (t *totals) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known, t.change = nil, t.change+1
}

// forget makes the next list exact, because an administrator changed users.
func (p *Plugin) forget(*auth.Context) error {
	p.totals.forget()
	p.pages.forget()
	return nil
}

// keyOf returns the conditions as a text.
func keyOf(where []store.Where) string {
	var parts []any
	for _, w := range where {
		parts = append(parts, w.Field, string(w.Op), w.Value)
	}
	return string(js.Marshal(parts))
}
