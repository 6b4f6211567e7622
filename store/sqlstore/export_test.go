package sqlstore

// ForbidReturning makes d behave as with a MySQL server.
func ForbidReturning(d *DB) { d.returning = false }

var SQLiteText = sqliteText

// Unwatched is the context that one row is read in.
var Unwatched = (*DB).unwatched

// ProbeAfter is how long a connection is idle before it is probed.
const ProbeAfter = probeAfter
