package sqlstore

import (
	"context"
	"slices"

	"github.com/seed-32bd42cb/betterauth/store"
)

// pinned reports that where can hold for one row at most.
func (i *tableInfo) pinned(where []store.Where) bool {
	return slices.ContainsFunc(where, func(w store.Where) bool {
		c := i.byField[w.Field]
		return c != nil && c.unique && !w.Or && !w.Fold && w.Value != nil && (w.Op == store.Eq || w.Op == "")
	})
}

// oneOf writes a WHERE that holds for one row at most. It repeats the conditions
// beside the subquery, because PostgreSQL checks only those again after waiting
// for another writer of the row.
func (b *builder) oneOf(i *tableInfo, where []store.Where) error {
	if i.pinned(where) {
		return b.where(i, where, "")
	}
	b.put(" WHERE ", i.id.name, " IN (SELECT ", i.id.name, " FROM ", i.name)
	if err := b.where(i, where, ""); err != nil {
		return err
	}
	b.put(" LIMIT 1)")
	if len(where) == 0 {
		return nil
	}
	return b.put(" AND ").conditions(i, where, "")
}

// set writes " SET …" and reports whether there is anything to set.
func (b *builder) set(i *tableInfo, c store.Change) (bool, error) {
	sep := " SET "
	for n := range i.columns {
		col := &i.columns[n]
		delta, counts := c.Add[col.field]
		v, assigned := c.Set[col.field]
		switch {
		case counts:
			b.put(sep, col.name, " = COALESCE(", col.name, ", 0) + ").arg(delta)
		case assigned:
			v, err := b.d.written(col, v)
			if err != nil {
				return false, &columnError{col.name, err}
			}
			b.put(sep, col.name, " = ").arg(v)
		default:
			continue
		}
		sep = ", "
	}
	return sep == ", ", nil
}

// UpdateOne changes the first row that matches and returns it.
func (d *DB) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	i := d.live(ctx, t)
	b := d.build().put("UPDATE ", i.name)
	some, err := b.set(i, c)
	if err != nil {
		return nil, d.errorf(t, err)
	}
	if !some || !d.updating {
		return d.lockAndUpdate(ctx, t, where, c)
	}
	if err := b.oneOf(i, where); err != nil {
		return nil, d.errorf(t, err)
	}
	return d.returned(ctx, t, i, b)
}

// lockAndUpdate is UpdateOne for databases whose UPDATE returns no rows, and for
// changes that set nothing.
func (d *DB) lockAndUpdate(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	i := d.live(ctx, t)
	var out store.Record
	err := d.atomically(ctx, func(ctx context.Context) error {
		row, err := d.lock(ctx, i, where)
		if err != nil {
			return err
		}
		b := d.build().put("UPDATE ", i.name)
		some, err := b.set(i, c)
		if err != nil || !some {
			out = row
			return err
		}
		id := row[i.id.field]
		if err := b.where(i, []store.Where{store.Is(i.id.field, id)}, ""); err != nil {
			return err
		}
		if _, err := d.exec(ctx, b.done()); err != nil {
			return err
		}
		if changed, ok := c.Set[i.id.field]; ok {
			id = changed
		}
		out, err = d.byID(ctx, i, id)
		return err
	})
	return out, d.errorf(t, err)
}

// lock reads the first row that matches and prevents others from changing it until
// the transaction of ctx ends. SQLite has only one writer anyway.
func (d *DB) lock(ctx context.Context, i *tableInfo, where []store.Where) (store.Record, error) {
	b := d.build().put("SELECT ", i.list, " FROM ", i.name)
	if err := b.where(i, where, ""); err != nil {
		return nil, err
	}
	b.put(" LIMIT 1")
	if d.dialect != SQLite {
		b.put(" FOR UPDATE")
	}
	return d.one(ctx, i, b)
}

// UpdateMany changes every row that matches and returns their number.
func (d *DB) UpdateMany(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (int64, error) {
	i := d.live(ctx, t)
	b := d.build().put("UPDATE ", i.name)
	some, err := b.set(i, c)
	if err != nil {
		return 0, d.errorf(t, err)
	}
	if !some {
		return d.Count(ctx, t, where)
	}
	if err := b.where(i, where, ""); err != nil {
		return 0, d.errorf(t, err)
	}
	return d.affected(ctx, t, b)
}

func (d *DB) affected(ctx context.Context, t *store.TableSchema, b *builder) (int64, error) {
	res, err := d.exec(ctx, b.done())
	if err != nil {
		return 0, d.errorf(t, err)
	}
	n, err := res.RowsAffected()
	return n, d.errorf(t, err)
}

// DeleteOne deletes the first row that matches and returns it.
func (d *DB) DeleteOne(ctx context.Context, t *store.TableSchema, where []store.Where) (store.Record, error) {
	i := d.live(ctx, t)
	if !d.returning {
		return d.lockAndDelete(ctx, t, where)
	}
	b := d.build().put("DELETE FROM ", i.name)
	if d.dialect != MySQL {
		if err := b.oneOf(i, where); err != nil {
			return nil, d.errorf(t, err)
		}
		return d.returned(ctx, t, i, b)
	}
	if err := b.where(i, where, ""); err != nil {
		return nil, d.errorf(t, err)
	}
	b.put(" LIMIT 1")
	return d.returned(ctx, t, i, b)
}

func (d *DB) lockAndDelete(ctx context.Context, t *store.TableSchema, where []store.Where) (store.Record, error) {
	i := d.live(ctx, t)
	var out store.Record
	err := d.atomically(ctx, func(ctx context.Context) error {
		row, err := d.lock(ctx, i, where)
		if err != nil {
			return err
		}
		b := d.build().put("DELETE FROM ", i.name)
		if err := b.where(i, []store.Where{store.Is(i.id.field, row[i.id.field])}, ""); err != nil {
			return err
		}
		out = row
		_, err = d.exec(ctx, b.done())
		return err
	})
	return out, d.errorf(t, err)
}

// TakeMany deletes every row that matches and returns them.
func (d *DB) TakeMany(ctx context.Context, t *store.TableSchema, where []store.Where) ([]store.Record, error) {
	i := d.live(ctx, t)
	if d.returning {
		b := d.build().put("DELETE FROM ", i.name)
		if err := b.where(i, where, ""); err != nil {
			return nil, d.errorf(t, err)
		}
		b.put(" RETURNING ", i.list)
		rows, err := d.rows(ctx, d.write, i, nil, b)
		return rows, d.errorf(t, err)
	}
	var out []store.Record
	err := d.atomically(ctx, func(ctx context.Context) error {
		b := d.build().put("SELECT ", i.list, " FROM ", i.name)
		if err := b.where(i, where, ""); err != nil {
			return err
		}
		b.put(" FOR UPDATE")
		var err error
		if out, err = d.rows(ctx, d.write, i, nil, b); err != nil || len(out) == 0 {
			return err
		}
		_, err = d.DeleteMany(ctx, t, where)
		return err
	})
	return out, d.errorf(t, err)
}

// DeleteMany deletes every row that matches and returns their number.
func (d *DB) DeleteMany(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	i := d.live(ctx, t)
	b := d.build().put("DELETE FROM ", i.name)
	if err := b.where(i, where, ""); err != nil {
		return 0, d.errorf(t, err)
	}
	return d.affected(ctx, t, b)
}
