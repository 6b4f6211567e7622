package base

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The time of an answer must not reveal who has an account, so known and unknown addresses cost the same work.

var errTakenBack = errors.New("the decoy is rolled back")

// takeBack runs write in a transaction and rolls it back. No hooks run. Errors are ignored: the write exists only to
// cost the same time.
func takeBack(c *auth.Context, write func(c *auth.Context, quiet *store.Store) error) {
	err := c.Tx(func(c *auth.Context) error {
		if err := write(c, c.Store.Quiet()); err != nil {
			return err
		}
		return errTakenBack
	})
	if !errors.Is(err, errTakenBack) {
		c.Log.DebugContext(c, "no decoy was written", "error", err)
	}
}

// decoyUser does the same work as the sign-up of a new address.
func decoyUser(c *auth.Context, user store.Record, hash string) {
	id := secret.ID(32)
	if c.Store.Table("user").ID != store.TextID {
		id = c.Users.NobodyID() // a gap in the database's sequence would be visible
	}
	takeBack(c, func(c *auth.Context, quiet *store.Store) error {
		row := user.With(store.Record{"id": id, "email": secret.ID(32) + "@decoy.invalid", "createdAt": c.Now(), "updatedAt": c.Now()})
		if _, err := quiet.Create(c, "user", row); err != nil {
			return err
		}
		_, err := quiet.Create(c, "account", store.Record{
			"id": id, "userId": id, "providerId": auth.CredentialProvider, "accountId": id, "password": hash,
			"createdAt": c.Now(), "updatedAt": c.Now(),
		})
		return err
	})
}

// asDecoy stores a token as decoyVerification pretends to.
func asDecoy(c *auth.Context, keep func(c *auth.Context) error) error {
	if !c.Once.InDatabase() {
		return keep(c)
	}
	return c.Tx(keep)
}

// decoyVerification does the same work as storing a token.
func decoyVerification(c *auth.Context) error {
	if c.Once.InDatabase() {
		id := secret.ID(32)
		if c.Store.Table("verification").ID != store.TextID {
			id = c.Users.NobodyID()
		}
		takeBack(c, func(c *auth.Context, quiet *store.Store) error {
			_, err := quiet.Create(c, "verification", store.Record{
				"id": id, "identifier": "dummy-verification-token", "value": id,
				"expiresAt": c.Now(), "createdAt": c.Now(), "updatedAt": c.Now(),
			})
			return err
		})
	}
	if c.KV == nil {
		return nil
	}
	_, _, err := c.KV.Get(c, "verification:dummy-verification-token")
	return err
}
