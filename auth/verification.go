package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Single-use values: codes, links, states. They live in the verification table,
// in secondary storage, or in both.

// storedIdentifier is how an identifier is kept; plain is false when that is
// not the identifier itself.
func (a *Auth) storedIdentifier(ctx context.Context, identifier string) (stored string, plain bool, err error) {
	how := a.Options.Verification.StoreIdentifier.Default
	for _, over := range a.Options.Verification.StoreIdentifier.Overrides {
		if strings.HasPrefix(identifier, over.Prefix) {
			how = over.IdentifierStorage
			break
		}
	}
	switch {
	case how.Hash != nil:
		stored, err = how.Hash(ctx, identifier)
		return stored, false, FromCallback(err)
	case how.Hashed:
		return secret.Digest(identifier), false, nil
	}
	return identifier, true, nil
}

func (a *Auth) verificationsInDatabase() bool {
	return a.KV == nil || a.Options.Verification.StoreInDatabase
}

func verificationKey(stored string) string { return "verification:" + stored }

// CreateVerification keeps value under identifier until expires. It returns nil
// when a hook dropped it.
func (a *Auth) CreateVerification(ctx context.Context, identifier, value string, expires time.Time) (store.Record, error) {
	stored, _, err := a.storedIdentifier(ctx, identifier)
	if err != nil {
		return nil, err
	}
	now := a.now(ctx)
	row := store.Record{"createdAt": now, "updatedAt": now, "identifier": stored, "value": value, "expiresAt": expires}
	made, err := a.keepVerification(ctx, row, wholeSeconds(expires.Sub(now)))
	if errors.Is(err, store.ErrAborted) {
		return nil, nil
	}
	return made, err
}

func (a *Auth) keepVerification(ctx context.Context, row store.Record, ttl time.Duration) (store.Record, error) {
	if a.KV == nil {
		return a.Store.Create(ctx, "verification", row)
	}
	key := verificationKey(text(row, "identifier"))
	return a.Store.CreateVia(ctx, "verification", row, func(ctx context.Context, row store.Record) (store.Record, error) {
		if a.verificationsInDatabase() {
			made, err := a.Store.Quiet().Create(ctx, "verification", row)
			if err != nil {
				return nil, err
			}
			row = made
		}
		if ttl <= 0 {
			return row, nil
		}
		return row, a.KV.Set(ctx, key, string(js.Marshal(&Row{row, a.Store.Table("verification")})), ttl)
	})
}

// FindVerification returns the newest value under identifier, expired or not;
// nil when there is none.
func (a *Auth) FindVerification(ctx context.Context, identifier string) (store.Record, error) {
	names, err := a.identifiersToTry(ctx, identifier)
	if err != nil {
		return nil, err
	}
	if a.KV != nil {
		for _, name := range names {
			value, ok, err := a.KV.Get(ctx, verificationKey(name))
			if err != nil {
				return nil, err
			}
			if row, valid := parseRow([]byte(value)); ok && valid {
				return row, nil
			}
		}
		if !a.verificationsInDatabase() {
			return nil, nil
		}
	}
	var row store.Record
	for _, name := range names {
		if row, err = a.newestVerification(ctx, name); row != nil || err != nil {
			break
		}
	}
	if err == nil {
		err = a.sweepVerifications(ctx)
	}
	return row, err
}

// sweepVerifications deletes what has expired, at most once a minute.
func (a *Auth) sweepVerifications(ctx context.Context) error {
	now := a.now(ctx)
	a.swept.mu.Lock()
	due := !a.Options.Verification.DisableCleanup && !now.Before(a.swept.next)
	if due {
		a.swept.next = now.Add(time.Minute)
	}
	a.swept.mu.Unlock()
	if !due {
		return nil
	}
	return ignoreAbort(0, a.deleteExpired(ctx, a.Store, "verification", now))
}

// identifiersToTry: the stored form, and the plain one for values from before
// the option was set.
func (a *Auth) identifiersToTry(ctx context.Context, identifier string) ([]string, error) {
	stored, plain, err := a.storedIdentifier(ctx, identifier)
	if err != nil || plain {
		return []string{stored}, err
	}
	return []string{stored, identifier}, nil
}

func (a *Auth) newestVerification(ctx context.Context, stored string) (store.Record, error) {
	rows, err := a.Store.Find(ctx, "verification", store.Query{Where: []store.Where{store.Given("identifier", stored)}, Sort: "-createdAt", Limit: 1})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// TakeVerification returns the newest value under identifier and deletes all of
// them: of several racing callers exactly one gets it. Expired values are
// deleted too, but nil.
func (a *Auth) TakeVerification(ctx context.Context, identifier string) (store.Record, error) {
	names, err := a.identifiersToTry(ctx, identifier)
	if err != nil {
		return nil, err
	}
	var row store.Record
	for _, name := range names {
		if a.verificationsInDatabase() {
			row, err = a.takeStored(ctx, name)
		} else {
			row, err = a.takeCached(ctx, name)
		}
		if err != nil {
			return nil, err
		}
		if row != nil {
			break
		}
	}
	if row == nil {
		return nil, nil
	}
	if a.KV != nil && a.verificationsInDatabase() {
		for _, name := range names {
			if err := a.KV.Delete(ctx, verificationKey(name)); err != nil {
				return nil, err
			}
		}
	}
	if instant(row, "expiresAt").Before(a.now(ctx)) {
		return nil, nil
	}
	return row, nil
}

func (a *Auth) takeCached(ctx context.Context, name string) (store.Record, error) {
	value, ok, err := a.KV.Take(ctx, verificationKey(name))
	if err != nil || !ok {
		return nil, err
	}
	row, valid := parseRow([]byte(value))
	if !valid {
		return nil, nil
	}
	return row, nil
}

func (a *Auth) takeStored(ctx context.Context, name string) (taken store.Record, err error) {
	err = a.Store.Tx(ctx, func(ctx context.Context) error {
		newest, err := a.newestVerification(ctx, name)
		if err != nil || newest == nil {
			return err
		}
		id := newest["id"]
		older := []store.Where{store.Given("identifier", name), {Field: "id", Op: store.Ne, Value: id}, {Field: "createdAt", Op: store.Lte, Value: newest["createdAt"]}}
		if _, err := a.Store.Quiet().DeleteMany(ctx, "verification", older...); err != nil {
			return err
		}
		taken, err = a.Store.Take(ctx, "verification", store.Is("id", id))
		if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrAborted) {
			taken, err = nil, nil
		}
		return err
	})
	return taken, err
}

// DeleteVerification forgets the values under identifier.
func (a *Auth) DeleteVerification(ctx context.Context, identifier string) error {
	stored, _, err := a.storedIdentifier(ctx, identifier)
	if err != nil {
		return err
	}
	if a.KV != nil {
		if err := a.KV.Delete(ctx, verificationKey(stored)); err != nil {
			return err
		}
	}
	if !a.verificationsInDatabase() {
		return nil
	}
	err = a.Store.Delete(ctx, "verification", store.Given("identifier", stored))
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrAborted) {
		return nil
	}
	return err
}
