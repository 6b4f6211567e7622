package auditlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	// batchSize is how many entries one transaction appends.
	batchSize = 100
	// maxRaces is how often appending is tried again because another server appended at the same moment.
	maxRaces = 20
)

func (p *Plugin) entries() store.Table[Entry] { return store.TableOf[Entry](p.auth.Store, modelName) }

// Flush writes the entries that wait in memory. [auth.Auth.Run] calls it at intervals and at the end.
func (p *Plugin) Flush(ctx context.Context) error {
	for {
		p.mu.Lock()
		other := p.writing
		if other == nil {
			p.writing = make(chan struct{})
			p.mu.Unlock()
			return p.drain(ctx)
		}
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-other:
		}
	}
}

// drain writes all pending entries. The caller has set p.writing; drain closes and clears it.
func (p *Plugin) drain(ctx context.Context) error {
	end := func() { close(p.writing); p.writing = nil }
	for {
		p.mu.Lock()
		if p.lost > 0 && len(p.pending) < p.room {
			p.pending = append(p.pending, newEntry(auth.Event{Name: Lost, At: p.auth.Options.Now(), Details: map[string]string{"entries": strconv.Itoa(p.lost)}}))
			p.lost = 0
		}
		batch := slices.Clone(p.pending[:min(len(p.pending), batchSize)])
		if len(batch) == 0 {
			end()
			p.mu.Unlock()
			return nil
		}
		p.mu.Unlock()

		err := p.append(ctx, batch)

		p.mu.Lock()
		if err != nil {
			end()
			p.mu.Unlock()
			return err
		}
		p.pending = p.pending[len(batch):]
		p.mu.Unlock()
	}
}

// append adds entries at the end of the log. The unique numbers decide between servers that append at the same moment;
// the slower one tries again after the entry of the faster one.
func (p *Plugin) append(ctx context.Context, batch []*Entry) error {
	for range maxRaces {
		err := p.auth.Store.Tx(store.Unhurried(ctx), func(ctx context.Context) error {
			last, err := p.last(ctx)
			if err != nil {
				return err
			}
			for _, e := range batch {
				e.Seq, e.PreviousHash = last.Seq+1, last.Hash
				e.Hash = e.Sum()
				if _, err := p.entries().Create(ctx, e); err != nil {
					return err
				}
				last = e
			}
			return nil
		})
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("audit-log: other servers were faster %d times", maxRaces)
}

// last returns the newest entry, or one with number 0 if the log is empty.
func (p *Plugin) last(ctx context.Context) (*Entry, error) {
	rows, err := p.entries().Find(ctx, store.Query{Sort: "-seq", Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return &Entry{}, nil
	}
	return rows[0], nil
}

// Prune deletes entries that are older than the option retention and returns how many. It first adds an entry that
// names the last deleted one and its hash, so that Verify knows that they were not removed by somebody else.
func (p *Plugin) Prune(ctx context.Context) (int64, error) {
	if p.opts.Retention == 0 {
		return 0, nil
	}
	now := p.auth.Options.Now()
	end, err := p.lastBefore(ctx, now.Add(-p.opts.Retention.Duration()))
	if err != nil || end == nil {
		return 0, err
	}
	note := newEntry(auth.Event{Name: Pruned, At: now, Details: map[string]string{"seq": strconv.Itoa(end.Seq), "hash": end.Hash}})
	if err := p.append(ctx, []*Entry{note}); err != nil {
		return 0, err
	}
	return p.auth.Store.DeleteMany(store.Unhurried(ctx), modelName, store.Where{Field: "seq", Op: store.Lte, Value: float64(end.Seq)})
}

// lastBefore returns the last entry of those at the beginning of the log that are all older than t, or nil.
func (p *Plugin) lastBefore(ctx context.Context, t time.Time) (*Entry, error) {
	keep, err := p.entries().Find(ctx, store.Query{Where: []store.Where{{Field: "createdAt", Op: store.Gte, Value: t}}, Sort: "seq", Limit: 1})
	if err != nil {
		return nil, err
	}
	query := store.Query{Sort: "-seq", Limit: 1}
	if len(keep) > 0 {
		query.Where = []store.Where{{Field: "seq", Op: store.Lt, Value: float64(keep[0].Seq)}}
	}
	rows, err := p.entries().Find(ctx, query)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}
