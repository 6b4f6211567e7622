package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Erase deletes a user and every row about the user at once, in one transaction, and calls user.deleteUser.afterDelete.
// Database hooks of the rows run. The error is store.ErrNotFound if there is no such user; if a hook keeps a row,
// nothing is deleted.
func (a *Auth) Erase(ctx context.Context, id string) error { return a.erase(ctx, id, nil) }

// erase is Erase for a user who still satisfies the condition due, if there is one, once nobody else can change it.
func (a *Auth) erase(ctx context.Context, id string, due func(u *User) bool) error {
	p, err := a.person(ctx, id)
	if err != nil {
		return err
	}
	if due != nil && !due(p.User) {
		return store.ErrNotFound
	}
	for _, part := range a.personal {
		if part.Erase == nil {
			continue
		}
		if err := part.Erase(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", part.Name, err)
		}
	}
	err = a.tx(ctx, func(ctx context.Context) error {
		if err := a.Store.Lock(ctx, "user", store.Is("id", id)); err != nil {
			return err
		}
		if p, err = a.person(ctx, id); err != nil {
			return err
		}
		if due != nil && !due(p.User) {
			return store.ErrNotFound
		}
		return a.eraseRows(ctx, p)
	})
	if errors.Is(err, store.ErrDropped) {
		return fmt.Errorf("a database hook keeps rows of the user: %w", err)
	}
	if err != nil {
		return err
	}
	a.emit(ctx, Event{Name: UserErased, UserID: id})
	if after := a.Options.User.DeleteUser.AfterDelete; after != nil {
		if _, err := after(ctx, UserRequest{User: p.User, Call: From(ctx)}); err != nil {
			return fmt.Errorf("the user is erased, but user.deleteUser.afterDelete failed: %w", FromCallback(err))
		}
	}
	return nil
}

// eraseRows deletes the rows about a person and the user.
func (a *Auth) eraseRows(ctx context.Context, p Person) error {
	for _, t := range a.PersonalTables() {
		about := t.rows(p)
		if len(about) == 0 {
			continue
		}
		if err := a.wipe(ctx, t.table, about, p); err != nil {
			return fmt.Errorf("table %s: %w", t.table.Name, err)
		}
	}
	err := a.eachValue(ctx, p, func(row store.Record) error {
		_, err := a.Store.Quiet().DeleteMany(ctx, "verification", store.Is("id", row["id"]))
		return err
	})
	if err != nil {
		return err
	}
	return a.Users.Delete(ctx, p.User.ID)
}

// wipe deletes rows, and before them the rows that refer to them. Where a reference only makes sense without its row
// ("set null"), it is emptied and the row stays.
func (a *Auth) wipe(ctx context.Context, t *store.TableSchema, where []store.Where, p Person) error {
	for i := range t.Columns { // before the deletion, so that these rows are not part of it
		c := &t.Columns[i]
		if !keepsRow(c) || !refersTo(c, "user") {
			continue
		}
		if _, err := a.Store.Quiet().UpdateMany(ctx, t.Model, []store.Where{store.Is(c.Name, p.User.ID)}, store.Record{c.Name: nil}); err != nil {
			return err
		}
	}
	for _, child := range a.Store.Tables() {
		for i := range child.Columns {
			c := &child.Columns[i]
			if !refersTo(c, t.Model) || child.Model == t.Model {
				continue
			}
			err := a.eachRow(ctx, t.Model, where, func(row store.Record) error {
				of := []store.Where{store.Is(c.Name, row["id"])}
				if keepsRow(c) {
					_, err := a.Store.Quiet().UpdateMany(ctx, child.Model, of, store.Record{c.Name: nil})
					return err
				}
				return a.wipe(ctx, child, of, p)
			})
			if err != nil {
				return err
			}
		}
	}
	_, err := a.Store.DeleteMany(ctx, t.Model, where...)
	return err
}

// keepsRow reports whether a row stays when the row that the column refers to goes.
func keepsRow(c *store.Column) bool {
	return c.Ref != nil && c.Ref.OnDelete == "set null" && c.Optional
}
