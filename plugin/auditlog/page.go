package auditlog

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Filter selects entries. The zero value selects all.
type Filter struct {
	EventType string
	UserID    string // the user concerned
	Before    int    // only entries with a smaller number; 0 for all
}

// Page returns the newest entries that match, newest first.
func (p *Plugin) Page(ctx context.Context, f Filter, limit int) ([]*Entry, error) {
	q := store.Query{Sort: "-seq", Limit: limit}
	if f.EventType != "" {
		q.Where = append(q.Where, store.Given("eventType", f.EventType))
	}
	if f.UserID != "" {
		q.Where = append(q.Where, store.Given("userId", f.UserID))
	}
	if f.Before > 0 {
		q.Where = append(q.Where, store.Where{Field: "seq", Op: store.Lt, Value: float64(f.Before)})
	}
	return p.entries().Find(ctx, q)
}

// Failing reports whether the last write of the log failed.
func (p *Plugin) Failing() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failing
}
