package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// The statements here are shown to people, who run them. This package never does.
// They keep the rows.

func (d *DB) alter(t *store.TableSchema) string { return "ALTER TABLE " + d.table(t.Name) + " " }

// retype returns statements that give a column the type of a new table and keep the
// values.
func (d *DB) retype(t *store.TableSchema, c *store.Column, have *LiveColumn, live class, indexes []LiveIndex) string {
	typ := d.columnType(t, c)
	name := d.quote(c.Physical)
	switch d.dialect {
	case SQLite:
		if len(indexes) > 0 || c.IsID {
			return ""
		}
		return d.replace(t, c, have, live)
	case Postgres:
		steps := []string{"ALTER COLUMN " + name + " TYPE " + typ + " USING " + d.converted(c, name, live)}
		if have.Default && c.Type != store.String {
			steps = append([]string{"ALTER COLUMN " + name + " DROP DEFAULT"}, steps...)
		}
		return d.alter(t) + strings.Join(steps, ", ") + ";"
	}
	out := ""
	if typ == "text" {
		for _, ix := range indexes { // MySQL cannot index unbounded text
			out += d.dropIndex(t, ix) + "\n"
		}
	}
	if c.Type == store.String && live != classText || c.Type == store.Boolean {
		return out + d.replace(t, c, have, live)
	}
	if c.IsID {
		return d.modify(t, c, typ, have, "")
	}
	return out + d.modify(t, c, typ, have, "")
}

// converted returns SQL for a column's value converted to the field's type.
func (d *DB) converted(c *store.Column, name string, live class) string {
	switch {
	case c.Type == store.Boolean && live == classDate:
		return name + " IS NOT NULL"
	case c.Type == store.Boolean && (live == classInt || live == classFloat):
		return name + " <> 0"
	case c.Type == store.Boolean:
		return "LOWER(" + d.cast(name, "text") + ") IN ('true', 't', '1', 'yes')"
	case live == classInet && d.dialect == Postgres:
		return "host(" + name + ")"
	case c.Type == store.String:
		return d.cast(name, "text")
	case c.Type == store.Number && live == classDate && d.dialect == Postgres:
		return "CAST(EXTRACT(EPOCH FROM " + name + ") * 1000 AS bigint)"
	case c.Type == store.Number:
		return d.cast(name, "bigint")
	}
	return d.cast(name, columnTypes[d.dialect][store.JSON])
}

func (d *DB) cast(name, typ string) string {
	if d.dialect == MySQL {
		typ = map[string]string{"text": "char", "bigint": "signed"}[typ]
	}
	return "CAST(" + name + " AS " + typ + ")"
}

// replace returns statements that replace a column whose type cannot be changed by
// a new one.
func (d *DB) replace(t *store.TableSchema, c *store.Column, have *LiveColumn, live class) string {
	old := c.Physical + "_old"
	def := ""
	if !have.Nullable || c.Type == store.Boolean && !c.Optional {
		def = " NOT NULL DEFAULT " + map[store.Type]string{store.Boolean: "0", store.Number: "0"}[c.Type]
		if c.Type != store.Boolean && c.Type != store.Number {
			def += "''"
		}
	}
	typ := d.columnType(t, c)
	rename := "RENAME COLUMN " + d.quote(c.Physical) + " TO " + d.quote(old)
	if d.dialect == MySQL {
		null := " NULL"
		if !have.Nullable {
			null = " NOT NULL"
		}
		rename = "CHANGE " + d.quote(c.Physical) + " " + d.quote(old) + " " + have.Full + null
		if typ == "text" {
			def = strings.TrimSuffix(def, " DEFAULT ''")
		}
	}
	return strings.Join([]string{
		d.alter(t) + rename + ";",
		d.alter(t) + "ADD COLUMN " + d.quote(c.Physical) + " " + typ + def + ";",
		"UPDATE " + d.table(t.Name) + " SET " + d.quote(c.Physical) + " = " + d.converted(c, d.quote(old), live) + d.filled(have, old) + ";",
		d.alter(t) + "DROP COLUMN " + d.quote(old) + ";",
	}, "\n")
}

// filled returns the condition that leaves rows without a value to the new column's
// default.
func (d *DB) filled(have *LiveColumn, old string) string {
	if have.Nullable {
		return " WHERE " + d.quote(old) + " IS NOT NULL"
	}
	return ""
}

// modify returns MySQL's change of a type, which must repeat everything to keep.
func (d *DB) modify(t *store.TableSchema, c *store.Column, typ string, have *LiveColumn, def string) string {
	null := " NULL"
	if !have.Nullable {
		null = " NOT NULL"
	}
	if def != "" {
		def = " " + def
	}
	return d.alter(t) + "MODIFY " + d.quote(c.Physical) + " " + typ + null + def + ";"
}

// retypeAs gives a reference the type of the ids that it holds.
func (d *DB) retypeAs(t *store.TableSchema, c *store.Column, have *LiveColumn, typ string) string {
	if d.dialect == MySQL {
		return d.modify(t, c, typ, have, "")
	}
	name := d.quote(c.Physical)
	return d.alter(t) + "ALTER COLUMN " + name + " TYPE " + typ + " USING CAST(CAST(" + name + " AS text) AS " + typ + ");"
}

// widenID changes ids, or a reference to them, to 64-bit numbers.
func (d *DB) widenID(t *store.TableSchema, c *store.Column) string {
	name := d.quote(c.Physical)
	if d.dialect == Postgres {
		return d.alter(t) + "ALTER COLUMN " + name + " TYPE bigint;"
	}
	more := ""
	if !c.Optional {
		more = " NOT NULL"
	}
	if c.IsID {
		more += " AUTO_INCREMENT"
	}
	return d.alter(t) + "MODIFY " + name + " bigint" + more + ";"
}

func (d *DB) dropNotNull(t *store.TableSchema, c *store.Column, have *LiveColumn, indexed bool) string {
	name := d.quote(c.Physical)
	switch d.dialect {
	case Postgres:
		return d.alter(t) + "ALTER COLUMN " + name + " DROP NOT NULL;"
	case MySQL:
		return d.alter(t) + "MODIFY " + name + " " + have.Full + " NULL;"
	}
	if indexed {
		return ""
	}
	old := d.quote(c.Physical + "_old")
	return strings.Join([]string{
		d.alter(t) + "RENAME COLUMN " + name + " TO " + old + ";",
		d.alter(t) + "ADD COLUMN " + name + " " + have.Full + ";",
		"UPDATE " + d.table(t.Name) + " SET " + name + " = " + old + ";",
		d.alter(t) + "DROP COLUMN " + old + ";",
	}, "\n")
}

func (d *DB) addUnique(t *store.TableSchema, c *store.Column, have *LiveColumn, live class) string {
	out := ""
	if d.dialect == MySQL && live == classText && have.Length > maxIndexed {
		out = d.modify(t, c, fmt.Sprintf("varchar(%d)", 255), have, "") + "\n"
	}
	columns := []string{c.Physical}
	return out + d.createIndex(t, store.IndexName(t.Name, columns, true), columns, true) + ";"
}

// maxIndexed is the largest number of characters of a text that MySQL can index.
const maxIndexed = indexBytes / characterBytes

func (d *DB) dropIndex(t *store.TableSchema, ix LiveIndex) string {
	switch {
	case d.dialect == MySQL:
		return "DROP INDEX " + d.quote(ix.Name) + " ON " + d.table(t.Name) + ";"
	case ix.Constraint && d.dialect == SQLite:
		return "" // SQLite drops it only with the table
	case ix.Constraint:
		return d.alter(t) + "DROP CONSTRAINT " + d.quote(ix.Name) + ";"
	}
	return "DROP INDEX " + d.table(ix.Name) + ";"
}

// Loosen returns the statement that makes a column nullable that nothing fills (an
// [UnexpectedColumn]), "" if there is none.
func (d *DB) Loosen(ctx context.Context, p Problem) (string, error) {
	live, err := d.visible(ctx)
	if err != nil {
		return "", fmt.Errorf("sqlstore: inspect: %w", err)
	}
	table := live.Table(p.Table)
	if table == nil || table.Column(p.Column) == nil {
		return "", nil
	}
	t := &store.TableSchema{Name: p.Table}
	c := &store.Column{Physical: p.Column}
	x := &examiner{d: d, live: live}
	return d.dropNotNull(t, c, table.Column(p.Column), x.indexed(t, c)), nil
}
