// Package identity keeps users, their accounts and their sessions, and values
// that work once (links, codes, states). It is what package auth and its plugins
// reach as c.Users, c.Accounts, c.Sessions, c.Once and c.Passwords:
//
//	user, err := c.Users.ByEmail(c, "ada@example.com")
//	switch {
//	case errors.Is(err, store.ErrNotFound): // nobody has this address
//	case err != nil:
//		return err
//	}
//	sessions, err := c.Sessions.Of(c, user.ID)
//
// # Errors
//
// All methods follow one convention. One row or [store.ErrNotFound]; a list may be
// empty. A write that a database hook dropped is [store.ErrDropped], and a unique
// value that is taken is [store.ErrConflict]. Deleting what is not there is no
// error. Any other error means that the database or the secondary storage failed:
// it says nothing about whether the row exists.
//
// # Rows
//
// [User], [Account] and [Session] are copies of rows. Changing a field of one does
// not change the database; Update does, and returns the row as it then is.
package identity

// Imports nothing of the engine: no request, no cookie, no endpoint.

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
	// Now is the time of the call that ctx belongs to.
	Now func(ctx context.Context) time.Time
	// NewID makes the id of a row that is kept in secondary storage alone.
	NewID func(ctx context.Context, model string) (id string, ok bool)
	// Tx runs fn in a transaction; nil stands for Store.Tx.
	Tx func(ctx context.Context, fn func(ctx context.Context) error) error
	// ValidateUser may refuse a user who is about to be created; nil refuses nobody.
	ValidateUser func(ctx context.Context, user store.Record, source *js.Object) error

	// HasDatabase says that users are kept in a database that may hold rows of
	// other programs; addresses in capitals are then found too.
	HasDatabase bool
	// AlwaysRead keeps nothing that was read from the database across calls.
	AlwaysRead bool

	SessionLife            time.Duration // of a session that is remembered
	StoreSessionInDatabase bool          // as well as in secondary storage
	PreserveSessions       bool          // rows of ended sessions stay in the database

	StoreOnceInDatabase bool // as well as in secondary storage
	KeepExpiredOnce     bool // expired values are not deleted
	// StoredIdentifier is the form in which the identifier of a single-use value
	// is kept; plain reports that this is the identifier itself. Nil keeps it as it is.
	StoredIdentifier func(ctx context.Context, identifier string) (stored string, plain bool, err error)

	// Hash and Verify are the password hash. Verify reports whether hash was made
	// from password.
	Hash   func(ctx context.Context, password string) (string, error)
	Verify func(ctx context.Context, hash, password string) (bool, error)
	// CustomHash and CustomVerify say that Hash and Verify are the program's own.
	CustomHash, CustomVerify bool
	// RefuseImportedHashes turns off the verification of hashes of other programs.
	RefuseImportedHashes bool
	// EndSessionsOnReset ends all sessions of a user whose password is set.
	EndSessionsOnReset bool
}

// Registry is the five kinds of things that this package keeps.
type Registry struct {
	Users     *Users
	Accounts  *Accounts
	Sessions  *Sessions
	Once      *Once
	Passwords *Passwords
}

// core is what the kinds share.
type core struct {
	opts     Options
	users    *Users
	accounts *Accounts
	sessions *Sessions
}

// New makes a registry on a store.
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

// isGone reports that a row is not there, or that a hook keeps it.
func isGone(err error) bool {
	return errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped)
}

// logExpired tells the log of rows that were deleted because they had expired.
func (c *core) logExpired(ctx context.Context, model string, n int64) {
	if n > 0 {
		c.opts.Log.InfoContext(ctx, "expired rows were deleted", slog.String("table", c.opts.Store.Table(model).Name), slog.Int64("rows", n))
	}
}
