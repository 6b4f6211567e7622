package sqlstore

// ForbidReturning makes d behave as with a MySQL server.
func ForbidReturning(d *DB) { d.returning = false }

var SQLiteText = sqliteText

// Unwatched returns the context in which one row is read.
var Unwatched = (*DB).unwatched

// ProbeAfter is how long a connection is idle before it is probed.
const ProbeAfter = probeAfter

// BehindPooler reports whether an address leads to a pooler.
func BehindPooler(address string) (bool, error) {
	a, err := ReadAddress(address)
	if err != nil {
		return false, err
	}
	cfg, err := a.pgx()
	return err == nil && (a.behindPooler() || cfg.StatementCacheCapacity == 0), err
}

// Classify returns the error that callers get.
func Classify(err error) error { return new(DB).classify(err) }
