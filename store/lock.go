package store

import (
	"context"
	"errors"
)

// Locker is a driver whose transactions can run at the same time and wait for each
// other's rows. A driver that runs one writing transaction at a time, as SQLite
// does, need not implement it.
type Locker interface {
	// Lock makes every other Lock of the same rows wait until the transaction of ctx
	// has ended.
	Lock(ctx context.Context, t *TableSchema, where []Where) error
}

// ErrNoTransaction reports a call of Lock outside a transaction.
var ErrNoTransaction = errors.New("store: Lock works within a transaction only")

// Lock locks the rows that match until the transaction of ctx has ended. It is for
// rules that hold over several rows, such as "an organization keeps an owner": lock
// the row that stands for the rule, the organization's, then count, then write. Of
// racing transactions one goes on and the others wait, and then read what it wrote.
func (s *Store) Lock(ctx context.Context, model string, where ...Where) error {
	if s.tx(ctx) == nil {
		return ErrNoTransaction
	}
	t, where, err := s.target(model, where)
	if err != nil {
		return err
	}
	if l, ok := s.driver.(Locker); ok {
		return l.Lock(ctx, t, where)
	}
	return nil
}

// IDLimiter is a driver whose text ids have a limited length, as on MySQL.
type IDLimiter interface {
	// LongestID returns the number of characters, 0 without a limit.
	LongestID() int
}

// LongestID returns the number of characters that a text id may have, 0 without a
// limit. It is for ids that follow from a value, as a mark that the value was used.
func (s *Store) LongestID() int {
	if l, ok := s.driver.(IDLimiter); ok {
		return l.LongestID()
	}
	return 0
}
