package identity

import (
	"context"
	"errors"

	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Passwords hashes and verifies passwords.
type Passwords struct{ *core }

// Hash hashes a new password, unless a plugin refuses it. It may have to wait,
// because every hash takes 32 MiB of memory and much processor time.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if p.opts.AcceptPassword != nil {
		if err := p.opts.AcceptPassword(ctx, password); err != nil {
			return "", err
		}
	}
	return p.opts.Hash(ctx, password)
}

// Pretend costs the same as hashing a password. It is for answers whose time must
// not reveal whether there was a hash to compare with.
func (p *Passwords) Pretend(ctx context.Context, password string) error {
	_, err := p.opts.Hash(ctx, password)
	return err
}

// Verify reports whether hash belongs to password. For the hash of an account,
// use Check.
func (p *Passwords) Verify(ctx context.Context, hash, password string) (bool, error) {
	return p.opts.Verify(ctx, hash, password)
}

// Check reports whether password is the account's password.
//
// If the account's hash was made by another program (secret.Kind), the correct
// password is hashed again and the new hash replaces the old one. A hash that
// cannot be verified matches no password; the log names the account.
func (p *Passwords) Check(ctx context.Context, account *Account, password string) (bool, error) {
	kind, unfit := secret.Inspect(account.Password)
	if p.opts.CustomVerify || kind == secret.Native {
		return p.Verify(ctx, account.Password, password)
	}
	if unfit == nil && p.opts.RefuseImportedHashes {
		unfit = errors.New("emailAndPassword.importedHashes is off")
	}
	right := false
	if unfit == nil {
		var err error
		if right, err = p.Verify(ctx, account.Password, password); err != nil {
			return false, err
		}
	} else {
		p.opts.Log.WarnContext(ctx, "an account's password hash cannot be verified: its user has to reset the password",
			"account", account.ID, "kind", kind, "error", unfit)
	}
	// Wrong and right passwords take the same time, and at least as long as an
	// address without a user. For a wrong password, this hash is computed only
	// for that.
	renewed, err := p.opts.Hash(ctx, password)
	if err != nil || !right || p.opts.CustomHash {
		return right && err == nil, err
	}
	return p.renew(ctx, account, renewed, password)
}

// renew replaces the verified hash, unless another call was faster: a concurrent
// sign-in, or a change of the password, in which case the new password counts.
func (p *Passwords) renew(ctx context.Context, account *Account, renewed, password string) (bool, error) {
	where := []store.Where{store.Is("id", account.ID), store.Is("password", account.Password)}
	// Hooks do not run, because the password is the same as before.
	_, err := p.opts.Store.Quiet().Update(ctx, "account", where, store.Record{"password": renewed})
	switch {
	case err == nil:
		return true, nil
	case !errors.Is(err, store.ErrNotFound):
		p.opts.Log.WarnContext(ctx, "an imported password hash could not be replaced; the next sign-in tries again", "account", account.ID, "error", err)
		return true, nil
	}
	now, err := p.opts.Store.Get(ctx, "account", store.Is("id", account.ID))
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		return false, err
	}
	switch hash := now.Text("password"); hash {
	case "":
		return false, nil
	case account.Password: // for a column that cannot be compared with the hash
		return true, nil
	default:
		return p.Verify(ctx, hash, password)
	}
}
