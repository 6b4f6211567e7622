package store

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// creation prepares a new row: it drops unknown keys, fills in defaults and
// converts values, by the rules of transformInput and withApplyDefault.
func (s *Store) creation(ctx context.Context, t *TableSchema, row Record) (Record, error) {
	out := make(Record, len(t.Columns))
	for i := range t.Columns {
		c := &t.Columns[i]
		v, present := row[c.Name]
		if c.IsID {
			id, ok, err := s.newID(ctx, t, v)
			if err != nil {
				return nil, err
			}
			if ok {
				out[c.Name] = id
			}
			continue
		}
		if !present || (v == nil && !c.Optional) {
			if d, ok := c.defaultValue(ctx); ok {
				v, present = d, true
			}
		}
		if !present {
			if c.In == nil {
				continue
			}
			v = js.Undefined{} // factory.mjs: a conversion is also called for an absent value
		}
		if err := s.put(ctx, c, v, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// put converts a value and adds it to out, unless it is undefined.
func (s *Store) put(ctx context.Context, c *Column, v any, out Record) error {
	v, err := s.incoming(ctx, c, v)
	if err != nil {
		return err
	}
	if _, undefined := v.(js.Undefined); !undefined {
		out[c.Name] = v
	}
	return nil
}

func (f *Field) defaultValue(ctx context.Context) (any, bool) {
	switch {
	case f.Default != nil:
		return f.Default(ctx), true
	case f.SQLDefault != nil:
		return f.SQLDefault, true
	}
	return nil, false
}

// update prepares a change. An absent field is set only by its OnUpdate.
func (s *Store) update(ctx context.Context, t *TableSchema, change Record) (Record, error) {
	out := make(Record, len(change)+1)
	for i := range t.Columns {
		c := &t.Columns[i]
		v, present := change[c.Name]
		if !present {
			if c.OnUpdate == nil {
				continue
			}
			v = c.OnUpdate(ctx)
		}
		if err := s.put(ctx, c, v, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

var uuidText = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// newID returns the given id if it fits the kind of ids, and a new one otherwise.
// With ok false the database makes it (get-id-field.mjs with forceAllowId).
func (s *Store) newID(ctx context.Context, t *TableSchema, given any) (id string, ok bool, err error) {
	if given != nil {
		v, err := idText(&t.Columns[0], given)
		if err != nil {
			return "", false, err
		}
		id = v.(string)
	}
	switch t.ID {
	case SerialID:
		_, err := strconv.ParseInt(id, 10, 64)
		return id, err == nil, nil
	case UUID:
		if uuidText.MatchString(id) {
			return id, true, nil
		}
	case TextID, NoID:
		if id != "" {
			return id, true, nil
		}
	}
	id, ok = "", false
	if s.newid != nil {
		id, ok = s.newid(ctx, t.Model)
	}
	if !ok && t.ID == UUID {
		return secret.UUID(), true, nil
	}
	return id, ok, nil
}

// outgoing applies the fields' Out conversions to a row from the driver.
func outgoing(ctx context.Context, t *TableSchema, row Record) (Record, error) {
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Out == nil {
			continue
		}
		v, err := c.Out(ctx, row[c.Name])
		if err != nil {
			return nil, fmt.Errorf("store: field %s: %w", c.Name, err)
		}
		row[c.Name] = v
	}
	return row, nil
}
