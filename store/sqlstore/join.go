package sqlstore

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/store"
)

// aliases names the joined tables of a query. The table of the rows is a.
var aliases = [store.MaxJoins]string{"b", "c", "d"}

// joined is a table of which a query reads the row that each of its rows refers to.
type joined struct {
	*tableInfo
	*store.Join
}

func (d *DB) joinedBy(ctx context.Context, joins []store.Join) []joined {
	if len(joins) == 0 {
		return nil
	}
	out := make([]joined, len(joins))
	for n := range joins {
		out[n] = joined{d.live(ctx, joins[n].Table), &joins[n]}
	}
	return out
}

// lists writes the columns that a query with joins reads.
func (b *builder) lists(i *tableInfo, with []joined) *builder {
	b.put("SELECT ", i.left)
	for n := range with {
		b.put(", ", with[n].right[n])
	}
	return b
}

// on writes the condition under which a row of the joined table number n belongs to
// a row.
func (b *builder) on(i *tableInfo, j *joined, n int) error {
	if j.Field == "" {
		return b.conditions(j.tableInfo, j.Where, aliases[n]+".")
	}
	b.put(aliases[n], ".", j.byField[j.RefField].name, " = a.", i.byField[j.Field].name)
	return nil
}

func (b *builder) join(i *tableInfo, with []joined, q store.Select) error {
	b.lists(i, with).put(" FROM ", i.name, " a")
	for n := range with {
		b.put(" LEFT JOIN ", with[n].name, " ", aliases[n], " ON ")
		if err := b.on(i, &with[n], n); err != nil {
			return err
		}
	}
	return b.selected(i, q, "a.")
}

// lateral writes a query that joins rows after they were sorted and counted, each
// by its key. Planning a plain join, PostgreSQL sorts after it, and reads the whole
// other table for some thousand rows.
func (b *builder) lateral(i *tableInfo, with []joined, q store.Select) error {
	b.lists(i, with).put(" FROM (SELECT * FROM ", i.name)
	if err := b.selected(i, q, ""); err != nil {
		return err
	}
	b.put(") a")
	for n := range with {
		b.put(" LEFT JOIN LATERAL (SELECT * FROM ", with[n].name, " ", aliases[n], " WHERE ")
		if err := b.on(i, &with[n], n); err != nil {
			return err
		}
		b.put(" LIMIT 1) ", aliases[n], " ON TRUE")
	}
	b.order(i, q, "a.")
	return nil
}
