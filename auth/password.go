package auth

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// HashPassword hashes a new password, by the options' func if there is one.
func (a *Auth) HashPassword(ctx context.Context, password string) (string, error) {
	if f := a.Options.EmailAndPassword.Password.Hash; f != nil {
		hash, err := f(ctx, password)
		return hash, FromCallback(err)
	}
	return a.Hasher.Hash(ctx, password)
}

// VerifyPassword reports whether hash was made from password.
func (a *Auth) VerifyPassword(ctx context.Context, hash, password string) (bool, error) {
	if f := a.Options.EmailAndPassword.Password.Verify; f != nil {
		ok, err := f(ctx, PasswordCheck{Hash: hash, Password: password})
		return ok, FromCallback(err)
	}
	return a.Hasher.Verify(ctx, hash, password)
}

// CheckPasswordLength refuses a new password that is too short or too long, in
// UTF-16 units.
func (a *Auth) CheckPasswordLength(password string) error {
	if secret.JSLength(password) < orDefault(a.Options.EmailAndPassword.MinPasswordLength, 8) {
		return BadRequest(PasswordTooShort)
	}
	return a.CheckPasswordNotTooLong(password)
}

// CheckPasswordNotTooLong refuses a password that cannot be one, so that
// nobody makes the server hash megabytes.
func (a *Auth) CheckPasswordNotTooLong(password string) error {
	if secret.JSLength(password) > orDefault(a.Options.EmailAndPassword.MaxPasswordLength, 128) {
		return BadRequest(PasswordTooLong)
	}
	return nil
}
