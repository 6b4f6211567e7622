package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// ProblemKind is the kind of a difference between the database and our tables.
type ProblemKind string

// The kinds of schema-diff.mjs.
const (
	MissingTable     ProblemKind = "missing-table"
	MissingColumn    ProblemKind = "missing-column"
	UnexpectedColumn ProblemKind = "unexpected-required-column"
)

// Problem is one difference that makes reads or inserts fail.
type Problem struct {
	Kind   ProblemKind
	Table  string
	Column string
}

const upgradeGuide = "https://www.better-auth.com/docs/guides/1-7-upgrade-guide"

// String returns the problem as a sentence that says how to solve it.
func (p Problem) String() string {
	switch p.Kind {
	case MissingTable:
		return fmt.Sprintf("Table %q is missing. Run `betterauth migrate` to add it.", p.Table)
	case MissingColumn:
		return fmt.Sprintf("Column %q is missing from table %q. Run `betterauth migrate` to add it.", p.Column, p.Table)
	}
	s := fmt.Sprintf("Column %q on table %q is required but Better Auth never writes it, so every insert into %q fails. "+
		"Drop the column, make it nullable, or give it a database default.", p.Column, p.Table, p.Table)
	if p.Column == "issuer" {
		s += " If this column came from Better Auth 1.7.0 through 1.7.2, follow the upgrade guide before removing it: " + upgradeGuide
	}
	return s
}

// MismatchError reports that the database does not fit the tables that this server
// writes (SCHEMA_MISMATCH of the reference).
type MismatchError struct{ Problems []Problem }

func (e *MismatchError) Error() string {
	var b strings.Builder
	b.WriteString("Database schema mismatch")
	section := func(title string, lines []string, sep string) {
		if len(lines) > 0 {
			b.WriteString("\n\n  " + title + "\n    " + strings.Join(lines, sep))
		}
	}
	var tables, columns, required, affected []string
	issuer := false
	for _, p := range e.Problems {
		switch p.Kind {
		case MissingTable:
			tables = append(tables, p.Table)
		case MissingColumn:
			columns = append(columns, p.Table+"."+p.Column)
		case UnexpectedColumn:
			required = append(required, p.Table+"."+p.Column)
			issuer = issuer || p.Column == "issuer"
			if !slices.Contains(affected, p.Table) {
				affected = append(affected, p.Table)
			}
		}
	}
	section("Missing tables", tables, ", ")
	section("Missing columns", columns, "\n    ")
	section("Required columns Better Auth never writes", required, "\n    ")
	var help []string
	if len(required) > 0 {
		b.WriteString("\n\n  Inserts into " + strings.Join(affected, ", ") + " will fail.")
		help = append(help, "Make the listed columns nullable, give them defaults, or remove them.")
	}
	if len(tables)+len(columns) > 0 {
		help = append(help, "Run `betterauth migrate` to add the missing tables and columns.")
	}
	b.WriteString("\n\n  help: " + strings.Join(help, "\n        "))
	if issuer {
		b.WriteString("\n\n  note: If this column came from Better Auth 1.7.0 through 1.7.2,\n        follow the upgrade guide before removing it:\n        " + upgradeGuide)
	}
	return b.String()
}

// Check compares the database with tables. If it returns no problem, every read
// and insert finds its columns.
func (d *DB) Check(ctx context.Context, tables []*store.TableSchema) ([]Problem, error) {
	live, err := d.visible(store.Unhurried(ctx))
	if err != nil {
		return nil, fmt.Errorf("sqlstore: inspect: %w", d.classify(err))
	}
	return diff(live, tables), nil
}

func diff(live *Live, tables []*store.TableSchema) []Problem {
	var out []Problem
	for _, t := range tables {
		if t.NoMigrate {
			continue
		}
		have := live.Table(t.Name)
		if have == nil {
			out = append(out, Problem{MissingTable, t.Name, ""})
			continue
		}
		written := map[string]bool{}
		for i := range t.Columns {
			name := t.Columns[i].Physical
			written[name] = true
			if have.Column(name) == nil {
				out = append(out, Problem{MissingColumn, t.Name, name})
			}
		}
		for _, c := range have.Columns {
			if !written[c.Name] && !c.Nullable && !c.Default {
				out = append(out, Problem{UnexpectedColumn, t.Name, c.Name})
			}
		}
	}
	return out
}

// liveTypes lists, by engine, the column types that can hold a field's values (the
// map of get-migration.mjs).
var liveTypes = map[Dialect]map[store.Type][]string{
	Postgres: {
		store.String:  {"character varying", "varchar", "text", "uuid"},
		store.Number:  {"int4", "int8", "integer", "bigint", "smallint", "numeric", "real", "double precision"},
		store.Boolean: {"bool", "boolean"},
		store.Date:    {"timestamptz", "timestamp", "date"},
		store.JSON:    {"json", "jsonb"},
	},
	MySQL: {
		store.String:  {"varchar", "text", "uuid"},
		store.Number:  {"integer", "int", "bigint", "smallint", "decimal", "float", "double"},
		store.Boolean: {"boolean", "tinyint"},
		store.Date:    {"timestamp", "datetime", "date"},
		store.JSON:    {"json", "longtext"}, // MariaDB's json is a longtext
	},
	SQLite: {
		store.String:  {"text"},
		store.Number:  {"integer", "real", "bigint"},
		store.Boolean: {"integer", "boolean"},
		store.Date:    {"date", "integer"},
		store.JSON:    {"text"},
	},
}

// fits reports whether a live column can hold the field. Ids are not checked.
func (d *DB) fits(c *store.Column, liveType string) bool {
	if c.Ref != nil && c.Ref.Field == "id" {
		return true
	}
	typ := c.Type
	if typ == store.StringArray || typ == store.NumberArray {
		typ = store.JSON
	}
	base, _, _ := strings.Cut(strings.ToLower(liveType), "(")
	return slices.Contains(liveTypes[d.dialect][typ], strings.TrimSpace(base))
}

// Origin is the program that created a database.
type Origin string

// The origins that can be distinguished.
const (
	Empty     Origin = "empty"
	Foreign   Origin = "foreign"       // tables of another program
	Better16  Origin = "1.6"           // recognised by its jwks table
	Better170 Origin = "1.7.0 - 1.7.2" // has the required column account.issuer
	Current   Origin = "1.7.3 or later"
	Either    Origin = "1.6 or 1.7.3 or later" // both have the same core tables
)

// Recognise returns the version of the reference that created the database. A
// database created by this server looks like one of the newest version.
func (d *DB) Recognise(ctx context.Context, tables []*store.TableSchema) (Origin, error) {
	live, err := d.Inspect(ctx)
	if err != nil {
		return "", fmt.Errorf("sqlstore: inspect: %w", err)
	}
	if len(live.Tables) == 0 {
		return Empty, nil
	}
	find := func(model string) *LiveTable {
		for _, t := range tables {
			if t.Model == model {
				return live.Table(t.Name)
			}
		}
		return live.Table(model)
	}
	account := find("account")
	switch {
	case find("user") == nil || account == nil:
		return Foreign, nil
	case account.Column("issuer") != nil && account.Column("providerId") != nil:
		return Better170, nil
	}
	jwks := find("jwks")
	switch {
	case jwks == nil:
		return Either, nil
	case jwks.Column("alg") == nil:
		return Better16, nil
	}
	return Current, nil
}
