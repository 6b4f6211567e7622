package sqlstore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// statement is SQL text with its arguments.
type statement struct {
	text string
	args []any
	once bool // not worth preparing, because its shape depends on a value
	one  bool // reads one row by a key or an index
	// PostgreSQL plans the statement for its values each time. A plan for all values
	// of a search would not use an index over trigrams.
	fresh bool
}

// reads reports that the statement changes nothing and may safely run twice.
func (s statement) reads() bool {
	return strings.HasPrefix(s.text, "SELECT") && !strings.HasSuffix(s.text, " FOR UPDATE")
}

// tableInfo holds the SQL fragments for a table, computed once.
type tableInfo struct {
	name    string // quoted, with its schema
	columns []columnInfo
	byField map[string]*columnInfo
	list    string                 // every column as a query reads it, comma separated
	left    string                 // list for the table "a" of a join
	right   [store.MaxJoins]string // list for the joined table with each of the aliases
	id      *columnInfo
}

type columnInfo struct {
	field  string
	name   string // quoted
	kind   kind
	unique bool // every value is unique
	plain  bool // read as "+name", because the driver would try to parse a declared date
	date   liveDate
	room   room
	grams  *grams // for texts on PostgreSQL
}

// read returns the column as a query reads it.
func (c *columnInfo) read(prefix string) string {
	if c.plain {
		return "+" + prefix + c.name
	}
	return prefix + c.name
}

func (i *tableInfo) read(prefix string) string {
	names := make([]string, len(i.columns))
	for n := range i.columns {
		names[n] = i.columns[n].read(prefix)
	}
	return strings.Join(names, ", ")
}

// shape returns the SQL fragments for a table without looking at the live table.
func (d *DB) shape(t *store.TableSchema) *tableInfo {
	i := &tableInfo{
		name:    d.table(t.Name),
		columns: make([]columnInfo, len(t.Columns)),
		byField: make(map[string]*columnInfo, len(t.Columns)),
	}
	for n := range t.Columns {
		c := &t.Columns[n]
		i.columns[n] = columnInfo{
			field:  c.Name,
			name:   d.quote(c.Physical),
			kind:   d.kind(t, c),
			unique: c.IsID || c.Unique,
			plain:  d.dialect == SQLite && c.Type == store.Date,
		}
		if d.dialect == Postgres && i.columns[n].kind.text() {
			i.columns[n].grams = &grams{}
		}
		i.byField[c.Name] = &i.columns[n]
		if c.IsID {
			i.id = &i.columns[n]
		}
	}
	i.list, i.left = i.read(""), i.read("a.")
	for n, alias := range aliases {
		i.right[n] = i.read(alias + ".")
	}
	return i
}

// builder writes one statement.
type builder struct {
	d *DB
	strings.Builder
	args  []any
	once  bool
	one   bool
	fresh bool

	versioned bool // the version of each row is read after its columns
}

func (d *DB) build() *builder {
	b := &builder{d: d}
	b.Grow(512)
	return b
}

func (b *builder) done() statement { return statement{b.String(), b.args, b.once, b.one, b.fresh} }

func (b *builder) put(parts ...string) *builder {
	for _, p := range parts {
		b.WriteString(p)
	}
	return b
}

// arg writes a placeholder for v, or v itself if it is a literal.
func (b *builder) arg(v any) *builder {
	if l, ok := v.(literal); ok {
		b.once = true
		return b.put(string(l))
	}
	b.args = append(b.args, v)
	if b.d.dialect == Postgres {
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(len(b.args)))
	} else {
		b.WriteByte('?')
	}
	return b
}

// where writes " WHERE …": all conditions without Or, ANDed with the ORed group of
// the others. prefix qualifies the columns.
func (b *builder) where(i *tableInfo, where []store.Where, prefix string) error {
	if len(where) == 0 {
		return nil
	}
	return b.put(" WHERE ").conditions(i, where, prefix)
}

func (b *builder) conditions(i *tableInfo, where []store.Where, prefix string) error {
	sep, ors := "", 0
	for n := range where {
		if where[n].Or {
			ors++
			continue
		}
		b.put(sep)
		sep = " AND "
		if err := b.condition(i, &where[n], prefix); err != nil {
			return err
		}
	}
	if ors == 0 {
		return nil
	}
	b.put(sep, "(")
	sep = ""
	for n := range where {
		if !where[n].Or {
			continue
		}
		b.put(sep)
		sep = " OR "
		if err := b.condition(i, &where[n], prefix); err != nil {
			return err
		}
	}
	b.put(")")
	return nil
}

const (
	never  = "1 = 0"
	always = "1 = 1"
)

var compares = map[store.Op]string{
	"": " = ", store.Eq: " = ", store.Ne: " <> ",
	store.Lt: " < ", store.Lte: " <= ", store.Gt: " > ", store.Gte: " >= ",
}

func (b *builder) condition(i *tableInfo, w *store.Where, prefix string) error {
	c := i.byField[w.Field]
	if c == nil {
		return fmt.Errorf("no field %q", w.Field)
	}
	name := prefix + c.name
	fold := w.Fold && c.kind.text()
	switch w.Op {
	case store.HasCapitals:
		b.put(name, " <> LOWER(", name, ")")
		return nil
	case store.In, store.NotIn:
		return b.in(c, name, w, fold)
	case store.Contains, store.StartsWith, store.EndsWith:
		return b.like(c, name, w, fold)
	}
	op, known := compares[w.Op]
	if !known {
		return fmt.Errorf("unknown operator %q", w.Op)
	}
	if w.Value == nil {
		b.null(c, name, w.Op)
		return nil
	}
	if c.kind == kindDate {
		return b.compareDate(c, name, op, w.Value)
	}
	v, err := b.d.encode(c.kind, w.Value)
	if w.Given && errors.Is(err, store.ErrUnfit) {
		if w.Op == store.Ne {
			b.put(name, " IS NOT NULL")
		} else {
			b.put(never)
		}
		return nil
	}
	if err != nil {
		return &columnError{c.name, err}
	}
	b.operand(name, fold).put(op).value(c, v, fold)
	if w.Exact && op == " = " && b.d.dialect == MySQL && c.kind.text() {
		// The condition above is the one that an index serves.
		b.put(" AND CAST(CONVERT(", name, " USING utf8mb4) AS BINARY) = CAST(").arg(v).put(" AS BINARY)")
	}
	return nil
}

// null writes a comparison with null. A database that keeps JSON as text may hold
// the text "null".
func (b *builder) null(c *columnInfo, name string, op store.Op) {
	document := c.kind == kindJSON && b.d.dialect != Postgres
	switch {
	case op == store.Eq || op == "":
		if document {
			b.put("(", name, " IS NULL OR ", name, " = 'null')")
			return
		}
		b.put(name, " IS NULL")
	case op == store.Ne:
		b.put(name, " IS NOT NULL")
		if document {
			b.put(" AND ", name, " <> 'null'")
		}
	default:
		b.put(never)
	}
}

func (b *builder) operand(name string, fold bool) *builder {
	if fold {
		return b.put("LOWER(", name, ")")
	}
	return b.put(name)
}

// value writes a placeholder. With fold, the database converts both sides to lower
// case, because SQLite's LOWER only handles ASCII.
func (b *builder) value(c *columnInfo, v any, fold bool) *builder {
	switch {
	case fold:
		return b.put("LOWER(").arg(v).put(")")
	case b.d.dialect == Postgres && (c.kind == kindNumber || c.kind == kindBig || c.kind == kindSerial):
		// A parameter has the type of the integer column, which it may not fit.
		switch n := v.(type) {
		case float64:
			return b.arg(v).put("::float8")
		case int64:
			if c.kind != kindBig && int64(int32(n)) != n {
				return b.arg(v).put("::bigint")
			}
		}
	}
	return b.arg(v)
}

func (b *builder) in(c *columnInfo, name string, w *store.Where, fold bool) error {
	list, ok := w.Value.([]any)
	if !ok {
		list = []any{w.Value}
	}
	if c.kind == kindDate {
		return b.dateIn(c, name, w.Op, list)
	}
	var values []any
	for _, v := range list {
		v, err := b.d.encode(c.kind, v)
		if w.Given && errors.Is(err, store.ErrUnfit) {
			continue // equals no row
		}
		if err != nil {
			return &columnError{c.name, err}
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		switch {
		case w.Op == store.In:
			b.put(never)
		case len(list) == 0:
			b.put(always)
		default:
			b.put(name, " IS NOT NULL")
		}
		return nil
	}
	b.once = b.once || len(values) > 3
	b.operand(name, fold)
	if w.Op == store.NotIn {
		b.put(" NOT")
	}
	b.put(" IN (")
	for n, v := range values {
		if n > 0 {
			b.put(", ")
		}
		b.value(c, v, fold)
	}
	b.put(")")
	return nil
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func (b *builder) like(c *columnInfo, name string, w *store.Where, fold bool) error {
	text, ok := w.Value.(string)
	if !ok {
		return fmt.Errorf("%s needs a text", w.Op)
	}
	if strings.ContainsRune(text, 0) { // PostgreSQL cannot store NUL, and SQLite's LIKE stops at it
		if !w.Given {
			return &columnError{c.name, errNUL}
		}
		b.put(never)
		return nil
	}
	if b.bySearchIndex(c, name, w) {
		return nil
	}
	if b.d.dialect == Postgres && w.Op == store.Contains && !fold && c.kind.text() {
		if local := localPart(text); local != "" {
			b.fresh = true
			b.put("(").operand(name, false).put(" LIKE ")
			b.value(&columnInfo{}, "%"+likeEscaper.Replace(local)+"%", false).put(" ESCAPE '!' AND strpos(")
			b.operand(name, false).put(", ")
			b.value(&columnInfo{}, text, false).put(") > 0)")
			return nil
		}
	}
	pattern := likeEscaper.Replace(text)
	if w.Op != store.StartsWith {
		pattern = "%" + pattern
	}
	if w.Op != store.EndsWith {
		pattern += "%"
	}
	op := " LIKE "
	b.fresh = true
	if b.d.dialect == Postgres {
		if !c.kind.text() {
			name = "CAST(" + name + " AS text)"
		}
		if fold {
			op, fold = " ILIKE ", false
		}
	}
	b.operand(name, fold).put(op)
	b.value(&columnInfo{}, pattern, fold).put(" ESCAPE '!'")
	return nil
}

// localPart returns the text up to the @ if a search for an e-mail address is quicker
// with it: an index of trigrams has as many entries for the domain as there are users
// with it. It returns "" for other texts.
func localPart(text string) string {
	at := strings.IndexByte(text, '@')
	if at < 3 || at == len(text)-1 {
		return ""
	}
	return text[:at+1]
}
