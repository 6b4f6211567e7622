package identity

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Reserve notes that identifier was used, until expires. It returns true for the
// first caller and false for all others, also for concurrent ones on several
// servers. It is for values that others make and that may come once only, such as
// the jti of a signed request.
//
// In the database the row has an id that follows from the identifier, so that a
// second row is impossible (reserveVerificationValue). Where the database makes the
// ids itself, the row is looked up first, which two callers at the same moment may
// both pass; the reference does not look at all.
func (o *Once) Reserve(ctx context.Context, identifier, text string, expires time.Time) (bool, error) {
	if !o.InDatabase() {
		n, err := o.opts.KV.Increment(ctx, identifier, max(wholeSeconds(expires.Sub(o.opts.Now(ctx))), time.Second))
		return n == 1, err
	}
	stored, _, err := o.opts.StoredIdentifier(ctx, identifier)
	if err != nil {
		return false, err
	}
	now := o.opts.Now(ctx)
	row := store.Record{"identifier": stored, "value": text, "expiresAt": expires, "createdAt": now, "updatedAt": now}
	switch o.opts.Store.Table("verification").ID {
	case store.SerialID:
		if found, err := o.newest(ctx, stored); found != nil || err != nil {
			return false, err
		}
	default:
		row["id"] = DerivedID(o.opts.Store, "verification", "reserve:"+identifier)
	}
	if _, err = o.opts.Store.Quiet().Create(ctx, "verification", row); errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, o.sweep(ctx)
}

// DerivedID returns the id of a row of model that follows from text: a UUID of version 5
// or the digest of the text, as long as the database can keep. It must not be used
// with serial ids.
func DerivedID(s *store.Store, model, text string) string {
	if s.Table(model).ID == store.UUID {
		return secret.UUIDOf(text)
	}
	id := secret.Digest(text)
	if n := s.LongestID(); n > 0 && n < len(id) { // the reference fails there
		id = id[:n]
	}
	return id
}
