package identity

import (
	"context"
	"errors"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Prove marks the address of a user as verified and removes what was attached to
// the account before: every linked account, including the password, every
// session, and what plugins add, such as passkeys. An attacker who registered the
// address before its owner keeps no access (db/revoke-unproven-account-access.mjs,
// which leaves what plugins add).
//
// It returns the changed user. A user whose address is already verified keeps
// everything. If a hook drops the change, everything is rolled back. Of several
// concurrent calls one revokes and the others wait for it, so that none removes
// the session that the first one has started.
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

// claimUnproven locks the row for this transaction: concurrent calls wait here
// and then find a verified address. Hooks do not run for this write; they run for
// the update that follows.
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
	if u.opts.RevokeAccess != nil {
		if err := u.opts.RevokeAccess(ctx, id); err != nil {
			return err
		}
	}
	return u.sessions.EndAll(ctx, id)
}
