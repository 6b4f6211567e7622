package auth

import (
	"context"
	"errors"

	"github.com/seed-32bd42cb/betterauth/store"
)

// RevokeUnproven makes a user's address proven and takes away what was attached
// to the account before: every linked account, the password among them, and
// every session. Whoever made the account without owning the address (an
// attacker waiting for the owner) keeps nothing
// (db/revoke-unproven-account-access.mjs).
//
// It returns the user as it now is; nil when it is gone or a hook dropped the
// change, which then is undone. A user whose address is proven already keeps
// everything. Of several racing calls one revokes and the others wait for it,
// so that none takes away the session that the first has begun.
func (c *Context) RevokeUnproven(userID string) (store.Record, error) {
	var user store.Record
	err := c.Tx(func(c *Context) error {
		first, err := c.claimUnproven(c, userID)
		if err != nil {
			return err
		}
		if !first {
			user, err = c.FindUser(c, userID)
			return err
		}
		if err := c.dropAccess(c, userID); err != nil {
			return err
		}
		user, err = c.UpdateUser(c, userID, store.Record{"emailVerified": true})
		if err == nil && user == nil {
			err = store.ErrDropped
		}
		return err
	})
	if errors.Is(err, store.ErrDropped) {
		return nil, nil
	}
	return user, err
}

// claimUnproven takes the row for this transaction: racing ones wait here, and
// find it proven. No hook hears of this write; the update that follows is the
// one that they see.
func (a *Auth) claimUnproven(ctx context.Context, userID string) (first bool, err error) {
	_, err = a.Store.Quiet().Update(ctx, "user",
		[]store.Where{store.Is("id", userID), store.Is("emailVerified", false)}, store.Record{"emailVerified": true})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (a *Auth) dropAccess(ctx context.Context, userID string) error {
	accounts, err := a.FindAccounts(ctx, userID)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		if err := a.DeleteAccount(ctx, text(account, "id")); err != nil {
			return err
		}
	}
	return a.DeleteUserSessions(ctx, userID)
}
