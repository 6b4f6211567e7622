package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// ExamineOptions hold what cannot be seen in the tables.
type ExamineOptions struct {
	// CustomIDs says that a function of the program makes the ids, so that their
	// form is unknown.
	CustomIDs bool
}

// Examine compares the columns of the database with the values that are written to
// and read from them: types, lengths, nullability, defaults and unique keys.
// Missing tables and columns are reported by [DB.Check]. It changes nothing.
func (d *DB) Examine(ctx context.Context, tables []*store.TableSchema, o ExamineOptions) ([]Finding, error) {
	live, err := d.visible(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: inspect: %w", err)
	}
	x := &examiner{d: d, live: live, tables: tables, o: o, dropped: map[string]bool{}}
	if err := x.server(ctx); err != nil {
		return nil, fmt.Errorf("sqlstore: inspect: %w", err)
	}
	for _, t := range tables {
		have := live.Table(t.Name)
		if have == nil || t.NoMigrate {
			continue
		}
		for i := range t.Columns {
			if c := have.Column(t.Columns[i].Physical); c != nil {
				x.column(t, &t.Columns[i], c)
			}
		}
		x.keys(t, have)
		x.charset(t, have)
		if err := x.idRows(ctx, t, have); err != nil {
			return nil, fmt.Errorf("sqlstore: inspect %s: %w", t.Name, err)
		}
	}
	return x.findings, nil
}

// examiner collects the findings of all tables.
type examiner struct {
	d        *DB
	live     *Live
	tables   []*store.TableSchema
	o        ExamineOptions
	findings []Finding
	dropped  map[string]bool // DROP INDEX statements that a remedy already contains
	foreign  []foreignKey    // MySQL only: a column used by a foreign key cannot be changed
}

// once removes statements that an earlier remedy contains: an index is dropped
// once.
func (x *examiner) once(remedy string) string {
	var out []string
	for line := range strings.SplitSeq(remedy, "\n") {
		if strings.HasPrefix(line, "DROP INDEX") {
			if x.dropped[line] {
				continue
			}
			x.dropped[line] = true
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func (x *examiner) add(s Severity, t *store.TableSchema, c *store.Column, problem, remedy string) *Finding {
	f := Finding{Severity: s, Problem: problem, Remedy: x.once(remedy)}
	if t != nil {
		f.Table = t.Name
	}
	if c != nil {
		f.Column = c.Physical
	}
	switch {
	case remedy != "" && f.Remedy == "":
		f.Instead = "A statement above drops the index."
	case remedy == "" && x.d.dialect == SQLite:
		f.Instead = "SQLite can change this only in a new table: create it as `betterauth generate` prints it for an empty database, and copy the rows."
	}
	x.findings = append(x.findings, f)
	return &x.findings[len(x.findings)-1]
}

func (x *examiner) column(t *store.TableSchema, c *store.Column, have *LiveColumn) {
	switch {
	case c.IsID:
		x.id(t, c, have)
		return
	case c.Ref != nil && c.Ref.Field == "id":
		x.reference(t, c, have)
	default:
		x.value(t, c, have)
	}
	x.null(t, c, have)
	if have.OnUpdate && c.Type == store.Date && c.OnUpdate == nil {
		x.add(Warning, t, c, "The database sets the column to the current time at every update of the row that does not set it, so an unrelated change moves the date or makes the row expire.",
			x.d.modify(t, c, have.Full, have, "DEFAULT CURRENT_TIMESTAMP("+precision(have.Full)+")"))
	}
}

// precision returns the number in a type like timestamp(3).
func precision(full string) string {
	_, rest, _ := strings.Cut(full, "(")
	n, _, _ := strings.Cut(rest, ")")
	if n == "" {
		return "0"
	}
	return n
}

// null finds columns that reject the null that is written to them.
func (x *examiner) null(t *store.TableSchema, c *store.Column, have *LiveColumn) {
	if !c.Optional || have.Nullable || c.Need.Always {
		return
	}
	s, problem := Fatal, "The column is NOT NULL, and rows without a value for it are written: such an insert fails."
	if have.Default {
		s, problem = Warning, "The column is NOT NULL: a call that sets it to null fails."
	}
	x.add(s, t, c, problem, x.d.dropNotNull(t, c, have, x.indexed(t, c)))
}

// value checks the type and the length of a column that is not an id. Dates are
// checked by CheckDates.
func (x *examiner) value(t *store.TableSchema, c *store.Column, have *LiveColumn) {
	class := x.d.class(have)
	switch c.Type {
	case store.String:
		x.text(t, c, have, class)
	case store.Number:
		x.number(t, c, have, class)
	case store.Boolean:
		x.boolean(t, c, have, class)
	case store.JSON, store.StringArray, store.NumberArray:
		x.document(t, c, have, class)
	}
}

// certain returns Fatal for columns that ordinary calls write.
func certain(c *store.Column) Severity {
	if c.Need != (store.Need{}) || !c.Optional {
		return Fatal
	}
	return Warning
}

func (x *examiner) text(t *store.TableSchema, c *store.Column, have *LiveColumn, live class) {
	lite := x.d.dialect == SQLite
	retype := func() string { return x.d.retype(t, c, have, live, x.indexesOf(t, c)) }
	switch live {
	case classText, classOther:
		x.width(t, c, have)
	case classFolded:
		if c.Need.AtLeast >= 32 {
			x.add(Warning, t, c, "The column ignores case in comparisons, and secrets and ids are compared by it: two values that differ only in case count as equal.", retype())
		}
	case classPadded:
		if n := int64(c.Need.AtLeast); have.Length != n || n == 0 || c.Need.UpTo > c.Need.AtLeast {
			x.add(certain(c), t, c, fmt.Sprintf("The column is %s, which pads texts with blanks: the value that is read is not the value that was written, and does not equal it.", have.Full), retype())
		}
	case classUUID, classInet, classJSON:
		x.add(certain(c), t, c, fmt.Sprintf("The column is %s, and any text may be written to it, including an empty one: a call that writes a text that is not a %s fails.", have.Full, live), retype())
	case classEnum:
		x.add(Warning, t, c, fmt.Sprintf("The column is %s, an enum: a call that writes a text that is not one of its values fails.", have.Full), retype())
	case classNumeric, classInt, classFloat, classDate:
		if lite {
			x.add(Warning, t, c, fmt.Sprintf("The column is declared %q, where SQLite turns a text that looks like a number into a number: \"0123\" is read as 123.", have.Full), retype())
			return
		}
		fallthrough
	default:
		x.add(certain(c), t, c, fmt.Sprintf("The column is %s, and texts are written to it: every call that does so fails.", have.Full), retype())
	}
}

// width compares a length limit with the values that are written.
func (x *examiner) width(t *store.TableSchema, c *store.Column, have *LiveColumn) {
	room := have.Length
	if room == 0 || x.d.dialect == SQLite {
		return
	}
	remedy := func() string { return x.d.retype(t, c, have, classText, x.indexesOf(t, c)) }
	switch need := c.Need; {
	case room < int64(need.AtLeast):
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, and texts of %d characters are written to it: every call that does so fails.", have.Full, need.AtLeast), remedy())
	case room < int64(need.UpTo) && need.Cut:
		x.add(Warning, t, c, fmt.Sprintf("The column is %s: this server shortens longer texts to fit, and a Node server on the same database fails on them.", have.Full), remedy())
	case room < int64(need.UpTo):
		x.add(Warning, t, c, fmt.Sprintf("The column is %s, and texts of up to %d characters come from outside: a call that writes a text that is too long fails.", have.Full, need.UpTo), remedy())
	}
}

func (x *examiner) number(t *store.TableSchema, c *store.Column, have *LiveColumn, live class) {
	retype := func() string { return x.d.retype(t, c, have, live, x.indexesOf(t, c)) }
	switch {
	case live == classInt && x.d.dialect != SQLite && c.BigInt && largest(have) < maxSafe:
		x.add(Fatal, t, c, fmt.Sprintf("The column is %s, whose largest number is %.0f, and times in milliseconds are written to it: every call that does so fails.", have.Full, largest(have)), retype())
	case live == classInt && x.d.dialect != SQLite && largest(have) < 1<<31-1:
		x.add(Warning, t, c, fmt.Sprintf("The column is %s, whose largest number is %.0f: a call that writes a larger number fails.", have.Full, largest(have)), retype())
	case live == classInt, live == classFloat, x.d.dialect == SQLite && live != classText:
	default:
		x.add(certain(c), t, c, fmt.Sprintf("The column is %s, and numbers are written to it, counted and compared: such calls fail.", have.Full), retype())
	}
}

func (x *examiner) boolean(t *store.TableSchema, c *store.Column, have *LiveColumn, live class) {
	want := map[Dialect][]class{
		Postgres: {classBool}, MySQL: {classInt}, SQLite: {classInt, classNumeric, classOther, classFloat},
	}[x.d.dialect]
	if slices.Contains(want, live) {
		return
	}
	problem := fmt.Sprintf("The column is %s, and true and false are written to it: every call that does so fails.", have.Full)
	if x.d.dialect == SQLite {
		problem = fmt.Sprintf("The column is declared %q: true and false are not read as they were written, and values that other programs wrote count as false.", have.Full)
	}
	x.add(certain(c), t, c, problem, x.d.retype(t, c, have, live, x.indexesOf(t, c)))
}

func (x *examiner) document(t *store.TableSchema, c *store.Column, have *LiveColumn, live class) {
	switch live {
	case classJSON, classOther:
		return
	case classNumeric:
		if x.d.dialect == SQLite {
			return
		}
	case classText:
		if have.Length > 0 && have.Length < 1024 && x.d.dialect != SQLite {
			x.add(Warning, t, c, fmt.Sprintf("The column is %s, and JSON of any length is written to it: a call that writes JSON that is too long fails.", have.Full), x.d.retype(t, c, have, live, x.indexesOf(t, c)))
		}
		return
	}
	x.add(certain(c), t, c, fmt.Sprintf("The column is %s, and JSON is written to it: such calls fail.", have.Full), x.d.retype(t, c, have, live, x.indexesOf(t, c)))
}
