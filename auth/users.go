package auth

import (
	"context"
	"errors"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// CredentialProvider is the provider id of accounts with a password; their
// account id is the user's id.
const CredentialProvider = "credential"

// LowerCase is JavaScript's toLowerCase, near enough for addresses.
func LowerCase(s string) string { return strings.ToLower(s) }

// FindUser returns the user with this id, nil when there is none.
func (a *Auth) FindUser(ctx context.Context, id string) (store.Record, error) {
	return a.one(ctx, "user", store.Is("id", id))
}

func (a *Auth) one(ctx context.Context, model string, where ...store.Where) (store.Record, error) {
	row, err := a.Store.Get(ctx, model, where...)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return row, err
}

// CreateUser makes a user. It returns store.ErrDropped when a hook dropped it,
// store.ErrConflict when the address is taken. method says how the user came
// to be ("email-password"), for user.validateUserInfo.
func (a *Auth) CreateUser(ctx context.Context, user store.Record, method string) (store.Record, error) {
	return a.CreateUserFrom(ctx, user, js.Obj("method", method))
}

// refusal reads the verdict of user.validateUserInfo: {error, errorDescription}
// refuses.
func refusal(verdict *js.Object) error {
	if verdict == nil {
		return nil
	}
	name := textOf(verdict, "error")
	if name == "" {
		return nil
	}
	message := textOf(verdict, "errorDescription")
	if message == "" {
		message = name
	}
	return Forbidden(Code{name, message})
}

// UpdateUser changes a user, and the copies of it that sessions in secondary
// storage hold. It returns nil when there is no such user or a hook dropped
// the change.
func (a *Auth) UpdateUser(ctx context.Context, id string, change store.Record) (store.Record, error) {
	if email, ok := change["email"].(string); ok && email != "" {
		change["email"] = LowerCase(email)
		if err := a.refuseTwin(ctx, change["email"], id); err != nil {
			return nil, err
		}
	}
	user, err := a.Store.Update(ctx, "user", []store.Where{store.Is("id", id)}, change)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return user, a.Store.AfterCommit(ctx, func(ctx context.Context) error {
		if err := a.refreshCachedUser(ctx, user); err != nil {
			a.Log.ErrorContext(ctx, "secondary storage: sessions still show the user as it was", "error", err)
		}
		return nil
	})
}

// DeleteUser deletes a user with all its sessions and accounts, wherever they
// are.
func (a *Auth) DeleteUser(ctx context.Context, id string) error {
	refs, err := a.sessionRefs(ctx, id)
	if err != nil {
		return err
	}
	if a.sessionsInDatabase() {
		if err := ignoreAbort(a.Store.DeleteMany(ctx, "session", store.Is("userId", id))); err != nil {
			return err
		}
	}
	if err := ignoreAbort(a.Store.DeleteMany(ctx, "account", store.Is("userId", id))); err != nil {
		return err
	}
	err = a.Store.Delete(ctx, "user", store.Is("id", id))
	if errors.Is(err, store.ErrDropped) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.dropCachedSessions(ctx, id, refs)
}

func ignoreAbort(_ int64, err error) error {
	if errors.Is(err, store.ErrDropped) {
		return nil
	}
	return err
}

// FindAccounts lists a user's accounts.
func (a *Auth) FindAccounts(ctx context.Context, userID string) ([]store.Record, error) {
	return a.Store.Find(ctx, "account", store.Query{Where: []store.Where{store.Is("userId", userID)}})
}

// FindCredential returns a user's account with a password, nil when there is
// none.
func (a *Auth) FindCredential(ctx context.Context, userID string) (store.Record, error) {
	return a.one(ctx, "account", store.Is("userId", userID), store.Is("providerId", CredentialProvider), store.Is("accountId", userID))
}

// LinkAccount adds an account to a user.
func (a *Auth) LinkAccount(ctx context.Context, account store.Record) (store.Record, error) {
	now := a.now(ctx)
	row := store.Record{"createdAt": now, "updatedAt": now}
	for k, v := range account {
		row[k] = v
	}
	made, err := a.Store.Create(ctx, "account", row)
	if errors.Is(err, store.ErrDropped) {
		return nil, nil
	}
	return made, err
}

// LinkCredential gives a user a password.
func (a *Auth) LinkCredential(ctx context.Context, userID, hash string) error {
	_, err := a.LinkAccount(ctx, store.Record{"userId": userID, "providerId": CredentialProvider, "accountId": userID, "password": hash})
	return err
}

// SetPassword stores a user's new password hash, making the credential account
// where there is none, and ends all sessions if the options say so.
func (a *Auth) SetPassword(ctx context.Context, userID, hash string) error {
	if a.Options.EmailAndPassword.RevokeSessionsOnPasswordReset {
		if err := a.DeleteUserSessions(ctx, userID); err != nil {
			return err
		}
	}
	account, err := a.FindCredential(ctx, userID)
	if err != nil {
		return err
	}
	if account == nil {
		return a.LinkCredential(ctx, userID, hash)
	}
	_, err = a.Store.UpdateMany(ctx, "account", []store.Where{
		store.Is("userId", userID), store.Is("providerId", CredentialProvider), store.Is("accountId", userID),
	}, store.Record{"password": hash})
	return ignoreAbort(0, err)
}

// UpdateAccount changes an account by its row id.
func (a *Auth) UpdateAccount(ctx context.Context, id string, change store.Record) error {
	_, err := a.Store.Update(ctx, "account", []store.Where{store.Is("id", id)}, change)
	if errors.Is(err, store.ErrDropped) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
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

// DeleteAccount deletes an account by its row id.
func (a *Auth) DeleteAccount(ctx context.Context, id string) error {
	err := a.Store.Delete(ctx, "account", store.Is("id", id))
	if errors.Is(err, store.ErrDropped) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// SyntheticID is an id for a user that is only pretended.
func (c *Context) SyntheticID() string {
	if id := c.NewID(c, "user"); id != "" {
		return id
	}
	return secret.ID(32)
}

// NobodyID is an id of the database's kind that no user has. It is not 0, for
// which MySQL would take the next number.
func (a *Auth) NobodyID() string {
	if a.Store.Table("user").ID == store.UUID {
		return "00000000-0000-0000-0000-000000000000"
	}
	return "-1"
}
