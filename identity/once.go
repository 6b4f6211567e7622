package identity

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Once stores single-use values: links, codes, states. They are in the
// verification table, in secondary storage, or in both. The identifier says what
// a value is for, such as "reset-password:<token>".
type Once struct {
	*core
	swept sweepClock
}

// sweepClock holds the time of the next deletion of expired values.
type sweepClock struct {
	mu   sync.Mutex
	next time.Time
}

// Value is a value stored under an identifier.
type Value struct {
	Text      string
	ExpiresAt time.Time

	row store.Record
}

func valueOf(row store.Record) *Value {
	if row == nil {
		return nil
	}
	return &Value{Text: row.Text("value"), ExpiresAt: row.Time("expiresAt"), row: row}
}

// Expired reports whether the value has expired at now. A value whose expiry
// cannot be read counts as expired.
func (v *Value) Expired(now time.Time) bool { return v.ExpiresAt.IsZero() || v.ExpiresAt.Before(now) }

// InDatabase reports whether the values are rows of the database.
func (o *Once) InDatabase() bool { return o.opts.KV == nil || o.opts.StoreOnceInDatabase }

func onceKey(stored string) string { return "verification:" + stored }

// Put stores text under identifier until expires. Existing values stay; Get and
// Take return the newest.
func (o *Once) Put(ctx context.Context, identifier, text string, expires time.Time) error {
	return o.PutAt(ctx, identifier, text, o.opts.Now(ctx), expires)
}

// PutAt is like Put, with another time of creation than now, such as one in whole
// seconds.
func (o *Once) PutAt(ctx context.Context, identifier, text string, created, expires time.Time) error {
	stored, _, err := o.opts.StoredIdentifier(ctx, identifier)
	if err != nil {
		return err
	}
	now := o.opts.Now(ctx)
	row := store.Record{"createdAt": created, "updatedAt": created, "identifier": stored, "value": text, "expiresAt": expires}
	if o.opts.KV == nil {
		_, err = o.opts.Store.Create(ctx, "verification", row)
		return err
	}
	ttl := wholeSeconds(expires.Sub(now))
	_, err = o.opts.Store.CreateVia(ctx, "verification", row, func(ctx context.Context, row store.Record) (store.Record, error) {
		if o.InDatabase() {
			made, err := o.opts.Store.Quiet().Create(ctx, "verification", row)
			if err != nil {
				return nil, err
			}
			row = made
		}
		if ttl <= 0 {
			return row, nil
		}
		return row, o.setCached(ctx, onceKey(row.Text("identifier")), row, ttl)
	})
	return err
}

func (o *Once) setCached(ctx context.Context, key string, row store.Record, ttl time.Duration) error {
	return o.opts.KV.Set(ctx, key, string(js.Marshal(o.opts.Store.Table("verification").Whole(row))), ttl)
}

// Get returns the newest value under identifier, even if it has expired.
func (o *Once) Get(ctx context.Context, identifier string) (*Value, error) {
	names, err := o.names(ctx, identifier)
	if err != nil {
		return nil, err
	}
	if o.opts.KV != nil {
		for _, name := range names {
			value, ok, err := o.opts.KV.Get(ctx, onceKey(name))
			if err != nil {
				return nil, err
			}
			if row, valid := ParseRow([]byte(value)); ok && valid {
				return valueOf(row), nil
			}
		}
		if !o.InDatabase() {
			return nil, store.ErrNotFound
		}
	}
	var row store.Record
	for _, name := range names {
		if row, err = o.newest(ctx, name); row != nil || err != nil {
			break
		}
	}
	if err == nil {
		err = o.sweep(ctx)
	}
	if err == nil && row == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return valueOf(row), nil
}

// Find is like Get, but returns nil without an error if there is no value.
func (o *Once) Find(ctx context.Context, identifier string) (*Value, error) {
	return orNil(o.Get(ctx, identifier))
}

// sweep deletes expired values, at most once a minute.
func (o *Once) sweep(ctx context.Context) error {
	now := o.opts.Now(ctx)
	o.swept.mu.Lock()
	due := !o.opts.KeepExpiredOnce && !now.Before(o.swept.next)
	if due {
		o.swept.next = now.Add(time.Minute)
	}
	o.swept.mu.Unlock()
	if !due {
		return nil
	}
	_, err := o.DeleteExpired(ctx)
	return store.UnlessDropped(err)
}

// DeleteExpired deletes the rows of expired values, unless the options keep them,
// and returns their number.
func (o *Once) DeleteExpired(ctx context.Context) (int64, error) {
	if !o.InDatabase() || o.opts.KeepExpiredOnce {
		return 0, nil
	}
	n, err := deleteExpired(ctx, o.opts.Store, "verification", o.opts.Now(ctx))
	o.logExpired(ctx, "verification", n)
	return n, err
}

// names returns the stored form of an identifier, and the plain one for values
// from before the option storeIdentifier was set.
func (o *Once) names(ctx context.Context, identifier string) ([]string, error) {
	stored, plain, err := o.opts.StoredIdentifier(ctx, identifier)
	if err != nil || plain {
		return []string{stored}, err
	}
	return []string{stored, identifier}, nil
}

// exactly selects the rows of a stored identifier, and not those that the database
// only finds similar (MySQL).
func exactly(stored string) store.Where {
	w := store.Given("identifier", stored)
	w.Exact = true
	return w
}

// newest returns the newest row of a stored identifier, nil if there is none. A
// row that the database only finds similar (MySQL) is not one: a code for a
// look-alike phone number must not stand for the number itself.
func (o *Once) newest(ctx context.Context, stored string) (store.Record, error) {
	rows, err := o.opts.Store.Find(ctx, "verification", store.Query{Where: []store.Where{exactly(stored)}, Sort: "-createdAt"})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Text("identifier") == stored {
			return row, nil
		}
	}
	return nil, nil
}

// Take returns the newest value under identifier and deletes all of them. Of
// several concurrent callers exactly one gets it. An expired value is deleted,
// and the error is ErrNotFound.
func (o *Once) Take(ctx context.Context, identifier string) (*Value, error) {
	names, err := o.names(ctx, identifier)
	if err != nil {
		return nil, err
	}
	row, err := o.takeFirst(ctx, names)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, store.ErrNotFound
	}
	if o.opts.KV != nil && o.InDatabase() {
		for _, name := range names {
			if err := o.opts.KV.Delete(ctx, onceKey(name)); err != nil {
				return nil, err
			}
		}
	}
	v := valueOf(row)
	if v.ExpiresAt.Before(o.opts.Now(ctx)) {
		return nil, store.ErrNotFound
	}
	return v, nil
}

func (o *Once) takeFirst(ctx context.Context, names []string) (row store.Record, err error) {
	for _, name := range names {
		if o.InDatabase() {
			row, err = o.takeStored(ctx, name)
		} else {
			row, err = o.takeCached(ctx, name)
		}
		if row != nil || err != nil {
			break
		}
	}
	return row, err
}

func (o *Once) takeCached(ctx context.Context, name string) (store.Record, error) {
	value, ok, err := o.opts.KV.Take(ctx, onceKey(name))
	if err != nil || !ok {
		return nil, err
	}
	row, valid := ParseRow([]byte(value))
	if !valid {
		return nil, nil
	}
	return row, nil
}

func (o *Once) takeStored(ctx context.Context, name string) (store.Record, error) {
	if o.opts.Store.HasDeleteHooks("verification") {
		return o.takeHooked(ctx, name)
	}
	taken, err := o.opts.Store.TakeMany(ctx, "verification", exactly(name))
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	return slices.MaxFunc(taken, func(a, b store.Record) int { return a.Time("createdAt").Compare(b.Time("createdAt")) }), nil
}

// takeHooked takes the values one by one, because hooks run for the newest only.
func (o *Once) takeHooked(ctx context.Context, name string) (taken store.Record, err error) {
	err = o.opts.Store.Tx(ctx, func(ctx context.Context) error {
		newest, err := o.newest(ctx, name)
		if err != nil || newest == nil {
			return err
		}
		id := newest["id"]
		older := []store.Where{exactly(name), {Field: "id", Op: store.Ne, Value: id}, {Field: "createdAt", Op: store.Lte, Value: newest["createdAt"]}}
		if _, err := o.opts.Store.Quiet().DeleteMany(ctx, "verification", older...); err != nil {
			return err
		}
		taken, err = o.opts.Store.Take(ctx, "verification", store.Is("id", id))
		if isGone(err) {
			taken, err = nil, nil
		}
		return err
	})
	return taken, err
}

// Extend changes the expiry of the values under identifier.
func (o *Once) Extend(ctx context.Context, identifier string, expires time.Time) error {
	stored, _, err := o.opts.StoredIdentifier(ctx, identifier)
	if err != nil {
		return err
	}
	if o.opts.KV != nil {
		if err := o.extendCached(ctx, stored, expires); err != nil {
			return err
		}
	}
	if !o.InDatabase() {
		return nil
	}
	_, err = o.opts.Store.Update(ctx, "verification", []store.Where{exactly(stored)}, store.Record{"expiresAt": expires})
	return err
}

func (o *Once) extendCached(ctx context.Context, stored string, expires time.Time) error {
	value, ok, err := o.opts.KV.Get(ctx, onceKey(stored))
	if err != nil || !ok {
		return err
	}
	row, valid := ParseRow([]byte(value))
	ttl := wholeSeconds(expires.Sub(o.opts.Now(ctx)))
	if !valid || ttl <= 0 {
		return nil
	}
	row["expiresAt"] = expires
	return o.setCached(ctx, onceKey(stored), row, ttl)
}

// Delete deletes the values under identifier.
func (o *Once) Delete(ctx context.Context, identifier string) error {
	stored, _, err := o.opts.StoredIdentifier(ctx, identifier)
	if err != nil {
		return err
	}
	if o.opts.KV != nil {
		if err := o.opts.KV.Delete(ctx, onceKey(stored)); err != nil {
			return err
		}
	}
	if !o.InDatabase() {
		return nil
	}
	return o.opts.Store.Delete(ctx, "verification", exactly(stored))
}
