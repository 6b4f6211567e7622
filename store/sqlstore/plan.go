package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Plan lists the tables, columns and indexes that a database lacks. It never drops
// or changes anything.
type Plan struct {
	Steps    []string  // statements in the order of execution
	Warnings []string  // columns that differ and are left unchanged
	Unsafe   []string  // steps that would fail because the tables already have rows; Apply refuses
	Problems []Problem // columns that make inserts fail; Apply refuses

	db     *DB
	tables []*store.TableSchema
}

// Empty reports whether nothing is missing.
func (p *Plan) Empty() bool { return len(p.Steps) == 0 }

// SQL returns the plan as a script, "" if nothing is missing.
func (p *Plan) SQL() string {
	if p.Empty() {
		return ""
	}
	return strings.Join(p.Steps, ";\n\n") + ";\n"
}

// Plan compares the database with tables and returns what is missing.
func (d *DB) Plan(ctx context.Context, tables []*store.TableSchema) (*Plan, error) {
	ctx = store.Unhurried(ctx)
	live, err := d.Inspect(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: inspect: %w", d.classify(err))
	}
	pl := planner{d: d, live: live, plan: &Plan{db: d, tables: tables}}
	for _, t := range tables {
		if t.NoMigrate {
			continue
		}
		if err := pl.table(ctx, t); err != nil {
			return nil, err
		}
	}
	for _, pr := range diff(live, tables) {
		if pr.Kind == UnexpectedColumn {
			pl.plan.Problems = append(pl.plan.Problems, pr)
		}
	}
	if d.schema != "" && len(pl.creates) > 0 {
		pl.plan.Steps = append(pl.plan.Steps, "create schema if not exists "+d.quote(d.schema))
	}
	for _, steps := range [][]string{pl.adds, pl.creates, pl.addIndexes, pl.createIndexes, pl.tableIndexes} {
		pl.plan.Steps = append(pl.plan.Steps, steps...)
	}
	return pl.plan, errors.Join(pl.conflicts...)
}

// planner collects the steps of each kind, because the reference runs them in that
// order.
type planner struct {
	d    *DB
	live *Live
	plan *Plan

	adds, creates, addIndexes, createIndexes, tableIndexes []string

	conflicts []error
}

func (pl *planner) table(ctx context.Context, t *store.TableSchema) error {
	live := pl.live.Table(t.Name)
	pl.indexes(t, live)
	if live == nil {
		pl.creates = append(pl.creates, pl.d.createTable(t))
		for i := range t.Columns {
			if c := &t.Columns[i]; c.Index && !c.Unique {
				pl.createIndexes = append(pl.createIndexes, pl.d.fieldIndex(t, c))
			}
		}
		return nil
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if have := live.Column(c.Physical); have != nil {
			pl.compare(t, c, have)
			continue
		}
		if err := pl.add(ctx, t, c); err != nil {
			return err
		}
	}
	return nil
}

func (pl *planner) add(ctx context.Context, t *store.TableSchema, c *store.Column) error {
	if !c.Optional && pl.d.timestampDefault(c) == "" && pl.d.literalDefault(c) == "" {
		some, err := pl.d.hasRows(ctx, t)
		if err != nil {
			return err
		}
		if some {
			pl.plan.Unsafe = append(pl.plan.Unsafe, fmt.Sprintf(
				"Cannot add required column %q to populated table %q: the schema declares no default value, so existing rows have no value to backfill. "+
					"Add the column as nullable, backfill a correct value for every row, then make it NOT NULL.", c.Physical, t.Name))
		}
	}
	pl.adds = append(pl.adds, pl.d.addColumn(t, c))
	if c.Index || c.Unique {
		pl.addIndexes = append(pl.addIndexes, pl.d.fieldIndex(t, c))
	}
	return nil
}

func (d *DB) hasRows(ctx context.Context, t *store.TableSchema) (bool, error) {
	n := 0
	err := d.value(ctx, "SELECT 1 FROM "+d.table(t.Name)+" LIMIT 1", &n)
	return n == 1, err
}

func (pl *planner) compare(t *store.TableSchema, c *store.Column, have *LiveColumn) {
	if !c.Optional && !c.IsID && have.Nullable {
		pl.warn("Column %q on table %q stays nullable while the schema declares the field required, so existing rows can still hold null. "+
			"Backfill every row for this column and enforce NOT NULL to remove the drift.", c.Physical, t.Name)
	}
	if !c.IsID && !pl.d.fits(c, have.Type) {
		pl.warn("Field %s in table %s has a different type in the database. Expected %s but got %s.", c.Physical, t.Name, c.Type, have.Type)
	}
}

func (pl *planner) warn(format string, args ...any) {
	pl.plan.Warnings = append(pl.plan.Warnings, fmt.Sprintf(format, args...))
}

func (pl *planner) indexes(t *store.TableSchema, live *LiveTable) {
	for _, ix := range t.Indexes {
		columns := physicals(t, ix)
		if ix.Extra {
			if pl.canAdd(t, ix, columns, live) {
				pl.tableIndexes = append(pl.tableIndexes, pl.d.createIndex(t, ix.Name, columns, ix.Unique))
			}
			continue
		}
		if have := pl.live.index(t.Name, ix.Name); have != nil {
			if !have.matches(columns, ix.Unique) {
				pl.conflict("Database index %q on table %q does not match the configured fields and uniqueness. Rename or replace the existing index, then run the migration again.", ix.Name, t.Name)
			}
			continue
		}
		if other := pl.elsewhere(t.Name, ix.Name); other != "" {
			pl.conflict("Database index name %q is already used by table %q. Index names must be unique across the schema.", ix.Name, other)
			continue
		}
		if live != nil && pl.d.dialect == MySQL {
			pl.fitsIndex(t, ix, live)
		}
		pl.tableIndexes = append(pl.tableIndexes, pl.d.createIndex(t, ix.Name, columns, ix.Unique))
	}
}

// canAdd reports whether an index that the reference does not have is missing and
// can be created.
func (pl *planner) canAdd(t *store.TableSchema, ix store.Index, columns []string, live *LiveTable) bool {
	if pl.live.index(t.Name, ix.Name) != nil || pl.elsewhere(t.Name, ix.Name) != "" {
		return false
	}
	if slices.ContainsFunc(pl.live.Indexes, func(have LiveIndex) bool {
		return have.Table == t.Name && have.Whole && len(have.Columns) >= len(columns) && slices.Equal(have.Columns[:len(columns)], columns)
	}) {
		return false
	}
	return pl.d.dialect != MySQL || !slices.ContainsFunc(ix.Fields, func(f string) bool { return !pl.bounded(t, t.Column(f), live) })
}

// bounded reports whether MySQL can index a column alone.
func (pl *planner) bounded(t *store.TableSchema, c *store.Column, live *LiveTable) bool {
	if c.IsID || c.Type != store.String {
		return true
	}
	if live != nil {
		if have := live.Column(c.Physical); have != nil {
			return have.Bytes > 0 && have.Bytes <= indexBytes
		}
	}
	return len(c.Enum) == 0 && varchar(t, c) != "text"
}

func (pl *planner) conflict(format string, args ...any) {
	pl.conflicts = append(pl.conflicts, fmt.Errorf("sqlstore: "+format, args...))
}

// elsewhere finds an index of the same name on another table, on engines where
// index names are unique per schema.
func (pl *planner) elsewhere(table, name string) string {
	if pl.d.dialect == MySQL {
		return ""
	}
	for _, ix := range pl.live.Indexes {
		if strings.EqualFold(ix.Name, name) && !strings.EqualFold(ix.Table, table) {
			return ix.Table
		}
	}
	return ""
}

// fitsIndex rejects an index over columns that are too long for MySQL
// (assertExistingTableIndexFits).
func (pl *planner) fitsIndex(t *store.TableSchema, ix store.Index, live *LiveTable) {
	var bytes int64
	for _, f := range ix.Fields {
		c := t.Column(f)
		have := live.Column(c.Physical)
		switch {
		case c.IsID || c.Type != store.String:
			bytes += 16
		case have == nil:
			bytes += int64(indexLength(t, f) * characterBytes)
		case have.Bytes == 0 || have.Bytes > indexBytes:
			pl.conflict("Cannot create database index %q on existing table %q because column %q is not bounded for MySQL. "+
				"Change it to a bounded string column, resolve oversized values, then run the migration again.", ix.Name, t.Name, c.Physical)
			return
		default:
			bytes += have.Bytes
		}
	}
	if bytes > indexBytes {
		pl.conflict("Cannot create database index %q on existing table %q because its columns can exceed MySQL's %d-byte index-key limit.", ix.Name, t.Name, indexBytes)
	}
}

// Apply creates everything the plan's tables lack. It computes a new plan under a
// lock that other processes' Apply waits for, so concurrent and repeated calls are
// safe. It returns an error without changing anything if the plan is unsafe or
// would leave a column that makes inserts fail.
func (p *Plan) Apply(ctx context.Context) error {
	return p.db.exclusively(ctx, func(ctx context.Context) error {
		now, err := p.db.Plan(ctx, p.tables)
		if err != nil {
			return err
		}
		if len(now.Problems) > 0 {
			return &MismatchError{now.Problems}
		}
		if len(now.Unsafe) > 0 {
			return &UnsafeError{now.Unsafe}
		}
		for _, step := range now.Steps {
			if _, err := p.db.exec(ctx, statement{text: step, once: true}); err != nil {
				return fmt.Errorf("sqlstore: migrate: %w\n%s", err, step)
			}
		}
		return nil
	})
}

// UnsafeError reports steps that would fail because the tables already have rows.
type UnsafeError struct{ Messages []string }

func (e *UnsafeError) Error() string { return strings.Join(e.Messages, "\n") }

// lockNumber is a random number that identifies the migration lock on PostgreSQL.
const lockNumber = 7241980113926104

// exclusively runs fn while no other process migrates: in a transaction if DDL is
// transactional, and otherwise while holding a named lock.
func (d *DB) exclusively(ctx context.Context, fn func(ctx context.Context) error) error {
	ctx = unlimited(ctx)
	if d.dialect == MySQL {
		return d.lockedMySQL(ctx, fn)
	}
	lock := ""
	if d.dialect == Postgres {
		var err error
		if lock, err = d.lockPostgres(ctx); err != nil {
			return err
		}
	}
	return d.Tx(ctx, func(ctx context.Context) error {
		if lock != "" {
			if _, err := d.exec(ctx, statement{text: lock, once: true}); err != nil {
				return err
			}
		}
		return fn(ctx)
	})
}

func (d *DB) lockedMySQL(ctx context.Context, fn func(ctx context.Context) error) error {
	conn, err := d.write.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	inner, h := d.hold(ctx, conn)
	defer h.done.Store(true)
	// The name contains the database, because the lock is server-wide.
	var got sql.NullInt64
	if err := d.value(inner, "SELECT GET_LOCK(CONCAT('betterauth.', LEFT(MD5(DATABASE()), 16)), 60)", &got); err != nil {
		return err
	}
	if got.Int64 != 1 {
		return errors.New("sqlstore: another migration holds the lock")
	}
	defer func() {
		_ = d.value(context.WithoutCancel(inner), "SELECT RELEASE_LOCK(CONCAT('betterauth.', LEFT(MD5(DATABASE()), 16)))", &got)
	}()
	return fn(inner)
}
