package identity

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// CredentialProvider is the provider id of accounts with a password. Their
// account id is the user's id.
const CredentialProvider = "credential"

// Account is a copy of an account's row: one way for a user to sign in. Tokens
// are in the stored form, which may be encrypted; Password is a hash.
type Account struct {
	ID                    string
	UserID                string
	ProviderID            string // such as "credential" or "github"
	AccountID             string // the provider's id for the user
	AccessToken           string
	RefreshToken          string
	IDToken               string
	AccessTokenExpiresAt  time.Time // zero if unknown
	RefreshTokenExpiresAt time.Time // zero if unknown
	Scope                 string    // joined by commas
	Password              string
	CreatedAt             time.Time
	UpdatedAt             time.Time

	row   store.Record
	table *store.TableSchema
}

func accountOf(table *store.TableSchema, row store.Record) *Account {
	if row == nil {
		return nil
	}
	return &Account{
		ID: row.Text("id"), UserID: row.Text("userId"), ProviderID: row.Text("providerId"), AccountID: row.Text("accountId"),
		AccessToken: row.Text("accessToken"), RefreshToken: row.Text("refreshToken"), IDToken: row.Text("idToken"),
		AccessTokenExpiresAt: row.Time("accessTokenExpiresAt"), RefreshTokenExpiresAt: row.Time("refreshTokenExpiresAt"),
		Scope: row.Text("scope"), Password: row.Text("password"), CreatedAt: row.Time("createdAt"), UpdatedAt: row.Time("updatedAt"),
		row: row, table: table,
	}
}

// Record returns the whole row, which must not be modified. It is nil for a nil
// account.
func (a *Account) Record() store.Record {
	if a == nil {
		return nil
	}
	return a.row
}

// With returns a copy with some fields changed. It writes nothing.
func (a *Account) With(change store.Record) *Account { return accountOf(a.table, a.row.With(change)) }

// Accounts gives access to users' accounts, their ways to sign in.
type Accounts struct{ *core }

// Row returns a row, such as one from the account cookie, as an Account.
func (a *Accounts) Row(row store.Record) *Account {
	return accountOf(a.opts.Store.Table("account"), row)
}

// Of returns the accounts of a user.
func (a *Accounts) Of(ctx context.Context, userID string) ([]*Account, error) {
	return a.list(ctx, 0, store.Is("userId", userID))
}

func (a *Accounts) list(ctx context.Context, limit int, where ...store.Where) ([]*Account, error) {
	rows, err := a.opts.Store.Find(ctx, "account", store.Query{Where: where, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]*Account, len(rows))
	for i, row := range rows {
		out[i] = a.Row(row)
	}
	return out, nil
}

// ErrAmbiguous reports that two accounts have the same provider and account id.
var ErrAmbiguous = errors.New("identity: several accounts have the same provider and account id; repair the database before going on")

// At returns the account with a provider's id for a user.
func (a *Accounts) At(ctx context.Context, providerID, accountID string) (*Account, error) {
	found, err := a.list(ctx, 2, store.Is("providerId", providerID), store.Is("accountId", accountID))
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, store.ErrNotFound
	case len(found) > 1:
		return nil, ErrAmbiguous
	}
	return found[0], nil
}

// FindAt is like At, but returns nil without an error if there is no such
// account.
func (a *Accounts) FindAt(ctx context.Context, providerID, accountID string) (*Account, error) {
	return orNil(a.At(ctx, providerID, accountID))
}

func credential(userID string) []store.Where {
	return []store.Where{store.Is("userId", userID), store.Is("providerId", CredentialProvider), store.Is("accountId", userID)}
}

// Credential returns a user's account with a password.
func (a *Accounts) Credential(ctx context.Context, userID string) (*Account, error) {
	row, err := a.opts.Store.Get(ctx, "account", credential(userID)...)
	if err != nil {
		return nil, err
	}
	return a.Row(row), nil
}

// FindCredential is like Credential, but returns nil without an error if there is
// no such account.
func (a *Accounts) FindCredential(ctx context.Context, userID string) (*Account, error) {
	return orNil(a.Credential(ctx, userID))
}

// Link creates the account row for the user whose id it contains.
func (a *Accounts) Link(ctx context.Context, row store.Record) (*Account, error) {
	now := a.opts.Now(ctx)
	made, err := a.opts.Store.Create(ctx, "account", store.Record{"createdAt": now, "updatedAt": now}.With(row))
	if err != nil {
		return nil, err
	}
	return a.Row(made), nil
}

// LinkPassword gives a password to a user who has none; hash comes from
// Passwords.Hash.
func (a *Accounts) LinkPassword(ctx context.Context, userID, hash string) error {
	_, err := a.Link(ctx, store.Record{"userId": userID, "providerId": CredentialProvider, "accountId": userID, "password": hash})
	return err
}

// SetPassword stores the hash of a user's new password. It creates the account if
// necessary, and ends all sessions if the options say so.
func (a *Accounts) SetPassword(ctx context.Context, userID, hash string) error {
	if a.opts.EndSessionsOnReset {
		if err := a.sessions.EndAll(ctx, userID); err != nil {
			return err
		}
	}
	return a.ReplacePassword(ctx, userID, hash)
}

// ReplacePassword is SetPassword for a password that an administrator sets: the user's sessions stay.
func (a *Accounts) ReplacePassword(ctx context.Context, userID, hash string) error {
	account, err := a.FindCredential(ctx, userID)
	if err != nil {
		return err
	}
	if account == nil {
		return a.LinkPassword(ctx, userID, hash)
	}
	_, err = a.opts.Store.UpdateMany(ctx, "account", credential(userID), store.Record{"password": hash})
	return err
}

// Update changes an account by the id of its row.
func (a *Accounts) Update(ctx context.Context, id string, change store.Record) (*Account, error) {
	row, err := a.opts.Store.Update(ctx, "account", []store.Where{store.Is("id", id)}, change)
	if err != nil {
		return nil, err
	}
	return a.Row(row), nil
}

// Delete deletes an account by the id of its row.
func (a *Accounts) Delete(ctx context.Context, id string) error {
	return a.opts.Store.Delete(ctx, "account", store.Is("id", id))
}
