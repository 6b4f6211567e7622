package sqlstore

import (
	"context"
	"fmt"
	"time"
)

// refusalPause is how long a server counts as not ready for writes after it
// rejected one, unless another write succeeds earlier.
const refusalPause = 15 * time.Second

// refuse records that the database rejects writes.
func (d *DB) refuse(err error) {
	d.refusal.Store(&err)
	time.AfterFunc(refusalPause, func() { d.refusal.CompareAndSwap(&err, nil) })
}

// wrote records the outcome of a write.
func (d *DB) wrote(err error) {
	if err == nil && d.refusal.Load() != nil {
		d.refusal.Store(nil)
	}
}

// Ping checks that the database answers and accepts writes. On an SQLite file it
// makes a small write. A server counts as not ready for a while after it rejected a
// write because it is full or read-only.
func (d *DB) Ping(ctx context.Context) error {
	err := d.retryHalves(ctx, d.read.db.PingContext)
	if err == nil && d.file {
		err = d.Tx(ctx, d.rewriteVersion)
	}
	if err != nil {
		return fmt.Errorf("sqlstore: ping: %w", d.classify(err))
	}
	if refusal := d.refusal.Load(); refusal != nil {
		return fmt.Errorf("sqlstore: the last write was rejected: %w", d.classify(*refusal))
	}
	return nil
}

// rewriteVersion writes the current user version to an SQLite file. This changes
// nothing but needs space.
func (d *DB) rewriteVersion(ctx context.Context) error {
	var version int64
	if err := d.value(ctx, "PRAGMA user_version", &version); err != nil {
		return err
	}
	_, err := d.exec(ctx, statement{text: fmt.Sprintf("PRAGMA user_version = %d", version), once: true})
	return err
}

// noteFull records that no space is left. For an SQLite file, the space is often
// taken by the write-ahead log, which is merged into the database only when it
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

// makeRoom frees the space of SQLite's write-ahead log if a write has failed for
// lack of space since the last success. If there is not even enough space for that,
// the log stays, and the next write tries again.
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
