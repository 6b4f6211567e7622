package store

import (
	"context"
	"errors"
	"maps"
)

// The order and the arguments of hooks are those of the reference's
// with-hooks.mjs, including its quirks: a create hook gets the row as changed by
// earlier hooks, while each update hook gets the change that the caller passed.

func (s *Store) modelHooks(model string) []Hooks {
	if s.quiet {
		return nil
	}
	return s.hooks[model]
}

func (s *Store) has(model string, want func(*Hooks) bool) bool {
	hooks := s.modelHooks(model)
	for i := range hooks {
		if want(&hooks[i]) {
			return true
		}
	}
	return false
}

func (s *Store) deleteHooks(model string) bool {
	return s.has(model, func(h *Hooks) bool { return h.BeforeDelete != nil || h.AfterDelete != nil })
}

// CreateVia runs the create hooks of model around write, which the caller
// supplies, for example for secondary storage. write gets the row as returned by
// the before hooks; the row that it returns is passed to the after hooks.
func (s *Store) CreateVia(ctx context.Context, model string, row Record, write func(ctx context.Context, row Record) (Record, error)) (Record, error) {
	hooks := s.modelHooks(model)
	for _, h := range hooks {
		if h.BeforeCreate == nil {
			continue
		}
		more, err := h.BeforeCreate(ctx, row)
		if err != nil {
			return nil, err
		}
		row = merged(row, more)
	}
	created, err := write(ctx, row)
	if err != nil {
		return nil, err
	}
	for _, h := range hooks {
		if err := s.after(ctx, h.AfterCreate, created); err != nil {
			return created, err
		}
	}
	return created, nil
}

// UpdateVia runs the update hooks of model around write. If write returns
// ErrNotFound, the after hooks still run, with nil.
func (s *Store) UpdateVia(ctx context.Context, model string, change Record, write func(ctx context.Context, change Record) (Record, error)) (Record, error) {
	change, err := s.beforeUpdate(ctx, model, change)
	if err != nil {
		return nil, err
	}
	updated, err := write(ctx, change)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	for _, h := range s.modelHooks(model) {
		if err := s.after(ctx, h.AfterUpdate, updated); err != nil {
			return updated, err
		}
	}
	return updated, err
}

// beforeUpdate returns the change as modified by the before hooks. Each hook
// gets the change that the caller passed.
func (s *Store) beforeUpdate(ctx context.Context, model string, change Record) (Record, error) {
	asked := change
	for _, h := range s.modelHooks(model) {
		if h.BeforeUpdate == nil {
			continue
		}
		more, err := h.BeforeUpdate(ctx, asked)
		if err != nil {
			return nil, err
		}
		change = merged(change, more)
	}
	return change, nil
}

// DeleteVia runs the delete hooks of model around write. The hooks get the row
// that where selects in the database. If there is none, or it cannot be read,
// only write runs.
func (s *Store) DeleteVia(ctx context.Context, model string, where []Where, write func(ctx context.Context) error) error {
	row, err := s.doomed(ctx, model, where)
	if err != nil {
		row = nil // as in with-hooks.mjs: without the row, no hooks run
	}
	return s.aroundDelete(ctx, model, rows(row), write)
}

// DeleteManyVia is like DeleteVia, for every row that where selects.
func (s *Store) DeleteManyVia(ctx context.Context, model string, where []Where, write func(ctx context.Context) error) error {
	var doomed []Record
	if s.deleteHooks(model) {
		doomed, _ = s.all(ctx, model, where) // as in DeleteVia
	}
	return s.aroundDelete(ctx, model, doomed, write)
}

func (s *Store) aroundDelete(ctx context.Context, model string, doomed []Record, write func(ctx context.Context) error) error {
	for _, row := range doomed {
		if err := s.beforeDelete(ctx, model, row); err != nil {
			return err
		}
	}
	if err := write(ctx); err != nil {
		return err
	}
	return s.afterDelete(ctx, model, doomed)
}

func (s *Store) beforeDelete(ctx context.Context, model string, row Record) error {
	if row == nil {
		return nil
	}
	for _, h := range s.modelHooks(model) {
		if h.BeforeDelete == nil {
			continue
		}
		if err := h.BeforeDelete(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) afterDelete(ctx context.Context, model string, deleted []Record) error {
	for _, row := range deleted {
		for _, h := range s.modelHooks(model) {
			if err := s.after(ctx, h.AfterDelete, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) after(ctx context.Context, hook func(ctx context.Context, row Record) error, row Record) error {
	if hook == nil {
		return nil
	}
	return s.AfterCommit(ctx, func(ctx context.Context) error { return hook(ctx, row) })
}

func merged(row, more Record) Record {
	if len(more) == 0 {
		return row
	}
	out := maps.Clone(row)
	if out == nil {
		out = Record{}
	}
	maps.Copy(out, more)
	return out
}
