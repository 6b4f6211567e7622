package emailotp

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"reflect"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// CodeStorage says how a code is kept: as it is, hashed, encrypted with the
// server's secret, or as funcs make it.
type CodeStorage struct {
	Hashed    bool
	Encrypted bool
	Hash      callback.Func[string, string]
	Encrypt   callback.Func[string, string] // together with Decrypt
	Decrypt   callback.Func[string, string]
}

// codeStorageMap is the option storeOTP as a map: hash, or encrypt and decrypt.
type codeStorageMap struct {
	// Makes the code that is stored.
	Hash callback.Func[string, string] `json:"hash"`
	// Makes the code that is stored; needs `decrypt`.
	Encrypt callback.Func[string, string] `json:"encrypt"`
	// Reads a stored code.
	Decrypt callback.Func[string, string] `json:"decrypt"`
}

// OptionShape implements [option.Shaper].
func (CodeStorage) OptionShape() option.Shape {
	return option.Shape{Texts: []string{"plain", "hashed", "encrypted"}, Map: reflect.TypeFor[codeStorageMap]()}
}

// UnmarshalJSON reads plain, hashed, encrypted, {hash} or {encrypt, decrypt}.
func (s *CodeStorage) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		*s = CodeStorage{}
		return nil
	case string:
		if v != "plain" && v != "hashed" && v != "encrypted" {
			return fmt.Errorf("unknown storage %q (known: plain, hashed, encrypted)", v)
		}
		*s = CodeStorage{Hashed: v == "hashed", Encrypted: v == "encrypted"}
		return nil
	case *js.Object:
		return s.funcs(v)
	}
	return errStorage
}

var errStorage = errors.New("must be plain, hashed, encrypted, {hash: …} or {encrypt: …, decrypt: …}")

func (s *CodeStorage) funcs(o *js.Object) error {
	for name, v := range o.All() {
		f, ok := map[string]*callback.Func[string, string]{"hash": &s.Hash, "encrypt": &s.Encrypt, "decrypt": &s.Decrypt}[name]
		if !ok {
			return fmt.Errorf("unknown key %q (known: hash, encrypt, decrypt)", name)
		}
		if err := f.UnmarshalJSON(js.Marshal(v)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if s.Hash == nil && (s.Encrypt == nil || s.Decrypt == nil) {
		return errStorage
	}
	return nil
}

// BindCallback implements [callback.Binder].
func (s *CodeStorage) BindCallback(event string, caller *callback.Caller) error {
	return errors.Join(s.Hash.BindCallback(event+".hash", caller),
		s.Encrypt.BindCallback(event+".encrypt", caller), s.Decrypt.BindCallback(event+".decrypt", caller))
}

// oneWay reports that a kept code cannot be read again.
func (s CodeStorage) oneWay() bool { return s.Hashed || s.Hash != nil }

// kept is the form that a code is kept in.
func (s CodeStorage) kept(c *auth.Context, otp string) (string, error) {
	switch {
	case s.Encrypted:
		return c.Keys.Encrypt(otp)
	case s.Hashed:
		return auth.HashToken(otp), nil
	case s.Hash != nil:
		return call(c, s.Hash, otp)
	case s.Encrypt != nil:
		return call(c, s.Encrypt, otp)
	}
	return otp, nil
}

// plain is the code that a kept form stands for, where it can be told.
func (s CodeStorage) plain(c *auth.Context, kept string) (string, error) {
	switch {
	case s.Encrypted:
		return c.Keys.Decrypt(kept)
	case s.Decrypt != nil:
		return call(c, s.Decrypt, kept)
	}
	return kept, nil
}

// matches compares a guess with what is kept, in constant time.
func (s CodeStorage) matches(c *auth.Context, kept, guess string) (bool, error) {
	have, given := kept, guess
	var err error
	if s.oneWay() {
		given, err = s.kept(c, guess)
	} else {
		have, err = s.plain(c, kept)
	}
	return subtle.ConstantTimeCompare([]byte(have), []byte(given)) == 1, err
}

func call(ctx context.Context, f callback.Func[string, string], in string) (string, error) {
	out, err := f(ctx, in)
	return out, auth.FromCallback(err)
}

// ResendStrategy says which code is sent when one is still good.
type ResendStrategy string

// The strategies.
const (
	Rotate ResendStrategy = "rotate"
	Reuse  ResendStrategy = "reuse"
)
