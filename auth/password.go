package auth

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// PasswordQueueFull is the code of the 503 that answers when a password waited
// for longer than passwordHashWait to be hashed.
var PasswordQueueFull = Code{"PASSWORD_QUEUE_FULL", "Too many passwords are being checked. Please try again later."}

// passwordRetryAfter is after how many seconds such a client may try again.
const passwordRetryAfter = 10

// HashPassword hashes a new password, by the options' func if there is one.
func (a *Auth) HashPassword(ctx context.Context, password string) (string, error) {
	if f := a.Options.EmailAndPassword.Password.Hash; f != nil {
		hash, err := f(ctx, password)
		return hash, FromCallback(err)
	}
	hash, err := a.Hasher.Hash(ctx, password)
	return hash, passwordError(err)
}

// VerifyPassword reports whether hash was made from password. Where the hash is
// that of an account, CheckPassword is the one to call.
func (a *Auth) VerifyPassword(ctx context.Context, hash, password string) (bool, error) {
	if f := a.Options.EmailAndPassword.Password.Verify; f != nil {
		ok, err := f(ctx, PasswordCheck{Hash: hash, Password: password})
		return ok, FromCallback(err)
	}
	ok, err := a.Hasher.Verify(ctx, hash, password)
	return ok, passwordError(err)
}

// passwordError is a 503 for whoever waited too long.
func passwordError(err error) error {
	if !errors.Is(err, secret.ErrBusy) {
		return err
	}
	busy := Fail(http.StatusServiceUnavailable, PasswordQueueFull).Because(err)
	busy.Header = http.Header{"Retry-After": {strconv.Itoa(passwordRetryAfter)}}
	return busy
}

// CheckPassword reports whether a credential account has this password.
//
// The account's hash may be one that another program made (secret.Kind): then
// the right password is hashed anew and stored in its place. A hash that cannot
// be verified fits no password; the log says whose it is.
func (a *Auth) CheckPassword(ctx context.Context, account store.Record, password string) (bool, error) {
	hash, o := text(account, "password"), a.Options.EmailAndPassword
	kind, unfit := secret.Inspect(hash)
	if o.Password.Verify != nil || kind == secret.Native {
		return a.VerifyPassword(ctx, hash, password)
	}
	if unfit == nil && !*o.ImportedHashes {
		unfit = errors.New("emailAndPassword.importedHashes is off")
	}
	right := false
	if unfit == nil {
		var err error
		if right, err = a.VerifyPassword(ctx, hash, password); err != nil {
			return false, err
		}
	} else {
		a.Log.WarnContext(ctx, "an account's password hash cannot be verified: its user has to reset the password",
			"account", text(account, "id"), "kind", kind, "error", unfit)
	}
	// Wrong and right passwords cost the same, and at least what an address
	// without a user costs: for the wrong ones this hash is a decoy.
	renewed, err := a.HashPassword(ctx, password)
	if err != nil || !right || o.Password.Hash != nil {
		return right && err == nil, err
	}
	return a.renewHash(ctx, account, renewed, password)
}

// renewHash replaces the hash that was verified, unless somebody was faster: a
// racing sign-in, or a change of the password, whose new one then counts.
func (a *Auth) renewHash(ctx context.Context, account store.Record, renewed, password string) (bool, error) {
	id, old := text(account, "id"), text(account, "password")
	where := []store.Where{store.Is("id", id), store.Is("password", old)}
	// No hook hears of it: the password is the same as before.
	_, err := a.Store.Quiet().Update(ctx, "account", where, store.Record{"password": renewed})
	switch {
	case err == nil:
		return true, nil
	case !errors.Is(err, store.ErrNotFound):
		a.Log.WarnContext(ctx, "an imported password hash could not be replaced; the next sign-in tries again", "account", id, "error", err)
		return true, nil
	}
	now, err := a.one(ctx, "account", store.Is("id", id))
	if err != nil {
		return false, err
	}
	switch hash := text(now, "password"); hash {
	case "":
		return false, nil
	case old: // a column that cannot be compared with it
		return true, nil
	default:
		return a.VerifyPassword(ctx, hash, password)
	}
}

// CheckPasswordLength refuses a new password that is too short or too long, in
// UTF-16 units.
func (a *Auth) CheckPasswordLength(password string) error {
	if secret.JSLength(password) < a.Options.EmailAndPassword.MinPasswordLength {
		return BadRequest(PasswordTooShort)
	}
	return a.CheckPasswordNotTooLong(password)
}

// CheckPasswordNotTooLong refuses a password that cannot be one, so that
// nobody makes the server hash megabytes.
func (a *Auth) CheckPasswordNotTooLong(password string) error {
	if secret.JSLength(password) > a.Options.EmailAndPassword.MaxPasswordLength {
		return BadRequest(PasswordTooLong)
	}
	return nil
}
