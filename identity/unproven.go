package identity

import (
	"context"
	"errors"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Prove marks the address of a user as proven, and takes away what was attached
// to the account before: every linked account, the password among them, and every
// session. Whoever made the account without owning the address, waiting for the
// owner to come, keeps nothing (db/revoke-unproven-account-access.mjs).
//
// It returns the user as it now is. A user whose address is proven already keeps
// everything. When a hook drops the change everything is undone. Of several racing
// calls one revokes and the others wait for it, so that none takes away the
// session that the first has begun.
func (u *Users) Prove(ctx context.Context, id string) (*User, error) {
	var user *User
	err := u.opts.Tx(ctx, func(ctx context.Context) error {
		first, err := u.claimUnproven(ctx, id)
		if err != nil {
			return err
		}
		if !first {
			user, err = u.Get(ctx, id)
			return err
		}
		if err := u.dropAccess(ctx, id); err != nil {
			return err
		}
		user, err = u.Update(ctx, id, store.Record{"emailVerified": true})
		return err
	})
	return user, err
}

// claimUnproven takes the row for this transaction: racing ones wait here, and
// find it proven. No hook hears of this write; they see the update that follows.
func (u *Users) claimUnproven(ctx context.Context, id string) (first bool, err error) {
	_, err = u.opts.Store.Quiet().Update(ctx, "user",
		[]store.Where{store.Is("id", id), store.Is("emailVerified", false)}, store.Record{"emailVerified": true})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (u *Users) dropAccess(ctx context.Context, id string) error {
	accounts, err := u.accounts.Of(ctx, id)
	if err != nil {
		return err
	}
	for _, account := range accounts {
		if err := store.UnlessDropped(u.accounts.Delete(ctx, account.ID)); err != nil {
			return err
		}
	}
	return u.sessions.EndAll(ctx, id)
}
