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
	switch kind := o.opts.Store.Table("verification").ID; kind {
	case store.SerialID:
		if found, err := o.newest(ctx, stored); found != nil || err != nil {
			return false, err
		}
	default:
		row["id"] = DerivedID("reserve:"+identifier, kind)
	}
	if _, err = o.opts.Store.Quiet().Create(ctx, "verification", row); errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, o.sweep(ctx)
}

// DerivedID returns the id that follows from text, of a kind that the database keeps:
// a UUID of version 5 or the digest of the text. It must not be used with serial ids.
func DerivedID(text string, kind store.IDKind) string {
	if kind == store.UUID {
		return secret.UUIDOf(text)
	}
	return secret.Digest(text)
}
