package limiter

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Database counts in the table rateLimit, with conditional updates.
type Database struct {
	store *store.Store
	now   func(context.Context) time.Time
	log   *slog.Logger
	// longest is the longest window so far, in seconds. The windows of rules that
	// are functions are only known once these are called.
	longest atomic.Int64
	pruning sync.Mutex
	after   string // the id up to which the table was swept
}

// NewDatabase returns a Counter in the table rateLimit of a store. longest is the
// longest window of all known rules, in seconds.
func NewDatabase(s *store.Store, now func(context.Context) time.Time, log *slog.Logger, longest int) *Database {
	d := &Database{store: s.Quiet(), now: now, log: log}
	d.longest.Store(int64(longest))
	return d
}

// limiterRaces is how often a lost race is repeated. A row that is more contended
// than that is over the limit anyway, so the call is rejected.
const limiterRaces = 20

// Consume implements [Counter].
func (d *Database) Consume(ctx context.Context, key string, rule Rule) (bool, int, error) {
	now := d.now(ctx)
	d.remember(rule.Window)
	for range limiterRaces {
		allowed, retry, again, err := d.step(ctx, key, rule, now)
		if err != nil || !again {
			return allowed, retry, err
		}
	}
	return false, rule.Window, nil
}

func (d *Database) step(ctx context.Context, key string, rule Rule, now time.Time) (allowed bool, retry int, again bool, err error) {
	q := d.store
	row, err := q.Get(ctx, "rateLimit", store.Is("key", key))
	if errors.Is(err, store.ErrNotFound) {
		_, err = q.Create(ctx, "rateLimit", store.Record{"key": key, "count": 1.0, "lastRequest": millis(now)})
		if errors.Is(err, store.ErrConflict) {
			return false, 0, true, nil
		}
		return err == nil, 0, false, err
	}
	if err != nil {
		return false, 0, false, err
	}
	last := js.ToNumber(row["lastRequest"]) // a string on PostgreSQL
	window := float64(rule.Window) * 1000
	if millis(now)-last >= window {
		_, err = q.Increment(ctx, "rateLimit", []store.Where{store.Is("key", key), {Field: "lastRequest", Op: store.Lte, Value: last}},
			store.Change{Set: store.Record{"count": 1.0, "lastRequest": millis(now)}})
		if errors.Is(err, store.ErrNotFound) {
			return false, 0, true, nil
		}
		return err == nil, 0, false, err
	}
	_, err = q.Increment(ctx, "rateLimit", []store.Where{
		store.Is("key", key), {Field: "lastRequest", Op: store.Gt, Value: millis(now) - window}, {Field: "count", Op: store.Lt, Value: float64(rule.Max)},
	}, store.Change{Set: store.Record{"lastRequest": millis(now)}, Add: map[string]int64{"count": 1}})
	if !errors.Is(err, store.ErrNotFound) {
		return err == nil, 0, false, err
	}
	return d.refused(ctx, key, rule, now)
}

func (d *Database) refused(ctx context.Context, key string, rule Rule, now time.Time) (allowed bool, retry int, again bool, err error) {
	row, err := d.store.Get(ctx, "rateLimit", store.Is("key", key))
	if errors.Is(err, store.ErrNotFound) {
		return false, 0, true, nil
	}
	if err != nil {
		return false, 0, false, err
	}
	last := js.ToNumber(row["lastRequest"]) // a string on PostgreSQL
	at := time.UnixMilli(int64(last))
	if now.Sub(at) >= rule.window() {
		return false, 0, true, nil
	}
	return false, retryAfter(at, now, rule.Window), false, nil
}

// Full implements [Lister]. It reads the whole table.
func (d *Database) Full(ctx context.Context, now time.Time, most int) ([]Full, error) {
	since := millis(now) - float64(d.longest.Load())*1000
	rows, err := d.store.Find(ctx, "rateLimit", store.Query{Where: []store.Where{{Field: "lastRequest", Op: store.Gt, Value: since}}, Sort: "-count", Limit: most})
	if err != nil {
		return nil, err
	}
	out := make([]Full, len(rows))
	for i, row := range rows {
		out[i] = Full{Key: row.Text("key"), Count: int(js.ToNumber(row["count"])), Last: time.UnixMilli(int64(js.ToNumber(row["lastRequest"])))}
	}
	return out, nil
}

func (d *Database) remember(window int) {
	for {
		longest := d.longest.Load()
		if int64(window) <= longest || d.longest.CompareAndSwap(longest, int64(window)) {
			return
		}
	}
}

// Forgive implements [Counter].
func (d *Database) Forgive(ctx context.Context, key string) error {
	_, err := d.store.DeleteMany(ctx, "rateLimit", store.Is("key", key))
	return err
}

const (
	// pruneBatch is the number of rows that one statement reads or deletes.
	pruneBatch = 500
	// pruneAtLeast is the number of batches that are read even if they contain no
	// old row.
	pruneAtLeast = 4
)

// Sweep deletes expired rows. There is no index on their time, in the reference's
// table neither, so the table is read in small batches by its primary key. Each
// sweep continues where the last one ended, and reads on while at least a quarter
// of a batch is old. Its cost depends on the number of rows to delete, not on the
// size of the table.
func (d *Database) Sweep(ctx context.Context, now time.Time) error {
	if !d.pruning.TryLock() {
		return nil
	}
	defer d.pruning.Unlock()
	for batch := 1; ; batch++ {
		read, old, err := d.prune(ctx, now)
		if err != nil {
			return err
		}
		if read < pruneBatch { // the end of the table: the next sweep starts at the beginning
			d.after = ""
			return nil
		}
		if old < pruneBatch/4 && batch >= pruneAtLeast {
			return nil
		}
	}
}

// prune reads the next rows and deletes the expired ones.
func (d *Database) prune(ctx context.Context, now time.Time) (read, old int, err error) {
	q := store.Query{Sort: "id", Limit: pruneBatch}
	if d.after != "" {
		q.Where = []store.Where{{Field: "id", Op: store.Gt, Value: d.after}}
	}
	rows, err := d.store.Find(ctx, "rateLimit", q)
	if err != nil || len(rows) == 0 {
		return 0, 0, err
	}
	before := millis(now) - float64(d.longest.Load())*1000
	var ids []any
	for _, row := range rows {
		if js.ToNumber(row["lastRequest"]) < before { // a string on PostgreSQL
			ids = append(ids, row["id"])
		}
	}
	d.after = rows[len(rows)-1].Text("id")
	if len(ids) == 0 {
		return len(rows), 0, nil
	}
	n, err := d.store.DeleteMany(ctx, "rateLimit",
		store.Where{Field: "id", Op: store.In, Value: ids}, store.Where{Field: "lastRequest", Op: store.Lt, Value: before})
	if n > 0 {
		d.log.InfoContext(ctx, "expired counters of the rate limiter were deleted", slog.String("table", d.store.Table("rateLimit").Name), slog.Int64("rows", n))
	}
	return len(rows), len(ids), err
}
