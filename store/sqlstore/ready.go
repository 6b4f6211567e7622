package sqlstore

import (
	"context"
	"fmt"
	"time"
)

// refusalPause is how long a server counts as not ready for writes after it
// refused one, unless it accepts another before.
const refusalPause = 15 * time.Second

// refuse remembers that the database takes no writes.
func (d *DB) refuse(err error) {
	d.refusal.Store(&err)
	time.AfterFunc(refusalPause, func() { d.refusal.CompareAndSwap(&err, nil) })
}

// wrote remembers the outcome of a write.
func (d *DB) wrote(err error) {
	if err == nil && d.refusal.Load() != nil {
		d.refusal.Store(nil)
	}
}

// Ping checks that the database answers and takes writes. An SQLite file is
// written to. A server is not: it is not ready for a while after it refused a
// write because it is full or read-only.
func (d *DB) Ping(ctx context.Context) error {
	err := d.retry(ctx, lost, d.twice(d.read.db.PingContext))
	if err == nil && d.file {
		err = d.Tx(ctx, d.rewriteVersion)
	}
	if err != nil {
		return fmt.Errorf("sqlstore: ping: %w", d.classify(err))
	}
	if refusal := d.refusal.Load(); refusal != nil {
		return fmt.Errorf("sqlstore: the last write was refused: %w", d.classify(*refusal))
	}
	return nil
}

// rewriteVersion writes the user version that an SQLite file has, which changes
// nothing but needs space.
func (d *DB) rewriteVersion(ctx context.Context) error {
	var version int64
	if err := d.value(ctx, "PRAGMA user_version", &version); err != nil {
		return err
	}
	_, err := d.exec(ctx, statement{text: fmt.Sprintf("PRAGMA user_version = %d", version), once: true})
	return err
}

// noteFull remembers that there is no space left. In an SQLite file it is often
// the log of changes that takes it: it is merged into the database only when it
// has reached 4 MB.
func (d *DB) noteFull(ctx context.Context, err error) {
	if d.dialect != SQLite {
		d.refuse(err)
		return
	}
	if d.file && d.full.CompareAndSwap(false, true) {
		d.log.WarnContext(ctx, "sqlstore: no space left; the log of changes is merged into the database before the next write")
	}
}

// makeRoom gives the space of SQLite's log back, if a write failed for want of
// space since it last succeeded in doing so. Where not even that has enough
// space, the log stays, and the next write tries again.
func (d *DB) makeRoom(ctx context.Context) {
	if !d.full.Load() || d.held(ctx) != nil {
		return
	}
	var busy, pages, merged int64
	row := d.write.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := row.Scan(&busy, &pages, &merged); err != nil || busy != 0 {
		d.log.DebugContext(ctx, "sqlstore: the log of changes could not be merged", "busy", busy, "error", err)
		return
	}
	d.full.Store(false)
}
