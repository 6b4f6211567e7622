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

// made describes, for each kind of ids, the values that are written.
var made = map[store.IDKind]struct {
	length int64
	text   string
}{
	store.TextID: {32, "ids of 32 letters and digits are made"},
	store.UUID:   {36, "UUIDs are made as ids"},
}

// id compares the id column of a table with advanced.database.generateId.
func (x *examiner) id(t *store.TableSchema, c *store.Column, have *LiveColumn) {
	live := x.d.class(have)
	rowID := x.d.dialect == SQLite && have.Default && live == classInt // accepts only whole numbers
	switch t.ID {
	case store.SerialID, store.NoID:
		if t.ID == store.SerialID && live != classInt {
			x.setting(Fatal, t, c, fmt.Sprintf("The column is %s, and generateId is serial: ids are compared as numbers, and every look-up fails.", have.Full), live)
		} else if !have.Default {
			x.setting(Fatal, t, c, "The database has to make the ids, and the column has no default that does: every insert fails.", live)
		}
		return
	}
	want, s := made[t.ID], Fatal
	if x.o.CustomIDs {
		want.text, s = "the ids come from a function", Warning
	}
	switch fits := t.ID == store.UUID && !x.o.CustomIDs; {
	case live == classUUID && !fits:
		x.setting(s, t, c, fmt.Sprintf("The column is %s, and %s: every insert of an id that is not a UUID fails.", have.Full, want.text), live)
	case rowID, x.d.dialect != SQLite && slices.Contains([]class{classInt, classFloat}, live):
		x.setting(s, t, c, fmt.Sprintf("The column is %s, and %s: every insert of an id that is not a number fails.", have.Full, want.text), live)
	case live == classPadded && have.Length != want.length:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, which pads ids with blanks: the id that is read does not equal the id that was written.", have.Full), x.freed(x.d.retype(t, c, have, live, nil), place{t.Name, c.Physical}))
	case live == classBinary, live == classBool, live == classDate && x.d.dialect != SQLite, live == classJSON, live == classInet, live == classEnum:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, and %s: every insert fails.", have.Full, want.text), x.freed(x.d.retype(t, c, have, live, nil), place{t.Name, c.Physical}))
	case x.d.dialect != SQLite && have.Length > 0 && have.Length < want.length && !x.o.CustomIDs:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, and %s: every insert fails.", have.Full, want.text), x.freed(x.d.retype(t, c, have, live, nil), place{t.Name, c.Physical}))
	}
}

// setting adds a finding about ids that an option fixes, rather than SQL.
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

// reference compares the type of a column that holds ids with the type of the id
// column.
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
		typ = x.d.idType(t, c) // the id column itself has to be widened
	}
	if x.d.dialect != SQLite {
		remedy = x.freed(x.d.retypeAs(t, c, have, typ), place{t.Name, c.Physical})
	}
	switch {
	case mine != theirs && !(slices.Contains(texts, mine) && slices.Contains(texts, theirs)):
		s := Fatal
		if x.d.dialect == SQLite {
			s = Warning // SQLite compares them by value
		}
		x.add(s, t, c, fmt.Sprintf("The column is %s, and the ids that it holds are %s in table %q: the two cannot be joined.", have.Full, id.Full, owner.Name), remedy)
	case x.d.dialect == SQLite:
	case mine == classInt && largest(have) < largest(id):
		x.add(Warning, t, c, fmt.Sprintf("The column is %s, and the ids that it holds are %s in table %q: every id above %.0f fails.", have.Full, id.Full, owner.Name, largest(have)), remedy)
	case slices.Contains(texts, mine) && have.Length > 0 && have.Length < made[t.ID].length && !x.o.CustomIDs:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, and %s: every insert fails.", have.Full, made[t.ID].text), remedy)
	}
}

// referenced returns the columns that hold ids of t.
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

// idRows checks the existing ids: the form of the first ones, if other tables refer
// to them, and how close they are to the column's largest number.
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
			f := x.add(Warning, t, c, fmt.Sprintf("The first ids are %s, and new ones will be 32 letters and digits: other programs that expect %s will reject them.", form, form), "")
			if form == "UUIDs" {
				f.Instead = `Set advanced.database.generateId to "uuid".`
			}
		}
	}
	return err
}

// nearEnd is the used share of a column's numbers from which a warning is given.
const nearEnd = 0.75

// idLimit warns when ids approach the largest number of their column. The reference
// numbers rows in a 32-bit column.
func (x *examiner) idLimit(ctx context.Context, t *store.TableSchema, c *store.Column, col *LiveColumn, places []place, widen []string) error {
	var most sql.NullInt64
	if err := x.d.value(ctx, "SELECT MAX("+x.d.quote(c.Physical)+") FROM "+x.d.table(t.Name), &most); err != nil {
		return err
	}
	if end := largest(col); float64(most.Int64) > nearEnd*end {
		x.add(Warning, t, c, fmt.Sprintf("The column is %s, and its ids have reached %d of %.0f: every insert will fail after the last one.", col.Full, most.Int64, end),
			x.freed(strings.Join(append([]string{x.d.widenID(t, c)}, widen...), "\n"), append(places, place{t.Name, c.Physical})...))
	}
	return nil
}
