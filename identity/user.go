package identity

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/seed-32bd42cb/betterauth/store"
)

// User is a copy of a user's row.
type User struct {
	ID            string
	Name          string
	Email         string
	EmailVerified bool
	Image         *string // URL of a picture; nil if there is none
	CreatedAt     time.Time
	UpdatedAt     time.Time
	// Extra holds the fields added by options and plugins; nil if there are none.
	Extra store.Record

	row   store.Record
	table *store.TableSchema
}

func userOf(table *store.TableSchema, row store.Record) *User {
	if row == nil {
		return nil
	}
	u := &User{
		ID: row.Text("id"), Name: row.Text("name"), Email: row.Text("email"), EmailVerified: row.True("emailVerified"),
		CreatedAt: row.Time("createdAt"), UpdatedAt: row.Time("updatedAt"), row: row, table: table,
	}
	if image, ok := row["image"].(string); ok {
		u.Image = &image
	}
	u.Extra = extra(row, "id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
	return u
}

// Record returns the whole row, which must not be modified. It is nil for a nil
// user.
func (u *User) Record() store.Record {
	if u == nil {
		return nil
	}
	return u.row
}

// Public returns the user as clients see it, without hidden fields. For a nil
// user it is nil, which is null in JSON.
func (u *User) Public() *store.PublicRow {
	if u == nil {
		return nil
	}
	return u.table.Public(u.row)
}

// With returns a copy with some fields changed. It writes nothing.
func (u *User) With(change store.Record) *User { return userOf(u.table, u.row.With(change)) }

// Arguments implements callback.Arguer: callbacks get the whole row.
func (u *User) Arguments() []any { return []any{object(u.Record())} }

// extra returns the fields of row other than the known ones, nil if there are
// none.
func extra(row store.Record, known ...string) store.Record {
	more := len(row)
	for _, k := range known {
		if _, ok := row[k]; ok {
			more--
		}
	}
	if more == 0 {
		return nil
	}
	return row.Without(known...)
}

// LowerCase returns the form in which addresses are stored. For addresses it is
// close enough to JavaScript's toLowerCase.
func LowerCase(s string) string { return strings.ToLower(s) }

// SameAddress reports whether two addresses are equal for this server, which
// ignores case.
func SameAddress(a, b string) bool { return foldAddress(a) == foldAddress(b) }

func foldAddress(s string) string { return LowerCase(norm.NFC.String(s)) }
