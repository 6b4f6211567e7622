package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// indexesOf returns the live indexes over a column, without the primary key.
func (x *examiner) indexesOf(t *store.TableSchema, c *store.Column) []LiveIndex {
	var out []LiveIndex
	for _, ix := range x.live.Indexes {
		if ix.Table == t.Name && slices.Contains(ix.Columns, c.Physical) {
			out = append(out, ix)
		}
	}
	return out
}

func (x *examiner) indexed(t *store.TableSchema, c *store.Column) bool {
	return len(x.indexesOf(t, c)) > 0
}

// keys checks the unique keys.
func (x *examiner) keys(t *store.TableSchema, have *LiveTable) {
	for i := range t.Columns {
		c := &t.Columns[i]
		col := have.Column(c.Physical)
		if c.IsID || col == nil {
			continue
		}
		switch unique := x.unique(t, c); {
		case c.Unique && !unique:
			x.add(Warning, t, c, "The column has no unique key: two calls at the same time can write the same value, and every look-up by it reads the whole table.",
				x.d.addUnique(t, c, col, x.d.class(col)))
		case !c.Unique && unique && c.Ref != nil:
			x.add(Fatal, t, c, fmt.Sprintf("The column has a unique key, and several rows with the same %s are written: the second insert fails.", c.Ref.Model), x.dropUnique(t, c))
		case !c.Unique && unique:
			x.add(Warning, t, c, "The column has an unexpected unique key: writing a value that another row has fails.", x.dropUnique(t, c))
		}
	}
}

// unique reports whether there is a unique key over the column alone, or over its
// lower case.
func (x *examiner) unique(t *store.TableSchema, c *store.Column) bool {
	return slices.ContainsFunc(x.live.Indexes, func(ix LiveIndex) bool {
		if ix.Table != t.Name || !ix.Unique {
			return false
		}
		lower := strings.ToLower(ix.Expression)
		folded := strings.HasPrefix(lower, "lower(") && strings.Contains(ix.Expression, c.Physical)
		return folded || ix.Whole && slices.Equal(ix.Columns, []string{c.Physical})
	})
}

func (x *examiner) dropUnique(t *store.TableSchema, c *store.Column) string {
	var out []string
	if x.d.dialect == MySQL && c.Ref != nil { // a foreign key needs an index
		columns := []string{c.Physical}
		out = append(out, x.d.createIndex(t, store.IndexName(t.Name, columns, false), columns, false)+";")
	}
	for _, ix := range x.live.Indexes {
		if ix.Table != t.Name || !ix.Unique || !slices.Equal(ix.Columns, []string{c.Physical}) {
			continue
		}
		if drop := x.d.dropIndex(t, ix); drop != "" {
			out = append(out, drop)
		}
	}
	return strings.Join(out, "\n")
}

// charset finds text columns that cannot hold every character.
func (x *examiner) charset(t *store.TableSchema, have *LiveTable) {
	if x.d.dialect != MySQL {
		return
	}
	var columns []string
	found := ""
	for i := range t.Columns {
		c := &t.Columns[i]
		col := have.Column(c.Physical)
		if col == nil || c.Type != store.String || c.IsID || c.Ref != nil || c.Need.UpTo == 0 {
			continue
		}
		if col.Charset != "" && !strings.HasPrefix(col.Charset, "utf8mb4") {
			columns, found = append(columns, col.Name), col.Charset
		}
	}
	if len(columns) > 0 {
		x.add(Warning, t, nil, fmt.Sprintf("Texts (%s) are kept as %s: a call that writes a character outside it, such as an emoji, fails.", strings.Join(columns, ", "), found),
			"ALTER TABLE "+x.d.table(t.Name)+" CONVERT TO CHARACTER SET utf8mb4;")
	}
}

// server checks settings that concern all tables.
func (x *examiner) server(ctx context.Context) error {
	switch x.d.dialect {
	case MySQL:
		var mode string
		if err := x.d.value(ctx, "SELECT @@SESSION.sql_mode", &mode); err != nil {
			return err
		}
		if !strings.Contains(mode, "STRICT_") {
			x.add(Warning, nil, nil, "The server's sql_mode is not strict: it changes values that do not fit instead of rejecting them.",
				"SET GLOBAL sql_mode = CONCAT(@@GLOBAL.sql_mode, ',STRICT_TRANS_TABLES');")
		}
		if err := x.readForeignKeys(ctx); err != nil {
			return err
		}
		if x.d.returning {
			x.jsonChecks(ctx)
		}
	case Postgres:
		x.rowSecurity(ctx)
	}
	return nil
}

// jsonChecks finds MariaDB's JSON columns, which are texts with a check
// constraint.
func (x *examiner) jsonChecks(ctx context.Context) {
	const text = "SELECT table_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()"
	_ = x.d.each(ctx, x.d.read, statement{text: text, once: true}, func(rows *sql.Rows) error {
		var name, clause string
		if err := rows.Scan(&name, &clause); err != nil {
			return err
		}
		t := x.live.Table(name)
		for i := 0; t != nil && i < len(t.Columns); i++ {
			if c := &t.Columns[i]; strings.EqualFold(clause, "json_valid(`"+c.Name+"`)") {
				c.Base, c.Full, c.Length = "json", "json", 0
			}
		}
		return nil
	}) // older servers have neither this table nor checks
}

// rowSecurity finds tables with rows that are hidden from this user. Servers that
// speak PostgreSQL's protocol but lack the function have no row level security.
func (x *examiner) rowSecurity(ctx context.Context) {
	const text = `SELECT c.relname, EXISTS (SELECT 1 FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid)
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = ANY(string_to_array($1, ',')) AND c.relrowsecurity AND row_security_active(c.oid)`
	var schemas []string
	for i := range x.live.Tables {
		if s := x.live.Tables[i].Schema; !slices.Contains(schemas, s) {
			schemas = append(schemas, s)
		}
	}
	hidden := map[string]bool{}
	if err := x.d.each(ctx, x.d.read, statement{text: text, args: []any{strings.Join(schemas, ",")}, once: true}, func(rows *sql.Rows) error {
		var name string
		var policies bool
		err := rows.Scan(&name, &policies)
		hidden[name] = policies
		return err
	}); err != nil {
		return
	}
	for _, t := range x.tables {
		policies, active := hidden[t.Name]
		if !active {
			continue
		}
		s, problem := Fatal, "Row level security is on and no policy applies to this user: it sees no row, and every insert fails."
		if policies {
			s, problem = Warning, "Row level security is on: rows that its policies hide look like missing ones, and inserts that they reject fail."
		}
		x.add(s, t, nil, problem, "").Instead = "Connect as the owner of the tables, or as a user with BYPASSRLS."
	}
}

// place is a column of a table.
type place struct{ table, column string }

// foreignKey is a foreign key of one column.
type foreignKey struct {
	name     string
	from, to place
	onDelete string
}

func (x *examiner) readForeignKeys(ctx context.Context) error {
	const text = `SELECT k.constraint_name, k.table_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule
		FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
		ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
		WHERE k.table_schema = DATABASE() AND k.referenced_table_schema = DATABASE() ORDER BY k.table_name, k.constraint_name`
	return x.d.each(ctx, x.d.read, statement{text: text, once: true}, func(rows *sql.Rows) error {
		var k foreignKey
		err := rows.Scan(&k.name, &k.from.table, &k.from.column, &k.to.table, &k.to.column, &k.onDelete)
		x.foreign = append(x.foreign, k)
		return err
	})
}

// freed returns statements that change columns, surrounded by statements that drop
// the foreign keys of these columns and add them again.
func (x *examiner) freed(statements string, changed ...place) string {
	before, after := "", ""
	for _, k := range x.foreign {
		if !slices.Contains(changed, k.from) && !slices.Contains(changed, k.to) {
			continue
		}
		table := "ALTER TABLE " + x.d.table(k.from.table)
		before += table + " DROP FOREIGN KEY " + x.d.quote(k.name) + ";\n"
		after += fmt.Sprintf("\n%s ADD CONSTRAINT %s FOREIGN KEY (%s) REFERENCES %s (%s) ON DELETE %s;",
			table, x.d.quote(k.name), x.d.quote(k.from.column), x.d.table(k.to.table), x.d.quote(k.to.column), k.onDelete)
	}
	return before + statements + after
}
