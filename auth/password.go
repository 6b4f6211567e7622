package auth

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// PasswordQueueFull is the code of the 503 that answers a request when its password waited for longer than
// passwordHashWait.
var PasswordQueueFull = Code{"PASSWORD_QUEUE_FULL", "Too many passwords are being checked. Please try again later."}

// passwordRetryAfter is the Retry-After of that answer, in seconds.
const passwordRetryAfter = 10

// acceptPassword asks the plugins whether a new password is allowed.
func (a *Auth) acceptPassword(ctx context.Context, password string) error {
	for _, accept := range a.acceptors {
		if err := accept(ctx, password); err != nil {
			return err
		}
	}
	return nil
}

// hashPassword hashes a new password, with the callback of the options if it is set.
func (a *Auth) hashPassword(ctx context.Context, password string) (string, error) {
	if f := a.Options.EmailAndPassword.Password.Hash; f != nil {
		hash, err := f(ctx, password)
		return hash, FromCallback(err)
	}
	hash, err := a.Hasher.Hash(ctx, password)
	return hash, passwordError(err)
}

// verifyPassword reports whether hash was made from password.
func (a *Auth) verifyPassword(ctx context.Context, hash, password string) (bool, error) {
	if f := a.Options.EmailAndPassword.Password.Verify; f != nil {
		ok, err := f(ctx, PasswordCheck{Hash: hash, Password: password})
		return ok, FromCallback(err)
	}
	ok, err := a.Hasher.Verify(ctx, hash, password)
	return ok, passwordError(err)
}

// passwordError converts the error of a password that waited too long to a 503.
func passwordError(err error) error {
	if !errors.Is(err, secret.ErrBusy) {
		return err
	}
	busy := Fail(http.StatusServiceUnavailable, PasswordQueueFull).Because(err)
	busy.Header = http.Header{"Retry-After": {strconv.Itoa(passwordRetryAfter)}}
	return busy
}

// CheckPasswordLength returns an error for a new password that is too short or too long. Lengths are in UTF-16 units.
func (a *Auth) CheckPasswordLength(password string) error {
	if secret.JSLength(password) < a.Options.EmailAndPassword.MinPasswordLength {
		return BadRequest(PasswordTooShort)
	}
	return a.CheckPasswordNotTooLong(password)
}

// CheckPasswordNotTooLong returns an error for a password that is longer than any valid one, so that nobody can make
// the server hash megabytes.
func (a *Auth) CheckPasswordNotTooLong(password string) error {
	if secret.JSLength(password) > a.Options.EmailAndPassword.MaxPasswordLength {
		return BadRequest(PasswordTooLong)
	}
	return nil
}
