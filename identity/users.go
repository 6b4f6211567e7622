package identity

import (
	"context"
	"errors"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Users gives access to the users.
type Users struct {
	*core
	capitals capitals
}

func (u *Users) table() *store.TableSchema { return u.opts.Store.Table("user") }

// Of returns a row, such as one from the session cookie, as a User.
func (u *Users) Of(row store.Record) *User { return userOf(u.table(), row) }

// Get returns the user with this id.
func (u *Users) Get(ctx context.Context, id string) (*User, error) {
	row, err := u.opts.Store.Get(ctx, "user", store.Is("id", id))
	if err != nil {
		return nil, err
	}
	return u.Of(row), nil
}

// ByEmail returns the user with this address in any case.
//
// It also finds a row whose address has capitals. If several addresses differ
// only in case, the one in lower case counts, then the one that is spelled like
// email; otherwise the error is ErrNotFound, because any choice would be a guess.
func (u *Users) ByEmail(ctx context.Context, email string) (*User, error) {
	found, err := u.withAddress(ctx, email)
	if err != nil {
		return nil, err
	}
	if len(found) == 1 {
		return found[0], nil
	}
	for _, spelling := range []string{LowerCase(email), email} {
		for _, user := range found {
			if user.Email == spelling {
				return user, nil
			}
		}
	}
	return nil, store.ErrNotFound
}

// FindByEmail is like ByEmail, but returns nil without an error if no user has
// the address.
func (u *Users) FindByEmail(ctx context.Context, email string) (*User, error) {
	return orNil(u.ByEmail(ctx, email))
}

// By returns the user whose text field, such as one that a plugin added, has this value, as the database compares
// texts: on MySQL it may differ in case or accents. Unlike ByEmail it does not convert the value.
func (u *Users) By(ctx context.Context, field, value string) (*User, error) {
	row, err := u.opts.Store.Get(ctx, "user", store.Given(field, value))
	if err != nil {
		return nil, err
	}
	return u.Of(row), nil
}

// FindBy is like By, but returns nil without an error if no user has the value.
func (u *Users) FindBy(ctx context.Context, field, value string) (*User, error) {
	return orNil(u.By(ctx, field, value))
}

// Find is like Get, but returns nil without an error if there is no such user.
func (u *Users) Find(ctx context.Context, id string) (*User, error) { return orNil(u.Get(ctx, id)) }

// orNil converts ErrNotFound to nil.
func orNil[T any](v *T, err error) (*T, error) {
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// Create creates a user from row, with the address in lower case. method says how
// the user was created, such as "email-password"; it is passed to
// user.validateUserInfo. The error is ErrConflict if the address is taken.
func (u *Users) Create(ctx context.Context, row store.Record, method string) (*User, error) {
	return u.CreateFrom(ctx, row, js.Obj("method", method))
}

// CreateFrom is like Create, for sources with more information than a method:
// {method, oauth: {providerId, profile}}.
func (u *Users) CreateFrom(ctx context.Context, row store.Record, source *js.Object) (*User, error) {
	now := u.opts.Now(ctx)
	row = store.Record{"createdAt": now, "updatedAt": now}.With(row)
	if email, ok := row["email"].(string); ok {
		row["email"] = LowerCase(email)
	}
	if u.opts.ValidateUser != nil {
		source = source.Clone()
		source.Set("action", "create-user")
		if err := u.opts.ValidateUser(ctx, row, source); err != nil {
			return nil, err
		}
	}
	if err := u.refuseTwin(ctx, row["email"], ""); err != nil {
		return nil, err
	}
	made, err := u.opts.Store.Create(context.WithValue(ctx, sourceKey{}, source), "user", row)
	if err != nil {
		return nil, err
	}
	return u.Of(made), nil
}

// sourceKey marks the source of a user in the context of its database hooks.
type sourceKey struct{}

// SourceOf returns how the user is created to whose database hook ctx was passed, as CreateFrom received it; nil if
// the row is written in another way.
func SourceOf(ctx context.Context) *js.Object {
	source, _ := ctx.Value(sourceKey{}).(*js.Object)
	return source
}

// Update changes a user, including the copies in cached sessions in secondary
// storage. It may modify the map change.
func (u *Users) Update(ctx context.Context, id string, change store.Record) (*User, error) {
	if email, ok := change["email"].(string); ok && email != "" {
		change["email"] = LowerCase(email)
		if err := u.refuseTwin(ctx, change["email"], id); err != nil {
			return nil, err
		}
	}
	row, err := u.opts.Store.Update(ctx, "user", []store.Where{store.Is("id", id)}, change)
	if err != nil {
		return nil, err
	}
	return u.Of(row), u.opts.Store.AfterCommit(ctx, func(ctx context.Context) error {
		if err := u.sessions.refreshUser(ctx, row); err != nil {
			u.opts.Log.ErrorContext(ctx, "secondary storage: sessions still show the old user", "error", err)
		}
		return nil
	})
}

// Delete deletes a user with all sessions and accounts in every storage.
func (u *Users) Delete(ctx context.Context, id string) error {
	refs, err := u.sessions.refs(ctx, id)
	if err != nil {
		return err
	}
	if u.sessions.inDatabase() {
		if _, err := u.opts.Store.DeleteMany(ctx, "session", store.Is("userId", id)); store.UnlessDropped(err) != nil {
			return err
		}
	}
	if _, err := u.opts.Store.DeleteMany(ctx, "account", store.Is("userId", id)); store.UnlessDropped(err) != nil {
		return err
	}
	if err := u.opts.Store.Delete(ctx, "user", store.Is("id", id)); err != nil {
		return err
	}
	return u.sessions.dropCached(ctx, id, refs)
}

// SyntheticID returns an id for a user that does not exist and is only shown to
// the client.
func (u *Users) SyntheticID(ctx context.Context) string {
	if id, ok := u.opts.NewID(ctx, "user"); ok && id != "" {
		return id
	}
	return secret.ID(32)
}

// NobodyID returns an id of the database's kind that no user has. It is not 0,
// which MySQL would replace by the next number.
func (u *Users) NobodyID() string {
	if u.table().ID == store.UUID {
		return "00000000-0000-0000-0000-000000000000"
	}
	return "-1"
}
