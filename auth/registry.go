package auth

import (
	"context"
	"time"

	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The things that a server keeps, as its plugins reach them: c.Users, c.Accounts,
// c.Sessions, c.Once, c.Passwords. Package identity documents their methods.
type (
	// User is a copy of a user's row.
	User = identity.User
	// Account is a copy of an account's row: one way of a user to sign in.
	Account = identity.Account
	// Session is a copy of a session's row.
	Session = identity.Session
	// SignedIn is a session with its user.
	SignedIn = identity.SignedIn
	// PublicRow is a row as clients see it, hidden fields left out.
	PublicRow = store.PublicRow
)

// CredentialProvider is the provider id of accounts with a password.
const CredentialProvider = identity.CredentialProvider

// LowerCase is the form in which addresses are kept.
func LowerCase(s string) string { return identity.LowerCase(s) }

// SameAddress reports whether two addresses are one to this server, which
// ignores case.
func SameAddress(a, b string) bool { return identity.SameAddress(a, b) }

func (a *Auth) openRegistry() {
	o := a.Options
	a.Registry = identity.New(identity.Options{
		Store: a.Store, KV: a.KV, Log: a.Log, Now: a.now, NewID: a.newID, Tx: a.tx, ValidateUser: a.validateUser,
		HasDatabase: a.databaseSet, AlwaysRead: a.levers.FreshReads,
		SessionLife: a.ExpiresIn(), StoreSessionInDatabase: o.Session.StoreSessionInDatabase, PreserveSessions: o.Session.PreserveSessionInDatabase,
		StoreOnceInDatabase: o.Verification.StoreInDatabase, KeepExpiredOnce: o.Verification.DisableCleanup, StoredIdentifier: o.Verification.stored,
		Hash: a.hashPassword, Verify: a.verifyPassword,
		CustomHash: o.EmailAndPassword.Password.Hash != nil, CustomVerify: o.EmailAndPassword.Password.Verify != nil,
		RefuseImportedHashes: !*o.EmailAndPassword.ImportedHashes,
		EndSessionsOnReset:   o.EmailAndPassword.RevokeSessionsOnPasswordReset,
	})
}

// tx runs fn in a transaction of the call that ctx belongs to, so that hooks which
// ask for their call get one within it.
func (a *Auth) tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if c := From(ctx); c != nil {
		return c.Tx(func(c *Context) error { return fn(c) })
	}
	return a.Store.Tx(ctx, fn)
}

// NewID makes the id of a new row of model; "" leaves it to the database.
func (a *Auth) NewID(ctx context.Context, model string) string {
	id, _ := a.newID(ctx, model)
	return id
}

func (a *Auth) newID(ctx context.Context, model string) (string, bool) {
	o := a.Options.Advanced
	for _, custom := range []func(context.Context, IDRequest) (string, error){o.GenerateID, o.Database.GenerateID.Func} {
		if custom == nil {
			continue
		}
		id, err := custom(ctx, IDRequest{Model: model})
		if err != nil {
			a.Log.ErrorContext(ctx, "generateId failed; a default id is used", "model", model, "error", err)
			break
		}
		return id, id != ""
	}
	switch o.Database.GenerateID.Kind {
	case store.UUID:
		return secret.UUID(), true
	case store.SerialID, store.NoID:
		return "", false
	}
	return secret.ID(32), true
}

// ExpiresIn is how long a session lives that is remembered.
func (a *Auth) ExpiresIn() time.Duration {
	return seconds(a.Options.Session.ExpiresIn)
}

// FreshAge is how long a session counts as fresh; 0 means for ever.
func (a *Auth) FreshAge() time.Duration { return seconds(*a.Options.Session.FreshAge) }

func (a *Auth) updateAge() time.Duration { return seconds(*a.Options.Session.UpdateAge) }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// Stateful reports whether sessions live in a database or in secondary
// storage, rather than in the cookie alone.
func (a *Auth) Stateful() bool { return a.hasStore }

// HasDatabase reports whether a database was given: accounts live there, and an
// account cookie is bound to the user who is signed in.
func (a *Auth) HasDatabase() bool { return a.databaseSet }

// Public returns a row of model as clients may see it: hidden fields left out.
// Users and sessions have a method Public of their own.
func (a *Auth) Public(model string, row store.Record) *PublicRow {
	return a.Store.Table(model).Public(row)
}

// AlwaysReads reports that nothing that was read from the database may be kept for
// the next call, as tests have it who change the database themselves.
func (a *Auth) AlwaysReads() bool { return a.levers.FreshReads }
