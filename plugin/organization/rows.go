package organization

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The rows of the plugin are copies, like [auth.User]: changing a field changes nothing in the database. Record returns
// the whole row, Public what clients may see, and Arguments what callbacks are sent.

// Organization is a copy of an organization's row.
type Organization struct {
	ID        string
	Name      string
	Slug      string
	Logo      *string
	Metadata  any // as stored, a JSON text; in the answer and the hooks of a change an object
	CreatedAt time.Time
	Extra     store.Record // fields that the options add

	row   store.Record
	table *store.TableSchema
}

// Record returns the whole row, which must not be modified.
func (o *Organization) Record() store.Record {
	if o == nil {
		return nil
	}
	return o.row
}

// Public returns the organization as clients see it.
func (o *Organization) Public() *auth.PublicRow {
	if o == nil {
		return nil
	}
	return o.table.Public(o.row)
}

// Arguments implements [callback.Arguer].
func (o *Organization) Arguments() []any {
	if o == nil {
		return []any{nil}
	}
	return []any{object(o.table.Visible(o.row))}
}

func organizationOf(a *auth.Auth, row store.Record) *Organization {
	if row == nil {
		return nil
	}
	return &Organization{
		ID: row.Text("id"), Name: row.Text("name"), Slug: row.Text("slug"), Logo: textOrNil(row["logo"]), Metadata: row["metadata"],
		CreatedAt: row.Time("createdAt"), Extra: row.Without("id", "name", "slug", "logo", "metadata", "createdAt"),
		row: row, table: a.Store.Table(organization),
	}
}

// readable returns the organization with its metadata as an object, without the member if there are none.
func (o *Organization) readable(a *auth.Auth) *Organization {
	text, ok := o.row["metadata"].(string)
	if !ok || text == "" {
		return organizationOf(a, o.row.Without("metadata"))
	}
	v, err := js.Parse([]byte(text))
	if err != nil {
		v = text
	}
	return organizationOf(a, o.row.With(store.Record{"metadata": v}))
}

// Member is a copy of the row of a membership.
type Member struct {
	ID             string
	OrganizationID string
	UserID         string
	Role           string // names of roles, separated by commas
	CreatedAt      time.Time
	Extra          store.Record // fields that the options add

	row   store.Record
	table *store.TableSchema
}

// Record returns the whole row, which must not be modified. It has a member user if the user was read too.
func (m *Member) Record() store.Record {
	if m == nil {
		return nil
	}
	return m.row
}

// Public returns the membership as clients see it.
func (m *Member) Public() *auth.PublicRow {
	if m == nil {
		return nil
	}
	return m.table.Public(m.row)
}

// Arguments implements [callback.Arguer].
func (m *Member) Arguments() []any { return []any{object(m.Record())} }

func memberOf(a *auth.Auth, row store.Record) *Member {
	if row == nil {
		return nil
	}
	return &Member{
		ID: row.Text("id"), OrganizationID: row.Text("organizationId"), UserID: row.Text("userId"), Role: row.Text("role"),
		CreatedAt: row.Time("createdAt"), Extra: row.Without("id", "organizationId", "userId", "role", "createdAt", "user"),
		row: row, table: a.Store.Table(member),
	}
}

// with returns the membership with a user, as answers have it.
func (m *Member) with(a *auth.Auth, user any) *Member {
	return memberOf(a, m.row.With(store.Record{"user": user}))
}

// profile returns the part of a user that other members see.
func profile(user store.Record) *js.Object {
	out := js.NewObject()
	for _, name := range []string{"id", "name", "email", "image"} {
		if v, ok := user[name]; ok {
			out.Set(name, v)
		}
	}
	return out
}

// The states of an invitation.
const (
	Pending  = "pending"
	Accepted = "accepted"
	Rejected = "rejected"
	Canceled = "canceled"
)

// Invitation is a copy of the row of an invitation.
type Invitation struct {
	ID             string
	OrganizationID string
	Email          string
	Role           string // names of roles, separated by commas
	TeamID         string // ids of teams, separated by commas; "" for none
	Status         string
	InviterID      string
	ExpiresAt      time.Time
	CreatedAt      time.Time
	Extra          store.Record // fields that the options add

	row   store.Record
	table *store.TableSchema
}

// Record returns the whole row, which must not be modified.
func (i *Invitation) Record() store.Record {
	if i == nil {
		return nil
	}
	return i.row
}

// Public returns the invitation as clients see it.
func (i *Invitation) Public() *auth.PublicRow {
	if i == nil {
		return nil
	}
	return i.table.Public(i.row)
}

// Arguments implements [callback.Arguer].
func (i *Invitation) Arguments() []any { return []any{object(i.Record())} }

func invitationOf(a *auth.Auth, row store.Record) *Invitation {
	if row == nil {
		return nil
	}
	return &Invitation{
		ID: row.Text("id"), OrganizationID: row.Text("organizationId"), Email: row.Text("email"), Role: row.Text("role"),
		TeamID: row.Text("teamId"), Status: row.Text("status"), InviterID: row.Text("inviterId"),
		ExpiresAt: row.Time("expiresAt"), CreatedAt: row.Time("createdAt"),
		Extra: row.Without("id", "organizationId", "email", "role", "teamId", "status", "inviterId", "expiresAt", "createdAt"),
		row:   row, table: a.Store.Table(invitation),
	}
}

// open reports whether the invitation can be answered.
func (i *Invitation) open(now time.Time) bool {
	return i != nil && i.Status == Pending && !i.ExpiresAt.Before(now)
}

func textOrNil(v any) *string {
	if s, ok := v.(string); ok {
		return &s
	}
	return nil
}

func object(r store.Record) any {
	if r == nil {
		return nil
	}
	return map[string]any(r)
}
