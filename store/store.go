package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Store reads and writes rows by model and field names and runs the models'
// hooks around its writes. It is safe for concurrent use.
type Store struct {
	*core
	quiet bool
}

type core struct {
	driver  Driver
	tables  []*TableSchema
	byModel map[string]*TableSchema
	hooks   map[string][]Hooks
	newid   func(ctx context.Context, model string) (string, bool)
	now     func(ctx context.Context) time.Time
	limit   int
	plans   sync.Map // reflect.Type and model -> *plan
	narrow  sync.Map // model and fields -> *Table
}

// New returns a Store for o. All mistakes of the schema are reported in one
// error.
func New(o Options) (*Store, error) {
	tables, err := resolve(o.Schema, o.IDs, o.TablePrefix)
	c := &core{
		driver:  o.Driver,
		tables:  tables,
		byModel: make(map[string]*TableSchema, len(tables)),
		hooks:   o.Hooks,
		newid:   o.NewID,
		now:     o.Now,
		limit:   o.FindLimit,
	}
	if c.limit <= 0 {
		c.limit = 100
	}
	for _, t := range tables {
		c.byModel[t.Model] = t
	}
	problems := []error{err}
	if o.Driver == nil {
		problems = append(problems, errors.New("store: a driver is required"))
	}
	if o.Now == nil {
		problems = append(problems, errors.New("store: a clock is required"))
	}
	if o.NewID == nil && o.IDs == TextID {
		problems = append(problems, errors.New("store: NewID is required for text ids"))
	}
	for model := range o.Hooks {
		if c.byModel[model] == nil {
			problems = append(problems, fmt.Errorf("store: hooks for the unknown model %q", model))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return &Store{core: c}, nil
}

// Resolve returns the tables of o's Schema, IDs and TablePrefix in the order of their
// creation, for programs that have no driver yet.
func Resolve(o Options) ([]*TableSchema, error) {
	return resolve(o.Schema, o.IDs, o.TablePrefix)
}

// Quiet returns the same store without hooks, like the reference's raw adapter.
func (s *Store) Quiet() *Store { return &Store{core: s.core, quiet: true} }

// Table returns the resolved table of a model, or nil.
func (s *Store) Table(model string) *TableSchema { return s.byModel[model] }

// Tables returns every table in the order of their creation.
func (s *Store) Tables() []*TableSchema { return slices.Clone(s.tables) }

// Now returns the time of the call that ctx belongs to.
func (s *Store) Now(ctx context.Context) time.Time { return s.now(ctx) }

func (s *Store) model(model string) (*TableSchema, error) {
	if t := s.byModel[model]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("store: unknown model %q", model)
}

func (s *Store) target(model string, where []Where) (*TableSchema, []Where, error) {
	t, err := s.model(model)
	if err != nil {
		return nil, nil, err
	}
	where, err = conditions(t, where)
	return t, where, err
}

// Get returns the first row that matches, or ErrNotFound.
func (s *Store) Get(ctx context.Context, model string, where ...Where) (Record, error) {
	rows, err := s.Find(ctx, model, Query{Where: where, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNotFound
	}
	return rows[0], nil
}

// Find returns the rows that q selects. An empty result is not an error.
func (s *Store) Find(ctx context.Context, model string, q Query) ([]Record, error) {
	t, where, err := s.target(model, q.Where)
	if err != nil {
		return nil, err
	}
	sel := Select{Where: where, Limit: q.Limit, Offset: q.Offset, Version: q.Version}
	if sel.Limit <= 0 {
		sel.Limit = s.limit
	}
	if q.Sort != "" {
		sel.Sort, sel.Down = strings.CutPrefix(q.Sort, "-")
		if t.Column(sel.Sort) == nil {
			return nil, fmt.Errorf("store: model %s has no field %q to sort by", model, sel.Sort)
		}
	}
	if sel.Join, err = s.joins(t, q); err != nil {
		return nil, err
	}
	if q.Version && len(sel.Join) > 0 {
		return nil, fmt.Errorf("store: a query of %s with joined rows cannot read versions", t.Model)
	}
	if q.Fields != nil {
		if t, err = s.narrowed(t, sel, q.Fields); err != nil {
			return nil, err
		}
	}
	rows, err := s.driver.Select(ctx, t, sel)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if err := s.finish(ctx, t, sel.Join, row); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// joins resolves the joined rows of a query.
func (s *Store) joins(t *TableSchema, q Query) ([]Join, error) {
	n := len(q.Join) + len(q.Beside)
	if n == 0 {
		return nil, nil
	}
	if n > MaxJoins {
		return nil, fmt.Errorf("store: a query of %s joins %d rows, more than %d", t.Model, n, MaxJoins)
	}
	out := make([]Join, 0, n)
	for _, field := range q.Join {
		c := t.Column(field)
		if c == nil || c.RefTable == nil {
			return nil, fmt.Errorf("store: %s.%s refers to no model to join", t.Model, field)
		}
		out = append(out, Join{Field: c.Name, Table: c.RefTable, RefField: c.Ref.Field, As: c.Ref.Model})
	}
	for _, b := range q.Beside {
		other, where, err := s.target(b.Model, []Where{Given(b.Field, b.Value)})
		if err != nil {
			return nil, err
		}
		out = append(out, Join{Table: other, Where: where, As: b.Model})
	}
	for i := range out {
		if slices.ContainsFunc(out[:i], func(j Join) bool { return j.As == out[i].As }) {
			return nil, fmt.Errorf("store: a query of %s joins %s twice", t.Model, out[i].As)
		}
	}
	return out, nil
}

// narrowed returns t with only the columns that a query uses and selects. The
// same query always gets the same table, because drivers cache by table.
func (s *Store) narrowed(t *TableSchema, q Select, fields []string) (*TableSchema, error) {
	if len(q.Join) > 0 {
		return nil, fmt.Errorf("store: a query of some fields of %s cannot join", t.Model)
	}
	wanted := map[string]bool{"id": true, q.Sort: true}
	for _, w := range q.Where {
		wanted[w.Field] = true
	}
	for _, f := range fields {
		if t.Column(f) == nil {
			return nil, fmt.Errorf("store: model %s has no field %q", t.Model, f)
		}
		wanted[f] = true
	}
	some := *t
	some.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c Column) bool { return !wanted[c.Name] })
	key := t.Model
	for i := range some.Columns {
		key += "," + some.Columns[i].Name
	}
	known, _ := s.narrow.LoadOrStore(key, &some)
	return known.(*TableSchema), nil
}

func (s *Store) finish(ctx context.Context, t *TableSchema, joined []Join, row Record) error {
	if _, err := outgoing(ctx, t, row); err != nil {
		return err
	}
	for i := range joined {
		other, ok := row[joined[i].As].(Record)
		if !ok {
			continue
		}
		if _, err := outgoing(ctx, joined[i].Table, other); err != nil {
			return err
		}
	}
	return nil
}

// Count returns the number of rows that match.
func (s *Store) Count(ctx context.Context, model string, where ...Where) (int64, error) {
	t, where, err := s.target(model, where)
	if err != nil {
		return 0, err
	}
	return s.driver.Count(ctx, t, where)
}

// Increment changes the first row that matches, atomically, and returns it, or
// ErrNotFound. A null counter counts from zero. As in the reference, no hooks
// run; if Set is not nil, the fields' OnUpdate apply.
func (s *Store) Increment(ctx context.Context, model string, where []Where, c Change) (Record, error) {
	t, where, err := s.target(model, where)
	if err != nil {
		return nil, err
	}
	if c, err = s.counted(ctx, t, c); err != nil {
		return nil, err
	}
	row, err := s.driver.UpdateOne(ctx, t, where, c)
	if err != nil {
		return nil, err
	}
	return outgoing(ctx, t, row)
}

// counted checks the change of an Increment and prepares it for the driver.
func (s *Store) counted(ctx context.Context, t *TableSchema, c Change) (_ Change, err error) {
	for field := range c.Add {
		if col := t.Column(field); col == nil || col.Type != Number || col.IsID {
			return c, fmt.Errorf("store: %s.%s is not a number to count", t.Model, field)
		}
	}
	if c.Set != nil {
		if c.Set, err = s.update(ctx, t, c.Set); err != nil {
			return c, err
		}
	}
	if len(c.Set)+len(c.Add) == 0 {
		return c, fmt.Errorf("store: Increment of %s changes nothing", t.Model)
	}
	return c, nil
}
