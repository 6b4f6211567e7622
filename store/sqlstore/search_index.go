package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/store"
)

// ErrNoSearchIndex is returned where the database has no index that serves searches
// for a part of a text: only PostgreSQL has, with its extension pg_trgm.
var ErrNoSearchIndex = errors.New("only PostgreSQL has indexes for searches")

// SearchIndex is an index for searches in a text column.
type SearchIndex struct {
	Name   string
	SQL    string // the statement that creates it
	exists bool
	broken bool // the statement failed halfway and left it unusable
}

// searchExtension contains the operators of indexes that find a part of a text.
const searchExtension = "CREATE EXTENSION IF NOT EXISTS pg_trgm"

// SearchIndexes returns the indexes for searches in fields that the table lacks, two for
// each: <table>_<column>_trgm serves Contains and EndsWith, <table>_<column>_prefix
// serves StartsWith. It returns ErrNoSearchIndex for other databases.
func (d *DB) SearchIndexes(ctx context.Context, t *store.TableSchema, fields ...string) ([]SearchIndex, error) {
	if d.dialect != Postgres {
		return nil, ErrNoSearchIndex
	}
	var missing []SearchIndex
	for _, field := range fields {
		c := t.Column(field)
		if c == nil {
			return nil, fmt.Errorf("sqlstore: %s has no field %s", t.Model, field)
		}
		column := d.quote(c.Physical)
		for _, kind := range []struct{ suffix, on string }{
			{"trgm", "USING gin (" + column + " gin_trgm_ops)"},
			{"prefix", "(" + column + " text_pattern_ops)"},
		} {
			ix := SearchIndex{Name: t.Name + "_" + c.Physical + "_" + kind.suffix}
			ix.SQL = "CREATE INDEX CONCURRENTLY " + d.quote(ix.Name) + " ON " + d.table(t.Name) + " " + kind.on
			if err := d.findSearchIndex(ctx, t.Name, &ix); err != nil {
				return nil, err
			}
			if !ix.exists {
				missing = append(missing, ix)
			}
		}
	}
	return missing, nil
}

// findSearchIndex sets whether the table has the index and whether it can be used.
func (d *DB) findSearchIndex(ctx context.Context, table string, ix *SearchIndex) error {
	rows, err := d.SQL().QueryContext(ctx, `SELECT x.indisvalid FROM pg_catalog.pg_index x
		JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE i.relname = $1 AND x.indrelid = to_regclass($2)`, ix.Name, d.table(table))
	if err != nil {
		return fmt.Errorf("sqlstore: look for the index %s: %w", ix.Name, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&ix.exists); err != nil {
			return err
		}
		ix.broken = !ix.exists
	}
	return rows.Err()
}

// Create creates the index while the table can be read and written, which takes about
// ten seconds for a million rows. It adds the extension pg_trgm if the database does
// not have it.
func (ix *SearchIndex) Create(ctx context.Context, d *DB) error {
	if _, err := d.SQL().ExecContext(ctx, searchExtension); err != nil {
		return fmt.Errorf("sqlstore: the extension pg_trgm is needed, and cannot be added by this user: %w\n"+
			"Let the owner of the database run: %s;", err, searchExtension)
	}
	if ix.broken {
		if _, err := d.SQL().ExecContext(ctx, "DROP INDEX CONCURRENTLY "+d.table(ix.Name)); err != nil {
			return fmt.Errorf("sqlstore: drop the unfinished index %s: %w", ix.Name, err)
		}
	}
	if _, err := d.SQL().ExecContext(ctx, ix.SQL); err != nil {
		return fmt.Errorf("sqlstore: create the index %s: %w", ix.Name, err)
	}
	return nil
}
