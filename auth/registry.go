package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The types behind c.Users, c.Accounts, c.Sessions, c.Once and c.Passwords. Package identity documents their methods.
type (
	// User is a copy of a user's row.
	User = identity.User
	// Account is a copy of an account's row. An account is one way in which a user can sign in.
	Account = identity.Account
	// Session is a copy of a session's row.
	Session = identity.Session
	// SignedIn is a session with its user.
	SignedIn = identity.SignedIn
	// PublicRow is a row without the fields that are hidden from clients.
	PublicRow = store.PublicRow
)

// CredentialProvider is the provider id of accounts with a password.
const CredentialProvider = identity.CredentialProvider

// LowerCase returns an e-mail address in the form in which it is stored.
func LowerCase(s string) string { return identity.LowerCase(s) }

// SameAddress reports whether two e-mail addresses are equal, ignoring case.
func SameAddress(a, b string) bool { return identity.SameAddress(a, b) }

func (a *Auth) openRegistry() {
	o := a.Options
	a.Registry = identity.New(identity.Options{
		Store: a.Store, KV: a.KV, Log: a.Log, Now: a.now, NewID: a.newID, Tx: a.tx, ValidateUser: a.validateUser, RevokeAccess: a.revokeAccess,
		HasDatabase: a.databaseSet, AlwaysRead: a.levers.FreshReads,
		SessionLife: a.longestSession(), StoreSessionInDatabase: o.Session.StoreSessionInDatabase, PreserveSessions: o.Session.PreserveSessionInDatabase,
		StoreOnceInDatabase: o.Verification.StoreInDatabase, KeepExpiredOnce: o.Verification.DisableCleanup, StoredIdentifier: o.Verification.stored,
		AcceptPassword: a.acceptPassword, Hash: a.hashPassword, Verify: a.verifyPassword,
		CustomHash: o.EmailAndPassword.Password.Hash != nil, CustomVerify: o.EmailAndPassword.Password.Verify != nil,
		RefuseImportedHashes: !*o.EmailAndPassword.ImportedHashes,
		EndSessionsOnReset:   o.EmailAndPassword.RevokeSessionsOnPasswordReset,
	})
}

// revokeAccess asks the plugins to remove what lets somebody in as a user.
func (a *Auth) revokeAccess(ctx context.Context, userID string) error {
	for _, m := range a.manifests {
		if revoke := m.Provides.RevokeAccess; revoke != nil {
			if err := revoke(ctx, userID); err != nil {
				return fmt.Errorf("%s: %w", m.ID, err)
			}
		}
	}
	return nil
}

// tx runs fn in a transaction of the call to which ctx belongs, so that hooks which ask for their call get the one
// inside the transaction.
func (a *Auth) tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if c := From(ctx); c != nil {
		return c.Tx(func(c *Context) error { return fn(c) })
	}
	return a.Store.Tx(ctx, fn)
}

// NewID returns the id for a new row of model, or "" if the database generates it.
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

// ExpiresIn returns the lifetime of a remembered session.
func (a *Auth) ExpiresIn() time.Duration {
	return seconds(a.Options.Session.ExpiresIn)
}

// longestSession returns the longest life of any session.
func (a *Auth) longestSession() time.Duration {
	longest := a.ExpiresIn()
	for _, m := range a.manifests {
		longest = max(longest, m.Provides.SessionLife)
	}
	return longest
}

// FreshAge returns how long a session counts as fresh; 0 means always.
func (a *Auth) FreshAge() time.Duration { return seconds(*a.Options.Session.FreshAge) }

func (a *Auth) updateAge() time.Duration { return seconds(*a.Options.Session.UpdateAge) }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// Stateful reports whether sessions are kept in a database or in secondary storage, and not only in the cookie.
func (a *Auth) Stateful() bool { return a.hasStore }

// HasDatabase reports whether a database was given. Accounts are then stored there, and an account cookie is bound to
// the signed-in user.
func (a *Auth) HasDatabase() bool { return a.databaseSet }

// Public returns a row of model without the fields that are hidden from clients. For users and sessions use their
// method Public.
func (a *Auth) Public(model string, row store.Record) *PublicRow {
	return a.Store.Table(model).Public(row)
}

// AlwaysReads reports whether values read from the database must not be kept for the next call. This is set in tests
// that change the database themselves.
func (a *Auth) AlwaysReads() bool { return a.levers.FreshReads }
