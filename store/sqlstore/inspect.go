package sqlstore

import (
	"context"
	"database/sql"
	"slices"
	"strings"
)

// Live describes the tables and indexes of a database.
type Live struct {
	Tables  []LiveTable
	Indexes []LiveIndex
}

// LiveTable is one table of a database.
type LiveTable struct {
	Schema  string // PostgreSQL only
	Name    string
	Columns []LiveColumn
}

// LiveColumn is one column of a table.
type LiveColumn struct {
	Name     string
	Type     string
	Full     string // the type as SQL writes it, like varchar(191)
	Base     string // PostgreSQL: the base type of a domain, "enum" for an enum; else Type
	Nullable bool
	Default  bool   // the database fills it in if an insert leaves it out
	OnUpdate bool   // MySQL: set to the current time by every update that leaves it out
	Bytes    int64  // MySQL: largest number of bytes of a text, else 0
	Length   int64  // largest number of characters of a text, 0 if unlimited
	Charset  string // MySQL: character set of a text
}

// LiveIndex is one index of a table.
type LiveIndex struct {
	Table   string
	Name    string
	Columns []string
	Unique  bool
	Whole   bool // over whole columns and all rows, and valid

	// Expression is the expression that PostgreSQL indexes instead of a column,
	// over all rows.
	Expression string
	Constraint bool // belongs to a constraint of the table: cannot be dropped as an index
}

// Table returns the first table with a name, or nil.
func (l *Live) Table(name string) *LiveTable {
	for i := range l.Tables {
		if l.Tables[i].Name == name {
			return &l.Tables[i]
		}
	}
	return nil
}

// Column returns the column with a name, or nil.
func (t *LiveTable) Column(name string) *LiveColumn {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

const sqliteColumns = `SELECT '', m.name, c.name, c.type, c.type, c.type, NOT c."notnull",
	c.dflt_value IS NOT NULL OR (c.pk = 1 AND lower(c.type) = 'integer'), FALSE, 0, 0, ''
	FROM sqlite_schema m JOIN pragma_table_info(m.name) c
	WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
	ORDER BY m.rowid, c.cid`

const sqliteIndexes = `SELECT m.name, l.name, i.name, l."unique", NOT l.partial AND i.name IS NOT NULL, '', l.origin <> 'c'
	FROM sqlite_schema m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
	WHERE m.type = 'table' ORDER BY m.name, l.name, i.seqno`

// A schema may be dropped while it is read, so these queries resolve no names.
const postgresColumns = `SELECT n.nspname, c.relname, a.attname, t.typname,
	pg_catalog.format_type(a.atttypid, a.atttypmod), CASE COALESCE(b.typtype, t.typtype) WHEN 'e' THEN 'enum' ELSE COALESCE(b.typname, t.typname) END,
	NOT a.attnotnull, a.atthasdef OR a.attidentity <> '', FALSE, 0,
	CASE WHEN COALESCE(b.typname, t.typname) IN ('varchar', 'bpchar') THEN GREATEST(GREATEST(a.atttypmod, t.typtypmod) - 4, 0) ELSE 0 END, ''
	FROM pg_catalog.pg_attribute a
	JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
	LEFT JOIN pg_catalog.pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
	WHERE n.nspname = ANY(string_to_array($1, ',')) AND c.relkind IN ('r', 'p')
	AND a.attnum > 0 AND NOT a.attisdropped
	ORDER BY array_position(string_to_array($1, ','), n.nspname::text), c.relname, a.attnum`

const postgresIndexes = `SELECT t.relname, i.relname, a.attname, x.indisunique,
	x.indisvalid AND x.indpred IS NULL AND a.attname IS NOT NULL,
	CASE WHEN x.indisvalid AND x.indpred IS NULL AND x.indnkeyatts = 1 THEN COALESCE(pg_catalog.pg_get_expr(x.indexprs, x.indrelid), '') ELSE '' END,
	EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conindid = x.indexrelid)
	FROM pg_catalog.pg_index x
	JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
	JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
	JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
	CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY k(attnum, position)
	LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
	WHERE n.nspname = ANY(string_to_array($1, ',')) AND k.position <= x.indnkeyatts
	ORDER BY t.relname, i.relname, k.position`

const mysqlColumns = `SELECT '', c.table_name, c.column_name, c.data_type, c.column_type, c.data_type, c.is_nullable = 'YES',
	c.column_default IS NOT NULL OR c.extra LIKE '%auto_increment%' OR c.extra LIKE '%DEFAULT_GENERATED%',
	c.extra LIKE '%on update%', COALESCE(c.character_octet_length, 0), COALESCE(c.character_maximum_length, 0), COALESCE(c.character_set_name, '')
	FROM information_schema.columns c JOIN information_schema.tables t
	ON t.table_schema = c.table_schema AND t.table_name = c.table_name
	WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'
	ORDER BY c.table_name, c.ordinal_position`

const mysqlIndexes = `SELECT table_name, index_name, column_name, non_unique = 0,
	sub_part IS NULL AND column_name IS NOT NULL AND COALESCE(LOWER(comment) <> 'disabled', TRUE), '', FALSE
	FROM information_schema.statistics WHERE table_schema = DATABASE()
	ORDER BY table_name, index_name, seq_in_index`

// Inspect reads the tables of the database: on PostgreSQL those of the configured
// schema, or else of the current one.
func (d *DB) Inspect(ctx context.Context) (*Live, error) {
	schemas := ""
	if d.dialect == Postgres {
		schemas = d.schema
		if schemas == "" {
			// Kysely falls back to public for a search path that names no schema.
			if err := d.value(ctx, "SELECT COALESCE(pg_catalog.current_schema(), 'public')", &schemas); err != nil {
				return nil, err
			}
		}
	}
	return d.inspect(ctx, schemas)
}

// visible is Inspect over every schema of the search path.
func (d *DB) visible(ctx context.Context) (*Live, error) {
	if d.dialect != Postgres || d.schema != "" {
		return d.Inspect(ctx)
	}
	var schemas string
	if err := d.value(ctx, "SELECT array_to_string(pg_catalog.current_schemas(true), ',')", &schemas); err != nil {
		return nil, err
	}
	return d.inspect(ctx, schemas)
}

func (d *DB) value(ctx context.Context, text string, dest any) error {
	return d.each(ctx, d.write, statement{text: text, once: true}, func(rows *sql.Rows) error { return rows.Scan(dest) })
}

func (d *DB) inspect(ctx context.Context, schemas string) (*Live, error) {
	columns, indexes := sqliteColumns, sqliteIndexes
	var args []any
	switch d.dialect {
	case Postgres:
		columns, indexes, args = postgresColumns, postgresIndexes, []any{schemas}
	case MySQL:
		columns, indexes = mysqlColumns, mysqlIndexes
	}
	live := &Live{}
	err := d.each(ctx, d.write, statement{text: columns, args: args, once: true}, func(rows *sql.Rows) error {
		var schema, table string
		var c LiveColumn
		if err := rows.Scan(&schema, &table, &c.Name, &c.Type, &c.Full, &c.Base, &c.Nullable, &c.Default, &c.OnUpdate, &c.Bytes, &c.Length, &c.Charset); err != nil {
			return err
		}
		live.addColumn(schema, table, c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = d.each(ctx, d.write, statement{text: indexes, args: args, once: true}, func(rows *sql.Rows) error {
		var ix LiveIndex
		var column sql.NullString
		if err := rows.Scan(&ix.Table, &ix.Name, &column, &ix.Unique, &ix.Whole, &ix.Expression, &ix.Constraint); err != nil {
			return err
		}
		live.addIndex(ix, column.String)
		return nil
	})
	return live, err
}

func (l *Live) addColumn(schema, table string, c LiveColumn) {
	n := len(l.Tables)
	if n == 0 || l.Tables[n-1].Name != table || l.Tables[n-1].Schema != schema {
		l.Tables = append(l.Tables, LiveTable{Schema: schema, Name: table})
		n++
	}
	l.Tables[n-1].Columns = append(l.Tables[n-1].Columns, c)
}

func (l *Live) addIndex(ix LiveIndex, column string) {
	n := len(l.Indexes)
	if n == 0 || l.Indexes[n-1].Name != ix.Name || l.Indexes[n-1].Table != ix.Table {
		l.Indexes = append(l.Indexes, ix)
		n++
	}
	last := &l.Indexes[n-1]
	last.Columns = append(last.Columns, column)
	last.Whole = last.Whole && ix.Whole
}

func (ix *LiveIndex) matches(columns []string, unique bool) bool {
	return ix.Whole && ix.Unique == unique && slices.Equal(ix.Columns, columns)
}

// index finds an index by name, ignoring case.
func (l *Live) index(table, name string) *LiveIndex {
	for i := range l.Indexes {
		if strings.EqualFold(l.Indexes[i].Name, name) && strings.EqualFold(l.Indexes[i].Table, table) {
			return &l.Indexes[i]
		}
	}
	return nil
}
