package sqlstore

import (
	"context"
	"database/sql"
	"slices"
)

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

// CellsOf returns the first row of a query, read by pgx itself or through
// database/sql.
func CellsOf(ctx context.Context, d *DB, query string, pgx bool) (cells []any, err error) {
	st := statement{text: query, once: true}
	keep := func(row []any) error {
		cells = slices.Clone(row)
		return nil
	}
	if pgx {
		err = d.scanPgx(ctx, d.read, st, keep)
		return cells, err
	}
	err = d.scan(ctx, d.read, st, func(rows *sql.Rows) error {
		row := make([]any, 1)
		if err := rows.Scan(&row[0]); err != nil {
			return err
		}
		return keep(row)
	})
	return cells, err
}

// GramsOf returns the expression of an index over grams.
var GramsOf = gramsOf

// GramsIn returns the grams of a text.
var GramsIn = gramsIn

// GramLength is the number of characters of a gram.
const GramLength = gramLength
