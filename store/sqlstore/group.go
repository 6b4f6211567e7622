package sqlstore

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Group makes the writes of g. PostgreSQL makes them in one statement. CockroachDB does
// not write to a table twice in one statement, and makes such groups in a transaction.
func (d *DB) Group(ctx context.Context, g store.Writes) error {
	if len(g.Insert) == 0 || d.dialect != Postgres || d.apart.Load() {
		return d.grouped(ctx, g)
	}
	last := &g.Insert[len(g.Insert)-1]
	b, err := d.groupText(ctx, g)
	if err != nil {
		return d.errorf(last.Table, err)
	}
	n, err := d.affected(ctx, last.Table, b)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == "0A000" { // feature not supported
		d.apart.Store(true)
		if d.held(ctx) == nil {
			return d.grouped(ctx, g)
		}
	}
	switch {
	case err != nil || n > 0:
		return err
	case g.While != nil:
		return store.ErrChanged
	}
	return store.ErrNotFound
}

// groupText writes the statement of a group for PostgreSQL, such as
//
//	WITH v AS (SELECT … AND xmin::text = …) INSERT … SELECT … FROM v
//	WITH l AS (SELECT … FOR UPDATE), c AS (UPDATE … WHERE … AND (SELECT count(*) FROM l) >= 0 RETURNING …),
//	i0 AS (INSERT … SELECT … FROM c) INSERT … SELECT … FROM c
//
// The count makes PostgreSQL wait for the lock before it changes or inserts a row. A
// row that was changed meanwhile is checked again.
func (d *DB) groupText(ctx context.Context, g store.Writes) (*builder, error) {
	b := d.build()
	sep, locked, from := "WITH ", "", ""
	with := func(name string) *builder {
		b.put(sep, name, " AS (")
		sep = ", "
		return b
	}
	if u := g.While; u != nil {
		i := d.live(ctx, u.Table)
		if err := with("v").put("SELECT FROM ", i.name).where(i, []store.Where{store.Is(i.id.field, u.ID)}, ""); err != nil {
			return nil, err
		}
		b.put(" AND xmin::text = ").arg(u.Version).put(")")
		from = " FROM v"
	}
	if l := g.Lock; l != nil {
		if err := with("l").locking(d.live(ctx, l.Table), l.Where); err != nil {
			return nil, err
		}
		b.put(")")
		locked = "(SELECT count(*) FROM l) >= 0"
		from = " WHERE " + locked
	}
	if c := g.Change; c != nil {
		i := d.live(ctx, c.Table)
		if err := with("c").change(i, c); err != nil {
			return nil, err
		}
		if locked != "" {
			b.put(" AND ", locked)
		}
		b.put(" RETURNING ", i.id.name, ")")
		from = " FROM c"
	}
	for n := range g.Insert {
		in := &g.Insert[n]
		final := n == len(g.Insert)-1
		switch {
		case !final:
			with("i" + strconv.Itoa(n))
		case sep != "WITH ":
			b.put(" ")
		}
		i := d.live(ctx, in.Table)
		values, err := b.put("INSERT INTO ", i.name).names(i, in.Row)
		if err != nil {
			return nil, err
		}
		b.put(" SELECT ").list(values).put(from)
		if !final {
			b.put(")")
		}
	}
	return b, nil
}

// change writes an UPDATE of the first row that matches.
func (b *builder) change(i *tableInfo, c *store.TargetChange) error {
	if _, err := b.put("UPDATE ", i.name).set(i, c.Change); err != nil {
		return err
	}
	return b.oneOf(i, c.Where)
}

// locking writes a query that locks the rows that match, in the order of their ids.
func (b *builder) locking(i *tableInfo, where []store.Where) error {
	id := i.byField["id"].name
	if err := b.put("SELECT ", id, " FROM ", i.name).where(i, where, ""); err != nil {
		return err
	}
	b.put(" ORDER BY ", id, " FOR UPDATE")
	return nil
}

// grouped makes the writes of g one after the other.
func (d *DB) grouped(ctx context.Context, g store.Writes) error {
	if g.While == nil && g.Lock == nil && g.Change == nil && len(g.Insert) == 1 {
		return d.add(ctx, &g.Insert[0])
	}
	return d.atomically(ctx, func(ctx context.Context) error {
		if g.While != nil {
			if err := d.unchanged(ctx, g.While); err != nil {
				return err
			}
		}
		if g.Lock != nil {
			if err := d.Lock(ctx, g.Lock.Table, g.Lock.Where); err != nil {
				return err
			}
		}
		if c := g.Change; c != nil {
			if _, err := d.UpdateOne(ctx, c.Table, c.Where, c.Change); err != nil {
				return err
			}
		}
		for n := range g.Insert {
			if err := d.add(ctx, &g.Insert[n]); err != nil {
				return err
			}
		}
		return nil
	})
}

// add inserts a row without reading it back.
func (d *DB) add(ctx context.Context, in *store.NewRow) error {
	i := d.live(ctx, in.Table)
	b := d.build().put("INSERT INTO ", i.name)
	if err := b.values(i, in.Row); err != nil {
		return d.errorf(in.Table, err)
	}
	_, err := d.exec(ctx, b.done())
	return d.errorf(in.Table, err)
}

// unchanged locks a row and returns ErrChanged unless it has its version.
func (d *DB) unchanged(ctx context.Context, u *store.TargetVersion) error {
	where := []store.Where{store.Is("id", u.ID)}
	if err := d.Lock(ctx, u.Table, where); err != nil {
		return err
	}
	rows, err := d.Select(ctx, u.Table, store.Select{Where: where, Limit: 1, Version: true})
	if err == nil && (len(rows) == 0 || rows[0][store.Version] != u.Version) {
		err = store.ErrChanged
	}
	return err
}
