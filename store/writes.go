package store

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Create inserts a row and returns it as stored. Keys that are not fields of the
// model are dropped, and defaults fill absent fields. The id in row is kept if it
// fits the store's kind of ids (the reference's forceAllowId).
func (s *Store) Create(ctx context.Context, model string, row Record) (Record, error) {
	return s.CreateVia(ctx, model, row, func(ctx context.Context, row Record) (Record, error) {
		return s.insert(ctx, model, row)
	})
}

func (s *Store) insert(ctx context.Context, model string, row Record) (Record, error) {
	t, err := s.model(model)
	if err != nil {
		return nil, err
	}
	in, err := s.creation(ctx, t, row)
	if err != nil {
		return nil, err
	}
	out, err := s.driver.Insert(ctx, t, in)
	if err != nil {
		return nil, err
	}
	return outgoing(ctx, t, out)
}

// Update changes the first row that matches and returns it, or ErrNotFound.
// Without conditions no row matches, as in the reference.
func (s *Store) Update(ctx context.Context, model string, where []Where, change Record) (Record, error) {
	return s.UpdateVia(ctx, model, change, func(ctx context.Context, change Record) (Record, error) {
		return s.updateOne(ctx, model, where, change)
	})
}

func (s *Store) updateOne(ctx context.Context, model string, where []Where, change Record) (Record, error) {
	t, where, err := s.target(model, where)
	if err != nil {
		return nil, err
	}
	if len(where) == 0 {
		return nil, ErrNotFound
	}
	set, err := s.update(ctx, t, change)
	if err != nil {
		return nil, err
	}
	row, err := s.driver.UpdateOne(ctx, t, where, Change{Set: set})
	if err != nil {
		return nil, err
	}
	return outgoing(ctx, t, row)
}

// UpdateMany changes every row that matches and returns their number. The model's
// AfterUpdate hooks get nil.
func (s *Store) UpdateMany(ctx context.Context, model string, where []Where, change Record) (int64, error) {
	change, err := s.beforeUpdate(ctx, model, change)
	if err != nil {
		return 0, err
	}
	t, where, err := s.target(model, where)
	if err != nil {
		return 0, err
	}
	set, err := s.update(ctx, t, change)
	if err != nil {
		return 0, err
	}
	n, err := s.driver.UpdateMany(ctx, t, where, Change{Set: set})
	if err != nil {
		return 0, err
	}
	for _, h := range s.modelHooks(model) {
		if h.AfterUpdateMany == nil {
			continue
		}
		if err := s.AfterCommit(ctx, func(ctx context.Context) error { return h.AfterUpdateMany(ctx, n) }); err != nil {
			return n, err
		}
	}
	return n, nil
}

// Delete deletes the first row that matches. It is not an error if none does.
func (s *Store) Delete(ctx context.Context, model string, where ...Where) error {
	if len(where) == 0 {
		return fmt.Errorf("store: Delete of %s needs a condition", model)
	}
	t, where, err := s.target(model, where)
	if err != nil {
		return err
	}
	row, err := s.doomed(ctx, model, where)
	if err != nil {
		return err
	}
	if row != nil {
		where = append(where, Is("id", row["id"]))
	} else if s.deleteHooks(model) {
		return nil
	}
	err = s.aroundDelete(ctx, model, rows(row), func(ctx context.Context) error {
		_, err := s.driver.DeleteOne(ctx, t, where)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// DeleteMany deletes every row that matches and returns their number. If a hook
// drops one row, the whole call is dropped, as in the reference.
func (s *Store) DeleteMany(ctx context.Context, model string, where ...Where) (int64, error) {
	var n int64
	err := s.DeleteManyVia(ctx, model, where, func(ctx context.Context) error {
		t, where, err := s.target(model, where)
		if err != nil {
			return err
		}
		n, err = s.driver.DeleteMany(ctx, t, where)
		return err
	})
	return n, err
}

// Take deletes the first row that matches and returns it, or ErrNotFound. Of
// concurrent callers exactly one gets the row, and after hooks run only for that
// one.
func (s *Store) Take(ctx context.Context, model string, where ...Where) (Record, error) {
	if len(where) == 0 {
		return nil, fmt.Errorf("store: Take of %s needs a condition", model)
	}
	t, where, err := s.target(model, where)
	if err != nil {
		return nil, err
	}
	if s.has(model, func(h *Hooks) bool { return h.BeforeDelete != nil }) {
		row, err := s.first(ctx, model, where)
		if err != nil {
			return nil, err
		}
		if err := s.beforeDelete(ctx, model, row); err != nil {
			return nil, err
		}
	}
	row, err := s.driver.DeleteOne(ctx, t, where)
	if err != nil {
		return nil, err
	}
	if row, err = outgoing(ctx, t, row); err != nil {
		return nil, err
	}
	return row, s.afterDelete(ctx, model, rows(row))
}

// TakeMany deletes every row that matches and returns them. Of concurrent callers
// exactly one gets a row. Delete hooks do not run: see [Store.HasDeleteHooks].
func (s *Store) TakeMany(ctx context.Context, model string, where ...Where) ([]Record, error) {
	if len(where) == 0 {
		return nil, fmt.Errorf("store: TakeMany of %s needs a condition", model)
	}
	t, where, err := s.target(model, where)
	if err != nil {
		return nil, err
	}
	taken, err := s.driver.TakeMany(ctx, t, where)
	if err != nil {
		return nil, err
	}
	for _, row := range taken {
		if _, err := outgoing(ctx, t, row); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// HasDeleteHooks reports whether hooks run when a row of model is deleted.
func (s *Store) HasDeleteHooks(model string) bool { return s.deleteHooks(model) }

// doomed returns the row to be deleted if the model has delete hooks, which need
// it, and nil otherwise.
func (s *Store) doomed(ctx context.Context, model string, where []Where) (Record, error) {
	if !s.deleteHooks(model) {
		return nil, nil
	}
	return s.first(ctx, model, where)
}

func (s *Store) first(ctx context.Context, model string, where []Where) (Record, error) {
	row, err := s.Get(ctx, model, where...)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return row, err
}

func (s *Store) all(ctx context.Context, model string, where []Where) ([]Record, error) {
	return s.Find(ctx, model, Query{Where: where, Limit: math.MaxInt32})
}

func rows(row Record) []Record {
	if row == nil {
		return nil
	}
	return []Record{row}
}
