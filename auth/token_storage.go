package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// TokenStorage says in which form a single-use token is stored (the option storeToken of several plugins): plain,
// hashed, or converted by a callback.
type TokenStorage struct {
	Hashed bool
	Hash   callback.Func[string, string] // type: custom-hasher
}

// UnmarshalJSON reads plain, hashed or {type: custom-hasher, hash: …}.
func (s *TokenStorage) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		*s = TokenStorage{}
		return nil
	case string:
		if v != "plain" && v != "hashed" {
			return fmt.Errorf("unknown storage %q (known: plain, hashed)", v)
		}
		*s = TokenStorage{Hashed: v == "hashed"}
		return nil
	case *js.Object:
		for k := range v.All() {
			if k != "type" && k != "hash" {
				return fmt.Errorf("unknown key %q (known: type, hash)", k)
			}
		}
		hash, ok := v.Get("hash")
		if ok && textOf(v, "type") == "custom-hasher" {
			return s.Hash.UnmarshalJSON(js.Marshal(hash))
		}
	}
	return errors.New("must be plain, hashed or {type: custom-hasher, hash: …}")
}

// BindCallback implements [callback.Binder].
func (s *TokenStorage) BindCallback(event string, caller *callback.Caller) error {
	return s.Hash.BindCallback(event+".hash", caller)
}

// Stored returns the form in which token is stored.
func (s TokenStorage) Stored(ctx context.Context, token string) (string, error) {
	switch {
	case s.Hash != nil:
		stored, err := s.Hash(ctx, token)
		return stored, FromCallback(err)
	case s.Hashed:
		return HashToken(token), nil
	}
	return token, nil
}

// HashToken hashes a token or a code as the plugins of the reference do before they store it: SHA-256 as base64url
// without padding (defaultKeyHasher).
func HashToken(token string) string { return secret.Digest(js.WellFormed(token)) }
