package identity

import (
	"context"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Sessions gives access to the sessions, in the database, in secondary storage,
// or in both.
type Sessions struct{ *core }

func (s *Sessions) table() *store.TableSchema { return s.opts.Store.Table("session") }

// Row returns a row, such as one from the session cookie, as a Session.
func (s *Sessions) Row(row store.Record) *Session { return sessionOf(s.table(), row) }

func (s *Sessions) inDatabase() bool { return s.opts.KV == nil || s.opts.StoreSessionInDatabase }

// InDatabase reports whether sessions are rows of the database.
func (s *Sessions) InDatabase() bool { return s.inDatabase() }

// fallsBackToDatabase reports whether the database is read for a session that
// secondary storage has lost.
func (s *Sessions) fallsBackToDatabase() bool {
	return s.opts.KV != nil && s.opts.StoreSessionInDatabase && !s.opts.PreserveSessions
}

// Create stores a new session. Only Context.SignIn of package auth calls it, the
// single place where sessions begin; all other code calls that.
func (s *Sessions) Create(ctx context.Context, row store.Record) (*Session, error) {
	var made store.Record
	var err error
	if s.opts.KV == nil {
		made, err = s.opts.Store.Create(ctx, "session", row)
	} else {
		if !s.inDatabase() {
			id, ok := s.opts.NewID(ctx, "session")
			if !ok {
				id = secret.ID(32)
			}
			row = row.With(store.Record{"id": id})
		}
		made, err = s.opts.Store.CreateVia(ctx, "session", row, s.keep)
	}
	if err != nil {
		return nil, err
	}
	return s.Row(made), nil
}

// Get returns the session with this token and its user, without hidden fields,
// even if it has expired.
func (s *Sessions) Get(ctx context.Context, token string) (*SignedIn, error) {
	if s.opts.KV != nil {
		found, err := s.findCached(ctx, token)
		if err != nil || found != nil {
			return found, err
		}
		if !s.fallsBackToDatabase() {
			return nil, store.ErrNotFound
		}
		revoked, err := s.knownInCache(ctx, token)
		if err != nil {
			return nil, err
		}
		if revoked {
			return nil, store.ErrNotFound
		}
	}
	return s.findStored(ctx, token)
}

// Find is like Get, but returns nil without an error if there is no session.
func (s *Sessions) Find(ctx context.Context, token string) (*SignedIn, error) {
	return orNil(s.Get(ctx, token))
}

// FindMany returns the sessions with these tokens that exist, as Get does, in the
// order of the tokens.
func (s *Sessions) FindMany(ctx context.Context, tokens []string) ([]*SignedIn, error) {
	found := map[string]*SignedIn{}
	var stored []string // tokens to look for in the database
	for _, token := range distinct(tokens) {
		if s.opts.KV == nil {
			stored = append(stored, token)
			continue
		}
		cached, err := s.findCached(ctx, token)
		if err != nil {
			return nil, err
		}
		if cached != nil {
			found[token] = cached
			continue
		}
		if !s.fallsBackToDatabase() {
			continue
		}
		revoked, err := s.knownInCache(ctx, token)
		if err != nil {
			return nil, err
		}
		if !revoked {
			stored = append(stored, token)
		}
	}
	if err := s.findAllStored(ctx, stored, found); err != nil {
		return nil, err
	}
	var out []*SignedIn
	for _, token := range distinct(tokens) {
		if one := found[token]; one != nil {
			out = append(out, one)
		}
	}
	return out, nil
}

func distinct(tokens []string) (out []string) {
	for _, token := range tokens {
		if !slices.Contains(out, token) {
			out = append(out, token)
		}
	}
	return out
}

// findAllStored adds the sessions with these tokens in the database to found, by
// token.
func (s *Sessions) findAllStored(ctx context.Context, tokens []string, found map[string]*SignedIn) error {
	if len(tokens) == 0 {
		return nil
	}
	rows, err := s.opts.Store.Find(ctx, "session", store.Query{
		Where: []store.Where{{Field: "token", Op: store.In, Value: tokens, Given: true}}, Limit: len(tokens), Join: []string{"userId"},
	})
	if err != nil {
		return err
	}
	for _, row := range rows {
		if signedIn := s.signedIn(row); signedIn != nil {
			found[signedIn.Session.Token] = signedIn
		}
	}
	return nil
}

// signedIn returns a row of the database that was read with its user, nil without
// a user.
func (s *Sessions) signedIn(row store.Record) *SignedIn {
	user, _ := row["user"].(store.Record)
	delete(row, "user")
	if user == nil {
		return nil
	}
	return &SignedIn{Session: s.Row(s.table().Visible(row)), User: s.users.Of(s.users.table().Visible(user))}
}

func (s *Sessions) findStored(ctx context.Context, token string) (*SignedIn, error) {
	rows, err := s.opts.Store.Find(ctx, "session", store.Query{Where: []store.Where{store.Given("token", token)}, Limit: 1, Join: []string{"userId"}})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, store.ErrNotFound
	}
	if found := s.signedIn(rows[0]); found != nil {
		return found, nil
	}
	return nil, store.ErrNotFound
}

// Update changes the session with this token.
func (s *Sessions) Update(ctx context.Context, token string, change store.Record) (*Session, error) {
	var row store.Record
	var err error
	if s.opts.KV == nil {
		row, err = s.opts.Store.Update(ctx, "session", []store.Where{store.Given("token", token)}, change)
	} else {
		row, err = s.opts.Store.UpdateVia(ctx, "session", change, func(ctx context.Context, change store.Record) (store.Record, error) {
			return s.updateCached(ctx, token, change)
		})
	}
	if err != nil {
		return nil, err
	}
	return s.Row(row), nil
}

// End ends the session with this token in every storage. It is not an error if
// the session does not exist or a hook keeps it.
func (s *Sessions) End(ctx context.Context, token string) error {
	if s.opts.KV != nil {
		if err := s.deleteCached(ctx, token); err != nil {
			return err
		}
		if !s.opts.StoreSessionInDatabase {
			return nil
		}
		if s.opts.PreserveSessions {
			return s.endPreserved(ctx, store.Given("token", token))
		}
	}
	return store.UnlessDropped(s.opts.Store.Delete(ctx, "session", store.Given("token", token)))
}

// EndMany ends the sessions with these tokens in every storage. If a hook keeps a
// session in the database, all of them stay there, which is not an error.
func (s *Sessions) EndMany(ctx context.Context, tokens []string) error {
	if len(tokens) == 0 {
		return nil
	}
	which := store.Where{Field: "token", Op: store.In, Value: tokens, Given: true}
	if s.opts.KV != nil {
		for _, token := range tokens {
			if err := s.deleteCached(ctx, token); err != nil {
				return err
			}
		}
		if !s.opts.StoreSessionInDatabase {
			return nil
		}
		if s.opts.PreserveSessions {
			return s.endPreserved(ctx, which)
		}
	}
	_, err := s.opts.Store.DeleteMany(ctx, "session", which)
	return store.UnlessDropped(err)
}

// EndAll ends all sessions of a user in every storage. Sessions that a hook keeps
// are not an error.
func (s *Sessions) EndAll(ctx context.Context, userID string) error {
	refs, err := s.refs(ctx, userID)
	if err != nil {
		return err
	}
	if s.inDatabase() {
		if s.opts.KV != nil && s.opts.PreserveSessions {
			err = s.endPreserved(ctx, store.Is("userId", userID))
		} else {
			_, err = s.opts.Store.DeleteMany(ctx, "session", store.Is("userId", userID))
		}
		if store.UnlessDropped(err) != nil {
			return err
		}
	}
	return s.dropCached(ctx, userID, refs)
}

// endPreserved ends live session rows that are kept for audit: delete hooks run,
// and the rows stay with an expiry in the past. Rows that have ended are left
// unchanged, so that their hooks do not run twice.
func (s *Sessions) endPreserved(ctx context.Context, which store.Where) error {
	now := s.opts.Now(ctx)
	live := []store.Where{which, {Field: "expiresAt", Op: store.Gt, Value: now}}
	return store.UnlessDropped(s.opts.Store.DeleteManyVia(ctx, "session", live, func(ctx context.Context) error {
		_, err := s.opts.Store.Quiet().UpdateMany(ctx, "session", live, store.Record{"expiresAt": now})
		return err
	}))
}

// Of returns the sessions of a user that have not expired, without hidden fields.
func (s *Sessions) Of(ctx context.Context, userID string) ([]*Session, error) {
	if s.opts.KV != nil && !s.fallsBackToDatabase() {
		return s.listCached(ctx, userID)
	}
	rows, err := s.opts.Store.Find(ctx, "session", store.Query{Where: []store.Where{
		store.Is("userId", userID), {Field: "expiresAt", Op: store.Gt, Value: s.opts.Now(ctx)},
	}})
	if err != nil {
		return nil, err
	}
	out := make([]*Session, len(rows))
	for i, row := range rows {
		out[i] = s.Row(s.table().Visible(row))
	}
	return out, nil
}

// DeleteExpired deletes the rows of expired sessions, unless the options keep
// them, and returns their number.
func (s *Sessions) DeleteExpired(ctx context.Context) (int64, error) {
	if !s.inDatabase() || s.opts.PreserveSessions {
		return 0, nil
	}
	n, err := deleteExpired(ctx, s.opts.Store.Quiet(), "session", s.opts.Now(ctx))
	s.logExpired(ctx, "session", n)
	return n, err
}

func deleteExpired(ctx context.Context, st *store.Store, model string, now time.Time) (int64, error) {
	return st.DeleteMany(ctx, model, store.Where{Field: "expiresAt", Op: store.Lt, Value: now})
}
