package base

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The work that an answer takes must not tell who has an account: what a known
// address costs, an unknown one costs too, and the other way round.

var errTakenBack = errors.New("the decoy is taken back")

// takeBack writes in a transaction that leaves nothing. No hook hears of it. Errors
// are ignored: the write exists only to cost the same time.
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

// decoyUser costs what the sign-up of a new address does.
func decoyUser(c *auth.Context, user store.Record, hash string) {
	id := secret.ID(32)
	if c.Store.Table("user").ID != store.TextID {
		id = c.Users.NobodyID() // a gap in the database's numbers would show
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

// asDecoy keeps a token the way that decoyVerification pretends to.
func asDecoy(c *auth.Context, keep func(c *auth.Context) error) error {
	if !c.Once.InDatabase() {
		return keep(c)
	}
	return c.Tx(keep)
}

// decoyVerification costs what keeping a token does.
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
