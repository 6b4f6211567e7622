// Package identity stores users, their accounts, their sessions, and single-use
// values (links, codes, states). Package auth and its plugins reach it as
// c.Users, c.Accounts, c.Sessions, c.Once and c.Passwords:
//
//	user, err := c.Users.ByEmail(c, "ada@example.com")
//	switch {
//	case errors.Is(err, store.ErrNotFound): // no user has this address
//	case err != nil:
//		return err
//	}
//	sessions, err := c.Sessions.Of(c, user.ID)
//
// # Errors
//
// All methods follow one convention. A method for one row returns the row or
// [store.ErrNotFound]; a list may be empty. A write that a database hook dropped
// returns [store.ErrDropped], and a unique value that is taken returns
// [store.ErrConflict]. Deleting a row that does not exist is not an error. Any
// other error means that the database or the secondary storage failed; it says
// nothing about whether the row exists.
//
// # Rows
//
// [User], [Account] and [Session] are copies of rows. Changing a field of a copy
// does not change the database; Update does, and returns the changed row.
package identity

// This package must not import the engine: it knows no request, cookie or
// endpoint.

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures a [Registry].
type Options struct {
	Store *store.Store
	KV    kv.Store // nil without secondary storage
	Log   *slog.Logger
	// Now returns the time of the call that ctx belongs to.
	Now func(ctx context.Context) time.Time
	// NewID returns the id for a row that is kept only in secondary storage.
	NewID func(ctx context.Context, model string) (id string, ok bool)
	// Tx runs fn in a transaction; nil means Store.Tx.
	Tx func(ctx context.Context, fn func(ctx context.Context) error) error
	// RevokeAccess removes what lets somebody in as a user besides accounts and
	// sessions, such as passkeys; nil if there is nothing else. It is called in the
	// transaction of [Users.Prove].
	RevokeAccess func(ctx context.Context, userID string) error
	// ValidateUser may reject a user before it is created; nil accepts all users.
	ValidateUser func(ctx context.Context, user store.Record, source *js.Object) error

	// HasDatabase says that users are in a database that may contain rows of
	// other programs. Addresses with capitals are then found too.
	HasDatabase bool
	// AlwaysRead turns off caching of database contents between calls.
	AlwaysRead bool

	SessionLife            time.Duration // longest life of a session
	StoreSessionInDatabase bool          // in addition to secondary storage
	PreserveSessions       bool          // rows of ended sessions stay in the database

	StoreOnceInDatabase bool // in addition to secondary storage
	KeepExpiredOnce     bool // expired values are not deleted
	// StoredIdentifier returns the stored form of the identifier of a single-use
	// value; plain reports that this is the identifier itself. If nil,
	// identifiers are stored unchanged.
	StoredIdentifier func(ctx context.Context, identifier string) (stored string, plain bool, err error)

	// AcceptPassword may refuse a new password before it is hashed; nil accepts
	// all.
	AcceptPassword func(ctx context.Context, password string) error
	// Hash and Verify hash and verify passwords. Verify reports whether hash
	// belongs to password.
	Hash   func(ctx context.Context, password string) (string, error)
	Verify func(ctx context.Context, hash, password string) (bool, error)
	// CustomHash and CustomVerify say that Hash and Verify are set by the
	// program.
	CustomHash, CustomVerify bool
	// RefuseImportedHashes turns off the verification of other programs' hashes.
	RefuseImportedHashes bool
	// EndSessionsOnReset ends all sessions of a user when the password is set.
	EndSessionsOnReset bool
}

// Registry groups the five parts of this package.
type Registry struct {
	Users     *Users
	Accounts  *Accounts
	Sessions  *Sessions
	Once      *Once
	Passwords *Passwords
}

// core is the shared state of the parts.
type core struct {
	opts     Options
	users    *Users
	accounts *Accounts
	sessions *Sessions
}

// New returns the Registry for a store.
func New(o Options) Registry {
	if o.StoredIdentifier == nil {
		o.StoredIdentifier = func(_ context.Context, identifier string) (string, bool, error) { return identifier, true, nil }
	}
	if o.Tx == nil {
		o.Tx = o.Store.Tx
	}
	c := &core{opts: o}
	r := Registry{Users: &Users{core: c}, Accounts: &Accounts{c}, Sessions: &Sessions{c}, Once: &Once{core: c}, Passwords: &Passwords{c}}
	c.users, c.accounts, c.sessions = r.Users, r.Accounts, r.Sessions
	return r
}

// isGone reports whether the row does not exist or a hook dropped the write.
func isGone(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped)
}

// logExpired logs how many expired rows were deleted.
func (c *core) logExpired(ctx context.Context, model string, n int64) {
	if n > 0 {
		c.opts.Log.InfoContext(ctx, "expired rows were deleted", slog.String("table", c.opts.Store.Table(model).Name), slog.Int64("rows", n))
	}
}
