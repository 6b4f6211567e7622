package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/store"
)

// ErrNoSearchIndex is returned where the database has no index that serves searches
// for a part of a text: only PostgreSQL has.
var ErrNoSearchIndex = errors.New("only PostgreSQL has indexes for searches")

// SearchIndex is an index for searches in a text column.
type SearchIndex struct {
	Name     string
	SQL      string // the statement that creates it
	trigrams bool   // needs searchExtension
	exists   bool
	broken   bool // the statement failed halfway and left it unusable
}

// searchExtension contains the operators of indexes over trigrams.
const searchExtension = "CREATE EXTENSION IF NOT EXISTS pg_trgm"

// SearchIndexes returns the indexes for searches in fields that the table lacks, three
// for each: <table>_<column>_grams serves Contains and EndsWith with at least five
// characters, <table>_<column>_prefix serves StartsWith, and <table>_<column>_trgm, which
// needs the extension pg_trgm, serves the first two with three or four characters, with
// texts that many rows have in common, and for other programs. It returns
// ErrNoSearchIndex for other databases.
func (d *DB) SearchIndexes(ctx context.Context, t *store.TableSchema, fields ...string) ([]SearchIndex, error) {
	if d.dialect != Postgres {
		return nil, ErrNoSearchIndex
	}
	var missing []SearchIndex
	for _, kind := range []string{"grams", "prefix", "trgm"} {
		for _, field := range fields {
			c := t.Column(field)
			if c == nil {
				return nil, fmt.Errorf("sqlstore: %s has no field %s", t.Model, field)
			}
			ix, err := d.searchIndex(ctx, t, c, kind)
			if err != nil {
				return nil, err
			}
			if !ix.exists {
				missing = append(missing, ix)
			}
		}
	}
	return missing, nil
}

// searchIndex returns an index of a kind and whether it exists. One that the column
// cannot have counts as existing.
func (d *DB) searchIndex(ctx context.Context, t *store.TableSchema, c *store.Column, kind string) (SearchIndex, error) {
	ix := SearchIndex{Name: t.Name + "_" + c.Physical + "_" + kind, trigrams: kind == "trgm"}
	column := d.quote(c.Physical)
	var on string
	switch kind {
	case "grams":
		// Without its list of new entries, which each search would read whole.
		on = "USING gin ((" + gramsOf(column) + ")) WITH (fastupdate = off)"
		var fit bool
		if err := d.SQL().QueryRowContext(ctx, "SELECT "+gramColumn, d.table(t.Name), c.Physical).Scan(&fit); err != nil {
			return ix, fmt.Errorf("sqlstore: inspect %s.%s: %w", t.Name, c.Physical, err)
		}
		if !fit {
			ix.exists = true
			return ix, nil
		}
	case "prefix":
		on = "(" + column + " text_pattern_ops)"
	default:
		on = "USING gin (" + column + " gin_trgm_ops)"
	}
	ix.SQL = "CREATE INDEX CONCURRENTLY " + d.quote(ix.Name) + " ON " + d.table(t.Name) + " " + on
	return ix, d.findSearchIndex(ctx, t.Name, &ix)
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

// Create creates the index while the table can be read and written, which takes ten
// seconds to a minute for a million rows. It adds the extension pg_trgm if the index
// needs it and the database does not have it.
func (ix *SearchIndex) Create(ctx context.Context, d *DB) error {
	if ix.trigrams {
		if _, err := d.SQL().ExecContext(ctx, searchExtension); err != nil {
			return fmt.Errorf("sqlstore: the extension pg_trgm is needed, and cannot be added by this user: %w\n"+
				"Let the owner of the database run: %s;", err, searchExtension)
		}
	}
	if ix.broken {
		if _, err := d.SQL().ExecContext(ctx, "DROP INDEX CONCURRENTLY "+d.table(ix.Name)); err != nil {
			return fmt.Errorf("sqlstore: drop the unfinished index %s: %w", ix.Name, err)
		}
	}
	if _, err := d.SQL().ExecContext(ctx, ix.SQL); err != nil {
		return fmt.Errorf("sqlstore: create the index %s: %w", ix.Name, err)
	}
	d.infos.Clear() // the indexes are looked for again
	return nil
}
