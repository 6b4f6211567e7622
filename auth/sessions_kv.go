package auth

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Sessions in secondary storage, under the reference's keys:
//
//	<token>                        {"session": …, "user": …}
//	active-sessions-<user>         [{"token", "expiresAt"}], soonest end first
//	revoked-sessions-before-<user> milliseconds; older sessions are void

type sessionRef struct {
	Token     string  `json:"token"`
	ExpiresAt float64 `json:"expiresAt"` // milliseconds since 1970
}

func activeKey(userID string) string  { return "active-sessions-" + userID }
func revokedKey(userID string) string { return "revoked-sessions-before-" + userID }

func millis(t time.Time) float64 { return float64(t.UnixMilli()) }

// storeSession is the write of a new session: to the database, if they are
// kept there too, and to secondary storage.
func (a *Auth) storeSession(ctx context.Context, row store.Record) (store.Record, error) {
	if a.sessionsInDatabase() {
		made, err := a.Store.Quiet().Create(ctx, "session", row)
		if err != nil {
			return nil, err
		}
		row = made
	}
	return row, a.Store.AfterCommit(ctx, func(ctx context.Context) error { return a.cacheSession(ctx, row) })
}

func (a *Auth) cacheSession(ctx context.Context, row store.Record) error {
	userID, token, ends := text(row, "userId"), text(row, "token"), instant(row, "expiresAt")
	refs, err := a.sessionRefs(ctx, userID)
	if err != nil {
		return err
	}
	if err := a.setSessionRefs(ctx, userID, append(without(refs, token), sessionRef{token, millis(ends)})); err != nil {
		return err
	}
	user, err := a.FindUser(ctx, userID)
	if err != nil {
		return err
	}
	return a.setCached(ctx, token, row, user, ends)
}

func (a *Auth) setCached(ctx context.Context, token string, session, user store.Record, ends time.Time) error {
	ttl := wholeSeconds(ends.Sub(a.now(ctx)))
	if ttl <= 0 {
		return nil
	}
	value := js.Marshal(js.Obj("session", &PublicRow{session, a.Store.Table("session")}, "user", &PublicRow{user, a.Store.Table("user")}))
	return a.KV.Set(ctx, token, string(value), ttl)
}

func wholeSeconds(d time.Duration) time.Duration {
	return max(time.Duration(math.Floor(d.Seconds()))*time.Second, 0)
}

func (a *Auth) sessionRefs(ctx context.Context, userID string) ([]sessionRef, error) {
	if a.KV == nil {
		return nil, nil
	}
	value, ok, err := a.KV.Get(ctx, activeKey(userID))
	if err != nil || !ok {
		return nil, err
	}
	var refs []sessionRef
	if json.Unmarshal([]byte(value), &refs) != nil {
		return nil, nil
	}
	return refs, nil
}

func (a *Auth) setSessionRefs(ctx context.Context, userID string, refs []sessionRef) error {
	now := millis(a.now(ctx))
	refs = slices.DeleteFunc(slices.Clone(refs), func(r sessionRef) bool { return r.ExpiresAt <= now })
	if len(refs) == 0 {
		return a.KV.Delete(ctx, activeKey(userID))
	}
	slices.SortStableFunc(refs, func(x, y sessionRef) int { return int(math.Copysign(1, x.ExpiresAt-y.ExpiresAt)) })
	ttl := wholeSeconds(time.Duration(refs[len(refs)-1].ExpiresAt-now) * time.Millisecond)
	if ttl <= 0 {
		return a.KV.Delete(ctx, activeKey(userID))
	}
	return a.KV.Set(ctx, activeKey(userID), string(js.Marshal(refs)), ttl)
}

func without(refs []sessionRef, token string) []sessionRef {
	return slices.DeleteFunc(slices.Clone(refs), func(r sessionRef) bool { return r.Token == token })
}

// cached reads a session from secondary storage; void ones are nil. whole says
// whether a value was there at all.
func (a *Auth) cached(ctx context.Context, token string) (found *SignedIn, whole bool, err error) {
	found, whole, err = a.cachedAnyhow(ctx, token)
	if err != nil || found == nil {
		return nil, whole, err
	}
	void, err := a.isRevoked(ctx, found.Session)
	if err != nil || void {
		return nil, true, err
	}
	return found, true, nil
}

// cachedAnyhow is cached, revoked or not.
func (a *Auth) cachedAnyhow(ctx context.Context, token string) (found *SignedIn, whole bool, err error) {
	value, ok, err := a.KV.Get(ctx, token)
	if err != nil || !ok || value == "" {
		return nil, false, err
	}
	parsed, err := js.Parse([]byte(value))
	if err != nil {
		return nil, true, nil
	}
	o, _ := parsed.(*js.Object)
	s, _ := o.Get("session")
	u, _ := o.Get("user")
	session, ok := s.(*js.Object)
	if !ok {
		return nil, true, nil
	}
	found = &SignedIn{Session: a.revive("session", session)}
	if user, ok := u.(*js.Object); ok {
		found.User = a.revive("user", user)
	}
	return found, true, nil
}

// revive turns the texts of date fields back into times.
func (a *Auth) revive(model string, o *js.Object) store.Record {
	row := make(store.Record, o.Len())
	for k, v := range o.All() {
		row[k] = revived(v)
	}
	return row
}

// revived turns a text that JSON.stringify makes of a date into a time, as the
// reference's safeJSONParse does.
func revived(v any) any {
	if s, ok := v.(string); ok && looksLikeDate(s) {
		if t, ok := js.ParseDate(s); ok {
			return t
		}
	}
	return v
}

func looksLikeDate(s string) bool {
	return len(s) >= 20 && len(s) <= 30 && s[4] == '-' && s[7] == '-' && s[10] == 'T' && s[len(s)-1] == 'Z'
}

func (a *Auth) isRevoked(ctx context.Context, session store.Record) (bool, error) {
	value, ok, err := a.KV.Get(ctx, revokedKey(text(session, "userId")))
	if err != nil || !ok {
		return false, err
	}
	before, err := strconv.ParseFloat(value, 64)
	return err == nil && millis(instant(session, "createdAt")) < before, nil
}

func (a *Auth) findCached(ctx context.Context, token string) (*SignedIn, error) {
	found, _, err := a.cached(ctx, token)
	if err != nil || found == nil || found.User == nil {
		return nil, err
	}
	return &SignedIn{Session: a.Visible("session", found.Session), User: a.Visible("user", found.User)}, nil
}

// knownInCache reports that secondary storage holds something for this token
// which is not a session any more, so that the database must not answer.
func (a *Auth) knownInCache(ctx context.Context, token string) (bool, error) {
	value, ok, err := a.KV.Get(ctx, token)
	return ok && value != "", err
}

func (a *Auth) updateCached(ctx context.Context, token string, change store.Record) (store.Record, error) {
	var stored store.Record
	value, ok, err := a.KV.Get(ctx, token)
	if err != nil {
		return nil, err
	}
	if parsed, bad := js.Parse([]byte(value)); ok && bad == nil {
		if o, isObject := parsed.(*js.Object); isObject {
			if stored, err = a.mergeCached(ctx, token, o, change); err != nil {
				return nil, err
			}
		}
	}
	if a.sessionsInDatabase() {
		return a.Store.Quiet().Update(ctx, "session", []store.Where{store.Given("token", token)}, change)
	}
	if stored == nil {
		return nil, store.ErrNotFound
	}
	return stored, nil
}

func (a *Auth) mergeCached(ctx context.Context, token string, o *js.Object, change store.Record) (store.Record, error) {
	s, _ := o.Get("session")
	session, ok := s.(*js.Object)
	if !ok {
		return nil, nil
	}
	row := a.revive("session", session)
	for k, v := range change {
		row[k] = v
	}
	row = a.Visible("session", row)
	var user store.Record
	if u, _ := o.Get("user"); u != nil {
		if uo, ok := u.(*js.Object); ok {
			user = a.revive("user", uo)
		}
	}
	ends := instant(row, "expiresAt")
	if ends.Sub(a.now(ctx)) < time.Second {
		return row, nil
	}
	if err := a.setCached(ctx, token, row, user, ends); err != nil {
		return nil, err
	}
	userID := text(row, "userId")
	refs, err := a.sessionRefs(ctx, userID)
	if err != nil {
		return nil, err
	}
	return row, a.setSessionRefs(ctx, userID, append(without(refs, token), sessionRef{token, millis(ends)}))
}

func (a *Auth) deleteCached(ctx context.Context, token string) error {
	value, ok, err := a.KV.Get(ctx, token)
	if err != nil {
		return err
	}
	if parsed, bad := js.Parse([]byte(value)); ok && bad == nil {
		if o, isObject := parsed.(*js.Object); isObject {
			s, _ := o.Get("session")
			if session, isObject := s.(*js.Object); isObject {
				userID := textOf(session, "userId")
				refs, err := a.sessionRefs(ctx, userID)
				if err != nil {
					return err
				}
				if err := a.setSessionRefs(ctx, userID, without(refs, token)); err != nil {
					return err
				}
			}
		}
	}
	return a.KV.Delete(ctx, token)
}

// dropCachedSessions voids every cached session of a user: those listed, and,
// by a time, those that a race hides.
func (a *Auth) dropCachedSessions(ctx context.Context, userID string, refs []sessionRef) error {
	if a.KV == nil {
		return nil
	}
	now := a.now(ctx)
	return a.Store.AfterCommit(ctx, func(ctx context.Context) error {
		before := millis(now)
		if value, ok, err := a.KV.Get(ctx, revokedKey(userID)); err != nil {
			return err
		} else if old, bad := strconv.ParseFloat(value, 64); ok && bad == nil {
			before = max(before, old)
		}
		ttl := max(a.ExpiresIn(), 24*time.Hour)
		if err := a.KV.Set(ctx, revokedKey(userID), js.Number(before), ttl); err != nil {
			return err
		}
		latest, err := a.sessionRefs(ctx, userID)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if err := a.KV.Delete(ctx, ref.Token); err != nil {
				return err
			}
			latest = without(latest, ref.Token)
		}
		return a.setSessionRefs(ctx, userID, latest)
	})
}

func (a *Auth) listCached(ctx context.Context, userID string) ([]store.Record, error) {
	refs, err := a.sessionRefs(ctx, userID)
	if err != nil {
		return nil, err
	}
	now := millis(a.now(ctx))
	seen := map[string]bool{}
	var out []store.Record
	for _, ref := range refs {
		if ref.ExpiresAt <= now || seen[ref.Token] {
			continue
		}
		seen[ref.Token] = true
		found, _, err := a.cached(ctx, ref.Token)
		if err != nil {
			return nil, err
		}
		if found != nil {
			out = append(out, a.Visible("session", found.Session))
		}
	}
	return out, nil
}

// refreshCachedUser writes a changed user into its cached sessions.
func (a *Auth) refreshCachedUser(ctx context.Context, user store.Record) error {
	if a.KV == nil || user == nil {
		return nil
	}
	refs, err := a.sessionRefs(ctx, text(user, "id"))
	if err != nil {
		return err
	}
	now := millis(a.now(ctx))
	for _, ref := range refs {
		if ref.ExpiresAt <= now {
			continue
		}
		found, _, err := a.cachedAnyhow(ctx, ref.Token)
		if err != nil {
			return err
		}
		if found != nil {
			if err := a.setCached(ctx, ref.Token, found.Session, user, instant(found.Session, "expiresAt")); err != nil {
				return err
			}
		}
	}
	return nil
}
