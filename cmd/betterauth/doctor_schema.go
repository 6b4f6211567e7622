package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// schema compares the database with what is written to it: first whether the
// tables and columns exist, then whether they can hold the values.
func (d *doctor) schema(srv *server) (readable bool) {
	db := srv.resources.DB
	unreadable := func(err error) {
		d.add(severityError, "schema", err.Error(), "check that the user of the database may read its catalogue")
	}
	missing := config.CheckSchema(d.w.ctx, db, srv.Auth)
	mismatch, lacks := errors.AsType[*sqlstore.MismatchError](missing)
	if missing != nil && !lacks {
		unreadable(missing)
		return false
	}
	if lacks {
		if err := d.lacking(db, mismatch.Problems); err != nil {
			unreadable(err)
			return false
		}
	}
	found, err := config.Examine(d.w.ctx, db, srv.Auth)
	if err != nil {
		unreadable(err)
		return false
	}
	fatal := d.report("schema", found)
	switch {
	case lacks || fatal:
	case len(found) > 0:
		d.add(severityOK, "schema", "every table and column exists; see the warnings about them", "")
	default:
		d.add(severityOK, "schema", "every table and column exists and can hold what is written to it", "")
	}
	return !lacks
}

// lacking reports what is missing, in one line for each table, and columns that
// nothing fills.
func (d *doctor) lacking(db *sqlstore.DB, problems []sqlstore.Problem) error {
	migrate := "run `betterauth migrate" + d.setup.flags() + "`"
	for i, p := range problems {
		f := finding{Severity: severityError, Check: "schema", Table: p.Table, Column: p.Column}
		switch p.Kind {
		case sqlstore.MissingTable:
			f.What, f.Remedy = "The table is missing.", migrate
		case sqlstore.MissingColumn:
			if n := len(d.findings); i > 0 && problems[i-1].Kind == p.Kind && problems[i-1].Table == p.Table {
				d.findings[n-1].Column += ", " + p.Column
				d.findings[n-1].What = "The columns are missing."
				continue
			}
			f.What, f.Remedy = "The column is missing.", migrate
		default:
			f.What = "The column is NOT NULL without a default, and nothing is written to it: every insert fails."
			var err error
			if f.SQL, err = db.Loosen(d.w.ctx, p); err != nil {
				return err
			}
			if strings.EqualFold(p.Column, "issuer") {
				f.Remedy = p.String()
			}
		}
		d.findings = append(d.findings, f)
	}
	return nil
}

// print prints the findings for people: those about tables are grouped, with the
// most severe of each table first, and with statements that can be copied.
func (d *doctor) print() {
	out := d.w.stdout
	var tables []string
	byTable := map[string][]finding{}
	for _, f := range d.findings {
		if f.Table != "" {
			if byTable[f.Table] == nil {
				tables = append(tables, f.Table)
			}
			byTable[f.Table] = append(byTable[f.Table], f)
			continue
		}
		fmt.Fprintf(out, "%-8s %s: %s\n", f.Severity, f.Check, f.What)
		if f.Remedy != "" {
			fmt.Fprintf(out, "         -> %s\n", f.Remedy)
		}
		d.printSQL(f.SQL)
	}
	for _, table := range tables {
		fmt.Fprintf(out, "\ntable %s\n", table)
		list := byTable[table]
		slices.SortStableFunc(list, func(a, b finding) int { return weight(a.Severity) - weight(b.Severity) })
		for _, f := range list {
			place := f.Column
			if place == "" {
				place = "table"
			}
			fmt.Fprintf(out, "%-8s %s: %s\n", f.Severity, place, f.What)
			if f.Remedy != "" {
				fmt.Fprintf(out, "         -> %s\n", f.Remedy)
			}
			d.printSQL(f.SQL)
		}
	}
}

func (d *doctor) printSQL(text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(d.w.stdout, "             %s\n", line)
	}
}

func weight(s severity) int {
	return slices.Index([]severity{severityError, severityWarning, severityNote, severityOK}, s)
}
