package auth

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// ExpiresIn is how long a session lives.
func (a *Auth) ExpiresIn() time.Duration {
	return seconds(a.Options.Session.ExpiresIn)
}

// FreshAge is how long a session counts as fresh; 0 means for ever.
func (a *Auth) FreshAge() time.Duration { return seconds(*a.Options.Session.FreshAge) }

func (a *Auth) updateAge() time.Duration { return seconds(*a.Options.Session.UpdateAge) }

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// Stateful reports whether sessions live in a database or in secondary
// storage, rather than in the cookie alone.
func (a *Auth) Stateful() bool { return a.hasStore }

func (a *Auth) sessionsInDatabase() bool {
	return a.KV == nil || a.Options.Session.StoreSessionInDatabase
}

// fallsBackToDatabase: the database is asked when secondary storage has lost a
// session.
func (a *Auth) fallsBackToDatabase() bool {
	s := a.Options.Session
	return a.KV != nil && s.StoreSessionInDatabase && !s.PreserveSessionInDatabase
}

// CreateSession begins a session of a user. forgetful sessions end in a day.
// set adds fields. It returns nil when a hook dropped it.
func (c *Context) CreateSession(userID string, forgetful bool, set store.Record) (store.Record, error) {
	a := c.Auth
	life := a.ExpiresIn()
	if forgetful {
		life = 24 * time.Hour
	}
	row := store.Record{"ipAddress": c.sessionIP(), "userAgent": c.userAgent()}
	for k, v := range set {
		if k != "id" {
			row[k] = v
		}
	}
	row["expiresAt"] = c.now.Add(life)
	row["userId"] = userID
	row["token"] = secret.ID(32)
	row["createdAt"], row["updatedAt"] = c.now, c.now
	for _, f := range a.fields["session"] {
		if f.hasValue {
			row[f.Name] = f.value(c)
		}
	}
	var made store.Record
	var err error
	if a.KV == nil {
		made, err = a.Store.Create(c, "session", row)
	} else {
		if !a.sessionsInDatabase() {
			id, ok := a.newID(c, "session")
			if !ok {
				id = secret.ID(32)
			}
			row["id"] = id
		}
		made, err = a.Store.CreateVia(c, "session", row, a.storeSession)
	}
	if errors.Is(err, store.ErrAborted) {
		return nil, nil
	}
	return made, err
}

func (c *Context) userAgent() string {
	ua, _ := c.HeaderValue("User-Agent")
	return cut(ua, maxUserAgent)
}

// sessionIP is the address that a session records: "" when none is trusted.
func (c *Context) sessionIP() string {
	if c.Headers == nil {
		return ""
	}
	if ip, ok := c.ClientIP(); ok {
		return ip
	}
	return ""
}

// FindSession returns the session with this token and its user, hidden fields
// left out, expired or not; nil when there is none.
func (a *Auth) FindSession(ctx context.Context, token string) (*SignedIn, error) {
	if a.KV != nil {
		found, err := a.findCached(ctx, token)
		if err != nil || found != nil {
			return found, err
		}
		if !a.fallsBackToDatabase() {
			return nil, nil
		}
		if revoked, err := a.knownInCache(ctx, token); err != nil || revoked {
			return nil, err
		}
	}
	return a.findStored(ctx, token)
}

func (a *Auth) findStored(ctx context.Context, token string) (*SignedIn, error) {
	rows, err := a.Store.Find(ctx, "session", store.Query{Where: []store.Where{store.Given("token", token)}, Limit: 1, Join: "userId"})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	session := rows[0]
	user, _ := session["user"].(store.Record)
	delete(session, "user")
	if user == nil {
		return nil, nil
	}
	return &SignedIn{Session: a.Visible("session", session), User: a.Visible("user", user)}, nil
}

// UpdateSession changes a session; it returns nil when there is none.
func (a *Auth) UpdateSession(ctx context.Context, token string, change store.Record) (store.Record, error) {
	where := []store.Where{store.Given("token", token)}
	var row store.Record
	var err error
	if a.KV == nil {
		row, err = a.Store.Update(ctx, "session", where, change)
	} else {
		row, err = a.Store.UpdateVia(ctx, "session", change, func(ctx context.Context, change store.Record) (store.Record, error) {
			return a.updateCached(ctx, token, change)
		})
	}
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrAborted) {
		return nil, nil
	}
	return row, err
}

// DeleteSession ends the session with this token, wherever it is kept.
func (a *Auth) DeleteSession(ctx context.Context, token string) error {
	if a.KV != nil {
		if err := a.deleteCached(ctx, token); err != nil {
			return err
		}
		if !a.Options.Session.StoreSessionInDatabase {
			return nil
		}
		if a.Options.Session.PreserveSessionInDatabase {
			return a.endPreserved(ctx, store.Given("token", token))
		}
	}
	err := a.Store.Delete(ctx, "session", store.Given("token", token))
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrAborted) {
		return nil
	}
	return err
}

// DeleteUserSessions ends all sessions of a user, wherever they are kept.
func (a *Auth) DeleteUserSessions(ctx context.Context, userID string) error {
	refs, err := a.sessionRefs(ctx, userID)
	if err != nil {
		return err
	}
	if a.sessionsInDatabase() {
		if a.KV != nil && a.Options.Session.PreserveSessionInDatabase {
			err = a.endPreserved(ctx, store.Is("userId", userID))
		} else {
			err = ignoreAbort(a.Store.DeleteMany(ctx, "session", store.Is("userId", userID)))
		}
		if err != nil {
			return err
		}
	}
	return a.dropCachedSessions(ctx, userID, refs)
}

// endPreserved ends live session rows that are kept for audit: delete hooks
// run, the rows stay with an end in the past. Rows already ended are left
// alone, so that their hooks don't run twice.
func (a *Auth) endPreserved(ctx context.Context, which store.Where) error {
	now := a.now(ctx)
	live := []store.Where{which, {Field: "expiresAt", Op: store.Gt, Value: now}}
	return ignoreAbort(0, a.Store.DeleteManyVia(ctx, "session", live, func(ctx context.Context) error {
		_, err := a.Store.Quiet().UpdateMany(ctx, "session", live, store.Record{"expiresAt": now})
		return err
	}))
}

// ListSessions lists the sessions of a user that have not expired.
func (a *Auth) ListSessions(ctx context.Context, userID string) ([]store.Record, error) {
	if a.KV != nil && !a.fallsBackToDatabase() {
		return a.listCached(ctx, userID)
	}
	rows, err := a.Store.Find(ctx, "session", store.Query{Where: []store.Where{
		store.Is("userId", userID), {Field: "expiresAt", Op: store.Gt, Value: a.now(ctx)},
	}})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i] = a.Visible("session", rows[i])
	}
	return rows, nil
}
