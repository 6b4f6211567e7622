package organization

import (
	"errors"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Ids come from clients in most calls, so conditions on them are made by store.Given.

// activeOf returns the id of the active organization of the caller's session, "" if there is none.
func activeOf(c *auth.Context) string {
	if c.Session == nil {
		return ""
	}
	return c.Session.Session.Extra.Text(activeOrganization)
}

// setActive makes an organization the active one of the caller's session; "" makes none active. It returns nil if the
// session has ended meanwhile.
func setActive(c *auth.Context, organizationID string) (*auth.Session, error) {
	return changeSession(c, activeOrganization, organizationID)
}

// changeSession sets a field of the caller's session, to null if value is "".
func changeSession(c *auth.Context, field, value string) (*auth.Session, error) {
	change := store.Record{field: nil}
	if value != "" {
		change[field] = value
	}
	session, err := c.Sessions.Update(c, c.Session.Session.Token, change)
	return session, store.UnlessGone(err)
}

// orNil converts ErrNotFound to a nil row.
func orNil(row store.Record, err error) (store.Record, error) {
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return row, err
}

// find returns the organization with this id, nil if there is none.
func (p *Plugin) find(c *auth.Context, id string) (*Organization, error) { return findBy(c, "id", id) }

// findBySlug returns the organization with this slug, nil if there is none.
func (p *Plugin) findBySlug(c *auth.Context, slug string) (*Organization, error) {
	return findBy(c, "slug", slug)
}

func findBy(c *auth.Context, field, value string) (*Organization, error) {
	row, err := orNil(c.Store.Get(c, organization, store.Given(field, value)))
	return organizationOf(c.Auth, row), err
}

// get returns the organization with this id, or a 400.
func (p *Plugin) get(c *auth.Context, id string) (*Organization, error) {
	org, err := p.find(c, id)
	if err == nil && org == nil {
		err = auth.BadRequest(NotFound)
	}
	return org, err
}

// findMember returns the membership of a user in an organization, nil if there is none.
func (p *Plugin) findMember(c *auth.Context, userID, organizationID string) (*Member, error) {
	row, err := orNil(c.Store.Get(c, member, store.Given("userId", userID), store.Given("organizationId", organizationID)))
	return memberOf(c.Auth, row), err
}

// findMemberWithUser is findMember with the user's profile in the row.
func (p *Plugin) findMemberWithUser(c *auth.Context, userID, organizationID string) (*Member, error) {
	return firstWithUser(c, store.Given("userId", userID), store.Given("organizationId", organizationID))
}

// findMemberByID returns the membership with this id, in any organization, with the user's profile; nil if there is
// none.
func (p *Plugin) findMemberByID(c *auth.Context, id string) (*Member, error) {
	return firstWithUser(c, store.Given("id", id))
}

func firstWithUser(c *auth.Context, where ...store.Where) (*Member, error) {
	members, err := membersWithUsers(c, store.Query{Where: where, Limit: 1})
	if err != nil || len(members) == 0 {
		return nil, err
	}
	return members[0], nil
}

// membersWithUsers returns memberships with the profiles of their users. Those of users who are just being deleted are
// left out.
func membersWithUsers(c *auth.Context, q store.Query) ([]*Member, error) {
	q.Join = []string{"userId"}
	rows, err := c.Store.Find(c, member, q)
	if err != nil {
		return nil, err
	}
	out := make([]*Member, 0, len(rows))
	for _, row := range rows {
		if user, _ := row["user"].(store.Record); user != nil {
			out = append(out, memberOf(c.Auth, row).with(c.Auth, profile(user)))
		}
	}
	return out, nil
}

// findMemberByEmail returns the membership of the user with this address, with the profile; nil if there is none.
func (p *Plugin) findMemberByEmail(c *auth.Context, email, organizationID string) (*Member, error) {
	user, err := c.Users.FindByEmail(c, auth.LowerCase(email))
	if err != nil || user == nil {
		return nil, err
	}
	m, err := p.findMember(c, user.ID, organizationID)
	if err != nil || m == nil {
		return nil, err
	}
	return m.with(c.Auth, profile(user.Record())), nil
}

// countMembers returns the number of members of an organization.
func countMembers(c *auth.Context, organizationID string) (int, error) {
	n, err := c.Store.Count(c, member, store.Given("organizationId", organizationID))
	return int(n), err
}

// creatorsPage is the number of memberships that otherCreator reads at once.
const creatorsPage = 200

// otherCreator reports whether a member besides the given one has the creator's role.
func (p *Plugin) otherCreator(c *auth.Context, m *Member) (bool, error) {
	q := store.Query{Where: []store.Where{
		store.Is("organizationId", m.OrganizationID), {Field: "id", Op: store.Ne, Value: m.ID},
		{Field: "role", Op: store.Contains, Value: p.opts.CreatorRole},
	}, Sort: "id", Limit: creatorsPage}
	for {
		rows, err := c.Store.Find(c, member, q)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(rows, func(row store.Record) bool { return p.creates(row.Text("role")) }) {
			return true, nil
		}
		if len(rows) < creatorsPage {
			return false, nil
		}
		q.Offset += len(rows)
	}
}

// lock makes other calls that change the members, invitations, teams or roles of the organization wait until the
// transaction of c has ended. It must be the first statement of the transaction. The error is a 400 if the organization
// is gone.
func (p *Plugin) lock(c *auth.Context, organizationID string) error {
	if err := c.Store.Lock(c, organization, store.Is("id", organizationID)); err != nil {
		return err
	}
	_, err := p.get(c, organizationID)
	return err
}

// findInvitation returns the invitation with this id, nil if there is none.
func (p *Plugin) findInvitation(c *auth.Context, id string) (*Invitation, error) {
	row, err := orNil(c.Store.Get(c, invitation, store.Given("id", id)))
	return invitationOf(c.Auth, row), err
}
