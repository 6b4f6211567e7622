package store

import (
	"context"
	"errors"
	"fmt"
)

// Group is a list of writes that are made together or not at all. Where the database
// allows it, one statement makes them, so that a group takes less time than the same
// writes in a transaction. The rows are not read back.
type Group struct {
	// While lets the group write only while a row is the one that was read. If the row
	// has changed or is gone, nothing is written, and the error is ErrChanged. It allows
	// no Lock and no Change beside it.
	While *Unchanged
	// Lock locks rows first, as [Store.Lock] does, until the group or the transaction
	// around it has ended.
	Lock *Locked
	// Change changes the first row that matches, as [Store.Increment] does. If there is
	// none, nothing is written, and the error is ErrNotFound.
	Change *Changed
	// Insert inserts rows in this order. Their hooks run as in [Store.Create].
	Insert []Inserted
}

// Unchanged is a row that was read with its version, see [Query].
type Unchanged struct {
	Model       string
	ID, Version string
}

// Locked selects the rows that a Group locks.
type Locked struct {
	Model string
	Where []Where
}

// Changed is the change of one row in a Group.
type Changed struct {
	Model  string
	Where  []Where
	Change Change
}

// Inserted is a new row of a Group.
type Inserted struct {
	Model string
	Row   Record
	// Parent is the field that gets the id of the row before this one, or empty.
	Parent string
}

// Writes is a Group resolved for a driver.
type Writes struct {
	While  *TargetVersion // nil for none; Lock and Change are nil otherwise
	Lock   *Target        // nil for none
	Change *TargetChange
	Insert []NewRow
}

// Target selects rows of a table.
type Target struct {
	Table *TableSchema
	Where []Where
}

// TargetVersion is a row of a table that must have a version.
type TargetVersion struct {
	Table       *TableSchema
	ID, Version string
}

// TargetChange is a change of the first row that Target selects.
type TargetChange struct {
	Target
	Change Change
}

// NewRow is a row to be inserted.
type NewRow struct {
	Table *TableSchema
	Row   Record
}

// Together makes the writes of g.
func (s *Store) Together(ctx context.Context, g Group) error {
	if len(g.Insert) > 0 && g.Insert[0].Parent != "" {
		return fmt.Errorf("store: the first row of a group, of %s, has no row before it", g.Insert[0].Model)
	}
	if g.While != nil && (g.Lock != nil || g.Change != nil || len(g.Insert) == 0) {
		return errors.New("store: a group with While has rows to insert and nothing else")
	}
	w, ok, err := s.resolveGroup(ctx, g)
	if err != nil {
		return err
	}
	if ok {
		return s.driver.Group(ctx, w)
	}
	return s.Tx(ctx, func(ctx context.Context) error { return s.inTurn(ctx, g) })
}

// resolveGroup returns the writes of g for the driver. With ok false they have hooks,
// or one needs an id that only the database knows.
func (s *Store) resolveGroup(ctx context.Context, g Group) (w Writes, ok bool, err error) {
	for _, in := range g.Insert {
		if s.has(in.Model, func(h *Hooks) bool { return h.BeforeCreate != nil || h.AfterCreate != nil }) {
			return w, false, nil
		}
	}
	if u := g.While; u != nil {
		t, err := s.model(u.Model)
		if err != nil {
			return w, false, err
		}
		w.While = &TargetVersion{t, u.ID, u.Version}
	}
	if l := g.Lock; l != nil {
		w.Lock = new(Target)
		if w.Lock.Table, w.Lock.Where, err = s.target(l.Model, l.Where); err != nil {
			return w, false, err
		}
	}
	if c := g.Change; c != nil {
		w.Change = new(TargetChange)
		if w.Change.Table, w.Change.Where, err = s.target(c.Model, c.Where); err != nil {
			return w, false, err
		}
		if w.Change.Change, err = s.counted(ctx, w.Change.Table, c.Change); err != nil {
			return w, false, err
		}
	}
	var parent any
	for _, in := range g.Insert {
		t, err := s.model(in.Model)
		if err != nil {
			return w, false, err
		}
		row := in.Row
		if in.Parent != "" {
			if parent == nil {
				return w, false, nil
			}
			row = merged(row, Record{in.Parent: parent})
		}
		if row, err = s.creation(ctx, t, row); err != nil {
			return w, false, err
		}
		parent = row["id"]
		w.Insert = append(w.Insert, NewRow{t, row})
	}
	return w, true, nil
}

func (s *Store) inTurn(ctx context.Context, g Group) error {
	if g.While != nil {
		if err := s.unchanged(ctx, g.While); err != nil {
			return err
		}
	}
	if g.Lock != nil {
		if err := s.Lock(ctx, g.Lock.Model, g.Lock.Where...); err != nil {
			return err
		}
	}
	if g.Change != nil {
		if _, err := s.Increment(ctx, g.Change.Model, g.Change.Where, g.Change.Change); err != nil {
			return err
		}
	}
	var parent any
	for _, in := range g.Insert {
		row := in.Row
		if in.Parent != "" {
			row = merged(row, Record{in.Parent: parent})
		}
		created, err := s.Create(ctx, in.Model, row)
		if err != nil {
			return err
		}
		parent = created["id"]
	}
	return nil
}

// unchanged locks a row and returns ErrChanged unless it has its version.
func (s *Store) unchanged(ctx context.Context, u *Unchanged) error {
	if err := s.Lock(ctx, u.Model, Is("id", u.ID)); err != nil {
		return err
	}
	rows, err := s.Find(ctx, u.Model, Query{Where: []Where{Is("id", u.ID)}, Limit: 1, Version: true})
	if err == nil && (len(rows) == 0 || rows[0][Version] != u.Version) {
		err = ErrChanged
	}
	return err
}
