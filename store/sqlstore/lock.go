package sqlstore

import (
	"context"
	"database/sql"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Lock implements [store.Locker]. SQLite has nothing to lock: its transactions begin
// with the lock for writing, so that one runs at a time.
func (d *DB) Lock(ctx context.Context, t *store.TableSchema, where []store.Where) error {
	if d.dialect == SQLite {
		return nil
	}
	b := d.build()
	if err := b.locking(d.live(ctx, t), where); err != nil {
		return d.errorf(t, err)
	}
	return d.errorf(t, d.each(ctx, d.write, b.done(), func(*sql.Rows) error { return nil }))
}

// longestID is the length of the column of text ids on MySQL.
const longestID = 36

// LongestID implements [store.IDLimiter].
func (d *DB) LongestID() int {
	if d.dialect == MySQL {
		return longestID
	}
	return 0
}
