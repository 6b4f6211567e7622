package auth

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// CodeStorage says in which form a code is stored (the option storeOTP of several plugins): in plain, hashed,
// encrypted with the server's secret, or converted by callbacks.
type CodeStorage struct {
	Hashed    bool
	Encrypted bool
	Hash      callback.Func[string, string]
	Encrypt   callback.Func[string, string] // needs Decrypt
	Decrypt   callback.Func[string, string]
}

// codeStorageMap is the option storeOTP in its map form: hash, or encrypt and decrypt.
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
	return errCodeStorage
}

var errCodeStorage = errors.New("must be plain, hashed, encrypted, {hash: …} or {encrypt: …, decrypt: …}")

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
		return errCodeStorage
	}
	return nil
}

// BindCallback implements [callback.Binder].
func (s *CodeStorage) BindCallback(event string, caller *callback.Caller) error {
	return errors.Join(s.Hash.BindCallback(event+".hash", caller),
		s.Encrypt.BindCallback(event+".encrypt", caller), s.Decrypt.BindCallback(event+".decrypt", caller))
}

func convert(ctx context.Context, f callback.Func[string, string], in string) (string, error) {
	out, err := f(ctx, in)
	return out, FromCallback(err)
}
