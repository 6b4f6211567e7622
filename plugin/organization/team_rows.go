package organization

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Team is a copy of a team's row.
type Team struct {
	ID             string
	Name           string
	OrganizationID string
	CreatedAt      time.Time
	UpdatedAt      time.Time    // zero if it was never changed
	Extra          store.Record // fields that the options add

	row   store.Record
	table *store.TableSchema
}

// Record returns the whole row, which must not be modified.
func (t *Team) Record() store.Record {
	if t == nil {
		return nil
	}
	return t.row
}

// Public returns the team as clients see it.
func (t *Team) Public() *auth.PublicRow {
	if t == nil {
		return nil
	}
	return t.table.Public(t.row)
}

// Arguments implements [callback.Arguer].
func (t *Team) Arguments() []any {
	if t == nil {
		return []any{nil}
	}
	return []any{object(t.table.Visible(t.row))}
}

func teamOf(a *auth.Auth, row store.Record) *Team {
	if row == nil {
		return nil
	}
	return &Team{
		ID: row.Text("id"), Name: row.Text("name"), OrganizationID: row.Text("organizationId"),
		CreatedAt: row.Time("createdAt"), UpdatedAt: row.Time("updatedAt"),
		Extra: row.Without("id", "name", "organizationId", "createdAt", "updatedAt", "memberCount"),
		row:   row, table: a.Store.Table(team),
	}
}

// TeamMember is a copy of the row of a membership in a team.
type TeamMember struct {
	ID        string
	TeamID    string
	UserID    string
	CreatedAt time.Time // zero if it is not known

	row   store.Record
	table *store.TableSchema
}

// Record returns the whole row, which must not be modified.
func (m *TeamMember) Record() store.Record {
	if m == nil {
		return nil
	}
	return m.row
}

// Public returns the membership as clients see it.
func (m *TeamMember) Public() *auth.PublicRow {
	if m == nil {
		return nil
	}
	return m.table.Public(m.row)
}

// Arguments implements [callback.Arguer].
func (m *TeamMember) Arguments() []any {
	if m == nil {
		return []any{nil}
	}
	return []any{object(m.table.Visible(m.row))}
}

func teamMemberOf(a *auth.Auth, row store.Record) *TeamMember {
	if row == nil {
		return nil
	}
	return &TeamMember{
		ID: row.Text("id"), TeamID: row.Text("teamId"), UserID: row.Text("userId"), CreatedAt: row.Time("createdAt"),
		row: row, table: a.Store.Table(teamMember),
	}
}
