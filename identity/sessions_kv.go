package identity

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
//	active-sessions-<user>         [{"token", "expiresAt"}], sorted by expiry
//	revoked-sessions-before-<user> milliseconds; older sessions are invalid

type sessionRef struct {
	Token     string  `json:"token"`
	ExpiresAt float64 `json:"expiresAt"` // milliseconds since 1970
}

func activeKey(userID string) string  { return "active-sessions-" + userID }
func revokedKey(userID string) string { return "revoked-sessions-before-" + userID }

func millis(t time.Time) float64 { return float64(t.UnixMilli()) }

// keep writes a new session: to the database, if sessions are also stored there,
// and to secondary storage.
func (s *Sessions) keep(ctx context.Context, row store.Record) (store.Record, error) {
	if s.inDatabase() {
		made, err := s.opts.Store.Quiet().Create(ctx, "session", row)
		if err != nil {
			return nil, err
		}
		row = made
	}
	return row, s.opts.Store.AfterCommit(ctx, func(ctx context.Context) error { return s.cache(ctx, row) })
}

func (s *Sessions) cache(ctx context.Context, row store.Record) error {
	userID, token, ends := row.Text("userId"), row.Text("token"), row.Time("expiresAt")
	refs, err := s.refs(ctx, userID)
	if err != nil {
		return err
	}
	if err := s.setRefs(ctx, userID, append(without(refs, token), sessionRef{token, millis(ends)})); err != nil {
		return err
	}
	user, err := s.users.Find(ctx, userID)
	if err != nil {
		return err
	}
	return s.setCached(ctx, token, row, user.Record(), ends)
}

func (s *Sessions) setCached(ctx context.Context, token string, session, user store.Record, ends time.Time) error {
	ttl := wholeSeconds(ends.Sub(s.opts.Now(ctx)))
	if ttl <= 0 {
		return nil
	}
	value := js.Marshal(js.Obj("session", s.table().Whole(session), "user", s.users.table().Whole(user)))
	return s.opts.KV.Set(ctx, token, string(value), ttl)
}

func wholeSeconds(d time.Duration) time.Duration {
	return max(time.Duration(math.Floor(d.Seconds()))*time.Second, 0)
}

func (s *Sessions) refs(ctx context.Context, userID string) ([]sessionRef, error) {
	if s.opts.KV == nil {
		return nil, nil
	}
	value, ok, err := s.opts.KV.Get(ctx, activeKey(userID))
	if err != nil || !ok {
		return nil, err
	}
	var refs []sessionRef
	if json.Unmarshal([]byte(value), &refs) != nil {
		return nil, nil
	}
	return refs, nil
}

func (s *Sessions) setRefs(ctx context.Context, userID string, refs []sessionRef) error {
	now := millis(s.opts.Now(ctx))
	refs = slices.DeleteFunc(slices.Clone(refs), func(r sessionRef) bool { return r.ExpiresAt <= now })
	if len(refs) == 0 {
		return s.opts.KV.Delete(ctx, activeKey(userID))
	}
	slices.SortStableFunc(refs, func(x, y sessionRef) int { return int(math.Copysign(1, x.ExpiresAt-y.ExpiresAt)) })
	ttl := wholeSeconds(time.Duration(refs[len(refs)-1].ExpiresAt-now) * time.Millisecond)
	if ttl <= 0 {
		return s.opts.KV.Delete(ctx, activeKey(userID))
	}
	return s.opts.KV.Set(ctx, activeKey(userID), string(js.Marshal(refs)), ttl)
}

func without(refs []sessionRef, token string) []sessionRef {
	return slices.DeleteFunc(slices.Clone(refs), func(r sessionRef) bool { return r.Token == token })
}

// cachedSession is the value under a token in secondary storage.
type cachedSession struct{ session, user store.Record }

// cached reads a session from secondary storage, nil if there is none or it was
// revoked.
func (s *Sessions) cached(ctx context.Context, token string) (*cachedSession, error) {
	found, err := s.cachedAnyhow(ctx, token)
	if err != nil || found == nil {
		return nil, err
	}
	void, err := s.isRevoked(ctx, found.session)
	if err != nil || void {
		return nil, err
	}
	return found, nil
}

// cachedAnyhow is like cached, but includes revoked sessions.
func (s *Sessions) cachedAnyhow(ctx context.Context, token string) (*cachedSession, error) {
	value, ok, err := s.opts.KV.Get(ctx, token)
	if err != nil || !ok || value == "" {
		return nil, err
	}
	return parseCached(value), nil
}

// parseCached parses the text of a cachedSession, nil if it is malformed.
func parseCached(value string) *cachedSession {
	parsed, err := js.Parse([]byte(value))
	o, ok := parsed.(*js.Object)
	if err != nil || !ok {
		return nil
	}
	session, _ := o.Get("session")
	user, _ := o.Get("user")
	found := &cachedSession{session: revivedRow(session), user: revivedRow(user)}
	if found.session == nil {
		return nil
	}
	return found
}

// revivedRow returns a JSON object as a row, with its dates; nil for anything
// else.
func revivedRow(v any) store.Record {
	o, ok := v.(*js.Object)
	if !ok {
		return nil
	}
	row := make(store.Record, o.Len())
	for k, v := range o.All() {
		row[k] = revived(v)
	}
	return row
}

func (s *Sessions) isRevoked(ctx context.Context, session store.Record) (bool, error) {
	value, ok, err := s.opts.KV.Get(ctx, revokedKey(session.Text("userId")))
	if err != nil || !ok {
		return false, err
	}
	before, err := strconv.ParseFloat(value, 64)
	return err == nil && millis(session.Time("createdAt")) < before, nil
}

func (s *Sessions) findCached(ctx context.Context, token string) (*SignedIn, error) {
	found, err := s.cached(ctx, token)
	if err != nil || found == nil || found.user == nil {
		return nil, err
	}
	return &SignedIn{Session: s.Row(s.table().Visible(found.session)), User: s.users.Of(s.users.table().Visible(found.user))}, nil
}

// knownInCache reports whether secondary storage has a value for this token that
// is no longer a session, in which case the database must not be read.
func (s *Sessions) knownInCache(ctx context.Context, token string) (bool, error) {
	value, ok, err := s.opts.KV.Get(ctx, token)
	return ok && value != "", err
}

func (s *Sessions) updateCached(ctx context.Context, token string, change store.Record) (store.Record, error) {
	found, err := s.cachedAnyhow(ctx, token)
	if err != nil {
		return nil, err
	}
	var stored store.Record
	if found != nil {
		if stored, err = s.mergeCached(ctx, token, found, change); err != nil {
			return nil, err
		}
	}
	if s.inDatabase() {
		return s.opts.Store.Quiet().Update(ctx, "session", []store.Where{store.Given("token", token)}, change)
	}
	if stored == nil {
		return nil, store.ErrNotFound
	}
	return stored, nil
}

func (s *Sessions) mergeCached(ctx context.Context, token string, found *cachedSession, change store.Record) (store.Record, error) {
	row := s.table().Visible(found.session.With(change))
	ends := row.Time("expiresAt")
	if ends.Sub(s.opts.Now(ctx)) < time.Second {
		return row, nil
	}
	if err := s.setCached(ctx, token, row, found.user, ends); err != nil {
		return nil, err
	}
	userID := row.Text("userId")
	refs, err := s.refs(ctx, userID)
	if err != nil {
		return nil, err
	}
	return row, s.setRefs(ctx, userID, append(without(refs, token), sessionRef{token, millis(ends)}))
}

func (s *Sessions) deleteCached(ctx context.Context, token string) error {
	found, err := s.cachedAnyhow(ctx, token)
	if err != nil {
		return err
	}
	if found != nil {
		userID := found.session.Text("userId")
		refs, err := s.refs(ctx, userID)
		if err != nil {
			return err
		}
		if err := s.setRefs(ctx, userID, without(refs, token)); err != nil {
			return err
		}
	}
	return s.opts.KV.Delete(ctx, token)
}

// dropCached invalidates every cached session of a user: the listed ones and, by
// a time stamp, those that a concurrent call is writing.
func (s *Sessions) dropCached(ctx context.Context, userID string, refs []sessionRef) error {
	if s.opts.KV == nil {
		return nil
	}
	now := s.opts.Now(ctx)
	return s.opts.Store.AfterCommit(ctx, func(ctx context.Context) error {
		before := millis(now)
		if value, ok, err := s.opts.KV.Get(ctx, revokedKey(userID)); err != nil {
			return err
		} else if old, bad := strconv.ParseFloat(value, 64); ok && bad == nil {
			before = max(before, old)
		}
		ttl := max(s.opts.SessionLife, 24*time.Hour)
		if err := s.opts.KV.Set(ctx, revokedKey(userID), js.Number(before), ttl); err != nil {
			return err
		}
		latest, err := s.refs(ctx, userID)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if err := s.opts.KV.Delete(ctx, ref.Token); err != nil {
				return err
			}
			latest = without(latest, ref.Token)
		}
		return s.setRefs(ctx, userID, latest)
	})
}

func (s *Sessions) listCached(ctx context.Context, userID string) ([]*Session, error) {
	refs, err := s.refs(ctx, userID)
	if err != nil {
		return nil, err
	}
	now := millis(s.opts.Now(ctx))
	seen := map[string]bool{}
	var out []*Session
	for _, ref := range refs {
		if ref.ExpiresAt <= now || seen[ref.Token] {
			continue
		}
		seen[ref.Token] = true
		found, err := s.cached(ctx, ref.Token)
		if err != nil {
			return nil, err
		}
		if found != nil {
			out = append(out, s.Row(s.table().Visible(found.session)))
		}
	}
	return out, nil
}

// refreshUser updates the user in its cached sessions.
func (s *Sessions) refreshUser(ctx context.Context, user store.Record) error {
	if s.opts.KV == nil || user == nil {
		return nil
	}
	refs, err := s.refs(ctx, user.Text("id"))
	if err != nil {
		return err
	}
	now := millis(s.opts.Now(ctx))
	for _, ref := range refs {
		if ref.ExpiresAt <= now {
			continue
		}
		found, err := s.cachedAnyhow(ctx, ref.Token)
		if err != nil {
			return err
		}
		if found != nil {
			if err := s.setCached(ctx, ref.Token, found.session, user, found.session.Time("expiresAt")); err != nil {
				return err
			}
		}
	}
	return nil
}
