package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// made says of each kind of ids what is written.
var made = map[store.IDKind]struct {
	length int64
	text   string
}{
	store.TextID: {32, "ids of 32 letters and digits are made"},
	store.UUID:   {36, "UUIDs are made as ids"},
}

// id compares the column of a table's ids with advanced.database.generateId.
func (x *examiner) id(t *store.TableSchema, c *store.Column, have *LiveColumn) {
	live := x.d.class(have)
	rowID := x.d.dialect == SQLite && have.Default && live == classInt // takes whole numbers alone
	switch t.ID {
	case store.SerialID, store.NoID:
		if t.ID == store.SerialID && live != classInt {
			x.setting(Fatal, t, c, fmt.Sprintf("The column is %s, and generateId is serial: ids are compared as numbers, and every look-up fails.", have.Full), live)
		} else if !have.Default {
			x.setting(Fatal, t, c, "Ids are left to the database, and the column has no default that makes them: every insert fails.", live)
		}
		return
	}
	want, s := made[t.ID], Fatal
	if x.o.CustomIDs {
		want.text, s = "the ids come from a function", Warning
	}
	switch fits := t.ID == store.UUID && !x.o.CustomIDs; {
	case live == classUUID && !fits:
		x.setting(s, t, c, fmt.Sprintf("The column is %s, and %s: every insert of one that is no UUID fails.", have.Full, want.text), live)
	case rowID, x.d.dialect != SQLite && slices.Contains([]class{classInt, classFloat}, live):
		x.setting(s, t, c, fmt.Sprintf("The column is %s, and %s: every insert of one that is no number fails.", have.Full, want.text), live)
	case live == classPadded && have.Length != want.length:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, which fills ids with blanks: what is read does not equal what was written.", have.Full), x.freed(x.d.retype(t, c, have, live, nil), place{t.Name, c.Physical}))
	case live == classBinary, live == classBool, live == classDate && x.d.dialect != SQLite, live == classJSON, live == classInet, live == classEnum:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, and %s: every insert fails.", have.Full, want.text), x.freed(x.d.retype(t, c, have, live, nil), place{t.Name, c.Physical}))
	case x.d.dialect != SQLite && have.Length > 0 && have.Length < want.length && !x.o.CustomIDs:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, and %s: every insert fails.", have.Full, want.text), x.freed(x.d.retype(t, c, have, live, nil), place{t.Name, c.Physical}))
	}
}

// setting is a finding about ids, which an option mends rather than SQL.
func (x *examiner) setting(s Severity, t *store.TableSchema, c *store.Column, problem string, live class) {
	instead := "Leave advanced.database.generateId unset."
	switch live {
	case classUUID:
		instead = `Set advanced.database.generateId to "uuid".`
	case classInt:
		instead = `Set advanced.database.generateId to "serial", if the database numbers the rows.`
	}
	x.add(s, t, c, problem, "").Instead = instead
}

// reference compares a column that holds ids with the ids' own.
func (x *examiner) reference(t *store.TableSchema, c *store.Column, have *LiveColumn) {
	if c.RefTable == nil {
		return
	}
	owner := x.live.Table(c.RefTable.Name)
	if owner == nil {
		return
	}
	id := owner.Column(c.RefTable.Columns[0].Physical)
	if id == nil {
		return
	}
	mine, theirs := x.d.class(have), x.d.class(id)
	texts := []class{classText, classFolded, classPadded}
	remedy, typ := "", id.Full
	if id.Length > 0 && id.Length < made[t.ID].length {
		typ = x.d.idType(t, c) // the ids' own column is to be widened
	}
	if x.d.dialect != SQLite {
		remedy = x.freed(x.d.retypeAs(t, c, have, typ), place{t.Name, c.Physical})
	}
	switch {
	case mine != theirs && !(slices.Contains(texts, mine) && slices.Contains(texts, theirs)):
		s := Fatal
		if x.d.dialect == SQLite {
			s = Warning // compares them by value
		}
		x.add(s, t, c, fmt.Sprintf("The column is %s, and the ids that it holds are %s in table %q: the two cannot be joined.", have.Full, id.Full, owner.Name), remedy)
	case x.d.dialect == SQLite:
	case mine == classInt && largest(have) < largest(id):
		x.add(Warning, t, c, fmt.Sprintf("The column is %s, and the ids that it holds are %s in table %q: ids above %.0f fail.", have.Full, id.Full, owner.Name, largest(have)), remedy)
	case slices.Contains(texts, mine) && have.Length > 0 && have.Length < made[t.ID].length && !x.o.CustomIDs:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, and %s: every insert fails.", have.Full, made[t.ID].text), remedy)
	}
}

// referenced are the columns that hold ids of t.
func (x *examiner) referenced(t *store.TableSchema) (places []place, widen []string) {
	for _, other := range x.tables {
		for i := range other.Columns {
			c := &other.Columns[i]
			have := x.live.Table(other.Name)
			if c.RefTable == t && c.Ref.Field == "id" && have != nil && have.Column(c.Physical) != nil {
				places, widen = append(places, place{other.Name, c.Physical}), append(widen, x.d.widenID(other, c))
			}
		}
	}
	return places, widen
}

const firstRows = 20

var wholeNumber = regexp.MustCompile(`^[0-9]{1,18}$`)

// idRows looks at the ids that are there: at the form of the first, where other
// tables refer to them, and at how near they are to the end of their column.
func (x *examiner) idRows(ctx context.Context, t *store.TableSchema, have *LiveTable) error {
	c := &t.Columns[0]
	col := have.Column(c.Physical)
	if col == nil {
		return nil
	}
	places, widen := x.referenced(t)
	if x.d.class(col) == classInt {
		if x.d.dialect == SQLite || t.ID != store.SerialID {
			return nil
		}
		return x.idLimit(ctx, t, c, col, places, widen)
	}
	if t.ID != store.TextID || x.o.CustomIDs || len(places) == 0 || x.d.class(col) != classText {
		return nil
	}
	forms := map[string]int{}
	n := 0
	text := fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT %d", x.d.quote(c.Physical), x.d.table(t.Name), x.d.quote(c.Physical), firstRows)
	err := x.d.each(ctx, x.d.read, statement{text: text, once: true}, func(rows *sql.Rows) error {
		var id sql.NullString
		if err := rows.Scan(&id); err != nil {
			return err
		}
		n++
		switch {
		case uuidText.MatchString(id.String):
			forms["UUIDs"]++
		case wholeNumber.MatchString(id.String):
			forms["numbers"]++
		}
		return nil
	})
	for form, count := range forms {
		if count == n {
			f := x.add(Warning, t, c, fmt.Sprintf("The first ids are %s, and new ones will be 32 letters and digits: other programs that expect %s will refuse them.", form, form), "")
			if form == "UUIDs" {
				f.Instead = `Set advanced.database.generateId to "uuid".`
			}
		}
	}
	return err
}

// nearEnd is the part of a column's numbers after which it is told that they end.
const nearEnd = 0.75

// idLimit: the reference numbers rows in a column of 32 bits.
func (x *examiner) idLimit(ctx context.Context, t *store.TableSchema, c *store.Column, col *LiveColumn, places []place, widen []string) error {
	var most sql.NullInt64
	if err := x.d.value(ctx, "SELECT MAX("+x.d.quote(c.Physical)+") FROM "+x.d.table(t.Name), &most); err != nil {
		return err
	}
	if end := largest(col); float64(most.Int64) > nearEnd*end {
		x.add(Warning, t, c, fmt.Sprintf("The column is %s, and its ids have come to %d of %.0f: every insert will fail after the last.", col.Full, most.Int64, end),
			x.freed(strings.Join(append([]string{x.d.widenID(t, c)}, widen...), "\n"), append(places, place{t.Name, c.Physical})...))
	}
	return nil
}
