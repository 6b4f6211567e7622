package apikey

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// lastUses are the last uses of keys that are not yet written. The zero value is ready.
type lastUses struct {
	mu sync.Mutex
	at map[string]time.Time // by id of the key
}

// note adds the use of a key, unless a later one is there.
func (l *lastUses) note(id string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		l.at = map[string]time.Time{}
	}
	if at.After(l.at[id]) {
		l.at[id] = at
	}
}

// take returns all uses and forgets them.
func (l *lastUses) take() map[string]time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	uses := l.at
	l.at = nil
	return uses
}

// onlyTime reports whether the step counts nothing: it only says when the key was used.
func (s step) onlyTime() bool {
	if len(s.change.Add) > 0 {
		return false
	}
	for field := range s.change.Set {
		if field != "lastRequest" && field != "updatedAt" {
			return false
		}
	}
	return true
}

// writeLater returns the row after a use that counts nothing. The time of the use is written with the next batch.
func (p *Plugin) writeLater(row store.Record, s step) store.Record {
	at, used := s.change.Set["lastRequest"].(time.Time)
	if !used {
		return row
	}
	p.uses.note(row.Text("id"), at)
	return row.With(store.Record{"lastRequest": at})
}

func (o *Configuration) checkBatches() error {
	if o.LastRequestInterval > 0 && o.Storage != database {
		return errors.New("lastRequestInterval is for keys in the database; it cannot be set with storage secondary-storage")
	}
	return nil
}

// batches returns the job that writes last uses; none if they are all written at once.
func (p *Plugin) batches() []auth.Job {
	seconds := 0
	for _, cfg := range p.opts.Configurations {
		if n := cfg.LastRequestInterval; n > 0 && (seconds == 0 || n < seconds) {
			seconds = n
		}
	}
	if seconds == 0 {
		return nil
	}
	return []auth.Job{{Name: "write the last uses of API keys", Every: time.Duration(seconds) * time.Second, AtEnd: true, Do: p.writeLastUses}}
}

// batchSize is how many rows one transaction changes.
const batchSize = 100

// writeLastUses writes the last uses of keys. Those that cannot be written are tried again with the next batch. The
// order of the rows is the same on all servers, so that two of them do not wait for each other.
func (p *Plugin) writeLastUses(ctx context.Context, a *auth.Auth) error {
	uses := p.uses.take()
	ctx = store.Unhurried(ctx)
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(uses)), batchSize) {
		err := a.Store.Tx(ctx, func(ctx context.Context) error {
			for _, id := range ids {
				if err := writeLastUse(ctx, a.Store, id, uses[id]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			for id, at := range uses {
				p.uses.note(id, at)
			}
			return fmt.Errorf("api-key: the last uses of %d keys are not written: %w", len(uses), err)
		}
		for _, id := range ids {
			delete(uses, id)
		}
	}
	return nil
}

// writeLastUse writes the last use of one key, unless a later one is written. A key that is gone is ignored.
func writeLastUse(ctx context.Context, s *store.Store, id string, at time.Time) error {
	_, err := s.UpdateMany(ctx, model, []store.Where{
		store.Is("id", id),
		{Field: "lastRequest", Op: store.Lt, Value: at, Or: true},
		{Field: "lastRequest", Op: store.Eq, Value: nil, Or: true},
	}, store.Record{"lastRequest": at})
	return store.UnlessDropped(err)
}
