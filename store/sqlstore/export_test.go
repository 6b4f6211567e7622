package sqlstore

// ForbidReturning makes d behave as with a MySQL server.
func ForbidReturning(d *DB) { d.returning = false }

var SQLiteText = sqliteText
