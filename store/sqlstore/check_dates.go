package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// CheckDates checks how the date columns of the database keep dates against what
// this server can read, write and compare. A fatal finding means that rows would
// be lost or could not be read. [DB.Check] reports missing tables and columns.
func (d *DB) CheckDates(ctx context.Context, tables []*store.TableSchema) ([]Finding, error) {
	live, err := d.visible(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: inspect: %w", err)
	}
	var out []Finding
	for _, t := range tables {
		if !hasAll(live.Table(t.Name), t) {
			continue
		}
		dates, err := d.learnDates(ctx, t)
		if err != nil {
			return nil, d.errorf(t, err)
		}
		for n := range t.Columns {
			if f := dates[t.Columns[n].Name].finding; f != nil {
				out = append(out, *f)
			}
		}
	}
	return out, nil
}

func hasAll(live *LiveTable, t *store.TableSchema) bool {
	if live == nil {
		return false
	}
	for n := range t.Columns {
		if c := &t.Columns[n]; (c.IsID || c.Type == store.Date) && live.Column(c.Physical) == nil {
			return false
		}
	}
	return true
}

// judge reports what is wrong with a date column, and whether it is usable at
// all.
func (d *DB) judge(l *liveDate, t *store.TableSchema, c *columnInfo, values []any) {
	r := remedy{d, d.table(t.Name), c.name, t.Column(c.field).Optional}
	find := func(s Severity, problem, mend string) {
		l.finding = &Finding{Severity: s, Table: t.Name, Column: t.Column(c.field).Physical, Problem: problem, Remedy: mend}
	}
	refuse := func(problem, mend string) {
		find(Fatal, problem, mend)
		l.err = fmt.Errorf("%s; the column is not used for reads, writes or deletes (`betterauth doctor` says what to do)", strings.TrimSuffix(problem, "."))
	}
	switch {
	case l.form == dateUnknown:
		refuse(fmt.Sprintf("The column is of the type %s, which cannot hold a time in milliseconds.", strings.ToLower(l.typ)), r.native(secondsOnly(l.typ)))
	case l.typ == "DATE" && d.dialect != SQLite:
		d.judgeDays(l, c, r, find)
	case l.form == dateMillis || l.mixed:
		if unit := unitOf(c.field, values); unit != "" {
			refuse(fmt.Sprintf("The column holds %s; this server writes milliseconds since 1970, so every row would count as long past or far ahead.", unit), r.rescaled(unit))
			return
		}
		switch {
		case l.mixed:
			find(Warning, "The column holds numbers and texts; both are read, but in SQL comparisons every number comes before every text.", r.uniform(l.form))
		case d.dialect != SQLite:
			find(Warning, fmt.Sprintf("The column is of the type %s. This server keeps milliseconds in it; the npm package cannot write it.", strings.ToLower(l.typ)), r.native("milliseconds"))
		}
	}
	if l.form == dateText && l.finding == nil {
		d.judgeTexts(c, values, find)
	}
}

// judgeDays judges a type without a time of day, for fields that hold a point in
// time and not, for example, a birthday.
func (d *DB) judgeDays(l *liveDate, c *columnInfo, r remedy, find func(Severity, string, string)) {
	switch {
	case expires(c.field):
		find(Fatal, "The column is of the type date, which keeps no time of day: a value that expires within the day has expired as soon as it is written.", r.native("days"))
	case strings.HasSuffix(c.field, "At"):
		find(Warning, "The column is of the type date, which keeps no time of day.", r.native("days"))
	}
}

func (d *DB) judgeTexts(c *columnInfo, values []any, find func(Severity, string, string)) {
	for _, v := range values {
		text, isText := v.(string)
		if !isText || comparableText(text) {
			continue
		}
		severity, what := Warning, "queries by date do not find such rows."
		if expires(c.field) {
			severity, what = Fatal, "such rows cannot be read, or never expire."
		}
		find(severity, fmt.Sprintf("The column holds texts like %q, which cannot be compared as dates: %s", short(text), what),
			"write these values in the form 2006-01-02T15:04:05.000Z, or delete their rows")
		return
	}
}

func short(text string) string {
	if len(text) > 40 {
		return js.WellFormed(text[:40]) + "…"
	}
	return text
}

// unitOf returns the unit of numbers that are not milliseconds, and "" if they are.
// Dates such as birthdays may lie in the first years after 1970, so one number is
// enough only for expiry dates; in other columns most numbers must agree.
func unitOf(field string, values []any) string {
	units := map[string]int{}
	numbers := 0
	for _, v := range values {
		f, ok := toNumber(v)
		if !ok {
			continue
		}
		numbers++
		switch {
		case f >= leastSeconds && f < leastMillis:
			units["seconds"]++
		case f >= 2.2e6 && f < 2.8e6:
			units["days (Julian)"]++
		case f >= mostMillis:
			units["microseconds or smaller parts of a second"]++
		}
	}
	for unit, n := range units {
		if expires(field) || 2*n > numbers {
			return unit
		}
	}
	return ""
}

// secondsOnly returns the unit in which a type that is too narrow for milliseconds
// can hold a date, "" if it cannot.
func secondsOnly(typ string) string {
	switch strings.TrimPrefix(typ, "UNSIGNED ") {
	case "INT4", "INT", "FLOAT4":
		return "seconds"
	}
	return ""
}
