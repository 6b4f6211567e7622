package identity

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Session is a copy of a session's row.
type Session struct {
	ID        string
	Token     string
	UserID    string
	ExpiresAt time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	IPAddress string // "" if no trusted header names the client
	UserAgent string
	// Extra holds the fields added by options and plugins; nil if there are none.
	Extra store.Record

	row   store.Record
	table *store.TableSchema
}

func sessionOf(table *store.TableSchema, row store.Record) *Session {
	if row == nil {
		return nil
	}
	s := &Session{
		ID: row.Text("id"), Token: row.Text("token"), UserID: row.Text("userId"),
		ExpiresAt: row.Time("expiresAt"), CreatedAt: row.Time("createdAt"), UpdatedAt: row.Time("updatedAt"),
		IPAddress: row.Text("ipAddress"), UserAgent: row.Text("userAgent"), row: row, table: table,
	}
	s.Extra = extra(row, "id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
	return s
}

// Record returns the whole row, which must not be modified. It is nil for a nil
// session.
func (s *Session) Record() store.Record {
	if s == nil {
		return nil
	}
	return s.row
}

// Public returns the session as clients see it, without hidden fields. For a nil
// session it is nil, which is null in JSON.
func (s *Session) Public() *store.PublicRow {
	if s == nil {
		return nil
	}
	return s.table.Public(s.row)
}

// With returns a copy with some fields changed. It writes nothing.
func (s *Session) With(change store.Record) *Session { return sessionOf(s.table, s.row.With(change)) }

// Arguments implements callback.Arguer: callbacks get the whole row.
func (s *Session) Arguments() []any { return []any{object(s.Record())} }

// SignedIn is a session with its user.
type SignedIn struct {
	Session *Session `arg:"0.session"`
	User    *User    `arg:"0.user"`
}

// Object returns {session, user} as passed to callbacks, including hidden fields.
func (s SignedIn) Object() *js.Object {
	return js.Obj("session", object(s.Session.Record()), "user", object(s.User.Record()))
}

func object(r store.Record) any {
	if r == nil {
		return nil
	}
	return map[string]any(r)
}
