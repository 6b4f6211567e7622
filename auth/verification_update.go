package auth

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// ExtendVerification moves the end of what is kept under identifier; nothing
// being there is no error (updateVerificationByIdentifier).
func (a *Auth) ExtendVerification(ctx context.Context, identifier string, expires time.Time) error {
	stored, _, err := a.storedIdentifier(ctx, identifier)
	if err != nil {
		return err
	}
	if a.KV != nil {
		if err := a.extendCached(ctx, stored, expires); err != nil {
			return err
		}
	}
	if !a.verificationsInDatabase() {
		return nil
	}
	_, err = a.Store.Update(ctx, "verification", []store.Where{store.Given("identifier", stored)}, store.Record{"expiresAt": expires})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped) {
		return nil
	}
	return err
}

func (a *Auth) extendCached(ctx context.Context, stored string, expires time.Time) error {
	value, ok, err := a.KV.Get(ctx, verificationKey(stored))
	if err != nil || !ok {
		return err
	}
	row, valid := parseRow([]byte(value))
	ttl := wholeSeconds(expires.Sub(a.now(ctx)))
	if !valid || ttl <= 0 {
		return nil
	}
	row["expiresAt"] = expires
	return a.KV.Set(ctx, verificationKey(stored), string(js.Marshal(&PublicRow{row, a.Store.Table("verification")})), ttl)
}
