package organization_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestNobodyCrosses: in no sequence of calls by several people, with ids of every organization, does anybody read or
// change anything of an organization without being a member of it, or more than the role allows; and every organization
// keeps an owner.
func TestNobodyCrosses(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		k := newWalk(open(t, auth.Options{}, organization.Options{}), func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(r, what) })
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			if err := k.step(); err != nil {
				r.Fatalf("%v after\n\t%s", err, strings.Join(k.log, "\n\t"))
			}
		}
	})
}

// TestThePropertyCanFail: the same walks find what servers with other rules allow.
func TestThePropertyCanFail(t *testing.T) {
	all := organization.Statements()
	for name, o := range map[string]organization.Options{
		"members are admins": {Roles: access.Roles{"owner": all, "admin": organization.Roles()["admin"], "member": organization.Roles()["admin"]}},
		"admins delete":      {Roles: access.Roles{"owner": all, "admin": all, "member": {}}},
		"another creator":    {CreatorRole: "admin"},
	} {
		found := ""
		for seed := uint64(1); seed < 100 && found == ""; seed++ {
			state := seed
			k := newWalk(open(t, auth.Options{}, o), func(_ string, n int) int {
				state = state*6364136223846793005 + 1442695040888963407
				return int(state>>33) % n
			})
			for range 60 {
				if err := k.step(); err != nil {
					found = fmt.Sprintf("%v after %d steps, seed %d", err, len(k.log), seed)
					break
				}
			}
		}
		if found == "" {
			t.Errorf("%s: nothing is found", name)
		}
		t.Logf("%s: %s", name, found)
	}
}

// snapshot is the content of the tables, each row by its id.
type snapshot struct {
	orgs    map[string]string // the metadata
	members map[string]membership
	letters map[string]letter
	parts   map[string]part
	whole   map[string]string // every row as a text
}

type membership struct{ org, user, role string }

type letter struct {
	org, email, role, status, inviter string
	expires                           time.Time
}

func (w *world) snapshot() snapshot {
	s := snapshot{map[string]string{}, map[string]membership{}, map[string]letter{}, map[string]part{}, map[string]string{}}
	for model, rows := range w.rows() {
		for _, row := range rows {
			id := row.Text("id")
			s.whole[id] = fmt.Sprint(row)
			switch model {
			case "organization":
				s.orgs[id] = row.Text("metadata")
			case "member":
				s.members[id] = membership{row.Text("organizationId"), row.Text("userId"), row.Text("role")}
			case "invitation":
				s.letters[id] = letter{row.Text("organizationId"), row.Text("email"), row.Text("role"), row.Text("status"), row.Text("inviterId"), row.Time("expiresAt")}
			default:
				s.parts[id] = part{model, row.Text("organizationId"), row.Text("teamId"), row.Text("userId"), row.Text("role")}
			}
		}
	}
	return s
}

// has reports whether a user has one of the roles in an organization; without roles, whether the user is a member.
func (s snapshot) has(user, org string, roles ...string) bool {
	for _, m := range s.members {
		if m.org == org && m.user == user {
			return len(roles) == 0 || slices.ContainsFunc(roles, func(role string) bool { return holds(m.role, role) })
		}
	}
	return false
}

func holds(roles, role string) bool { return slices.Contains(organization.RoleList(roles), role) }

// walk is a sequence of random calls.
type walk struct {
	w      *world
	people []*person
	draw   func(what string, n int) int
	known  []string                                   // ids of organizations, also of deleted ones
	more   func(k *walk, org, letter string) []string // further calls
	now    snapshot
	log    []string
}

func newWalk(w *world, draw func(string, int) int) *walk {
	k := &walk{w: w, draw: draw, known: []string{"", "nowhere"}}
	for _, name := range []string{"ann", "bob", "eve", "joe"} {
		k.people = append(k.people, w.person(name))
	}
	for i, p := range k.people[:2] {
		k.known = append(k.known, p.call("create", `{"name":"N","slug":"start-%d","metadata":{"m":"marker-start-%d-end"}}`, i, i).Want(200).Text("id"))
	}
	w.Change("user", store.Record{"emailVerified": true}, store.Is("id", k.people[1].id))
	w.add(k.known[2], k.people[1], "admin")
	w.add(k.known[2], k.people[2], "member")
	w.add(k.known[3], k.people[2], "member,admin")
	k.people[0].invite(k.known[2], k.people[3].email, "member")
	k.people[1].invite(k.known[3], k.people[3].email, "admin")
	k.people[1].invite(k.known[3], k.people[0].email, "owner")
	k.now = w.snapshot()
	return k
}

func pick[T any](k *walk, what string, list []T) T { return list[k.draw(what, len(list))] }

// letter returns the id of a random invitation, often an open one to this person.
func (k *walk) letter(who *person) string {
	own := slices.DeleteFunc(slices.Sorted(maps.Keys(k.now.letters)), func(id string) bool {
		l := k.now.letters[id]
		return l.status != "pending" || l.email != who.email
	})
	if len(own) > 0 && k.draw("own invitation", 2) == 0 {
		return pick(k, "invitation", own)
	}
	return pick(k, "invitation", append(slices.Sorted(maps.Keys(k.now.letters)), "none"))
}

// request returns a random call, as person.send takes it.
func (k *walk) request(who *person) string {
	org := pick(k, "organization", k.known)
	slug := "start-" + fmt.Sprint(k.draw("slug", 3))
	member := pick(k, "member", append(slices.Sorted(maps.Keys(k.now.members)), "nobody"))
	letter := k.letter(who)
	email := pick(k, "address", k.people).email
	role := pick(k, "role", []string{`"member"`, `"admin"`, `"owner"`, `" owner "`, `["member","admin"]`, `"admin, owner"`, `"ghost"`})
	at := `"organizationId":"` + org + `"`
	more := []string{
		fmt.Sprintf(`create {"name":"N","slug":"s%d","metadata":{"m":"marker-%d-end"}}`, k.draw("slug", 50), len(k.log)),
		fmt.Sprintf(`invite-member {%s,"email":"%s","role":%s}`, at, email, role), fmt.Sprintf(`invite-member {%s,"email":"%s","role":%s}`, at, email, role),
		fmt.Sprintf(`invite-member {%s,"email":"%s","role":%s,"resend":true}`, at, email, role),
		fmt.Sprintf(`update-member-role {%s,"memberId":"%s","role":%s}`, at, member, role), fmt.Sprintf(`update-member-role {"memberId":"%s","role":%s}`, member, role),
		fmt.Sprintf(`remove-member {%s,"memberIdOrEmail":"%s"}`, at, email), fmt.Sprintf(`update {"data":{"slug":"%s"}}`, slug),
		fmt.Sprintf(`accept-invitation {"invitationId":"%s"}`, letter), fmt.Sprintf(`reject-invitation {"invitationId":"%s"}`, letter), "get-invitation?id=" + letter,
		"list", "list-user-invitations", "get-active-member", "get-full-organization", "list-invitations", "list-members",
	}
	if k.more != nil {
		more = append(more, k.more(k, org, letter)...)
	}
	return pick(k, "call", append(more, calls(org, slug, member, letter)...))
}

func (k *walk) step() error {
	if k.draw("wait", 40) == 0 {
		k.w.Advance(20 * time.Hour)
	}
	who := pick(k, "who", k.people)
	request := k.request(who)
	got := who.send(request)
	k.log = append(k.log, fmt.Sprintf("%s: %s: %d", who.email, request, got.Status))
	if got.Status >= 500 {
		return fmt.Errorf("%s: %s", request, got)
	}
	if got.Status == 401 && !who.SignedIn() {
		who.SignIn(who.email)
	}
	j := judge{who: who, request: request, before: k.now, after: k.w.snapshot(), now: k.w.Now()}
	for id := range j.after.orgs {
		if !slices.Contains(k.known, id) {
			k.known = append(k.known, id)
		}
	}
	k.now = j.after
	return j.verdict(got)
}

// judge compares a call with what its caller may do.
type judge struct {
	who           *person
	request       string
	before, after snapshot
	now           time.Time
}

func (j *judge) may(org string, roles ...string) bool { return j.before.has(j.who.id, org, roles...) }

func (j *judge) verdict(got *authtest.Answer) error {
	for id, was := range j.before.whole {
		if is := j.after.whole[id]; is != was && !j.mayChange(id) {
			return fmt.Errorf("changed without a right: %s\n\tto %s", was, is)
		}
	}
	for id, is := range j.after.whole {
		if _, was := j.before.whole[id]; !was && !j.mayAdd(id) {
			return fmt.Errorf("added without a right: %s", is)
		}
	}
	for org := range j.after.orgs {
		owned := false
		for _, m := range j.after.members {
			owned = owned || m.org == org && holds(m.role, "owner")
		}
		if !owned {
			return fmt.Errorf("organization %s has no owner", org)
		}
	}
	if err := j.after.parted(); err != nil {
		return err
	}
	return j.shown(got)
}

// mayChange reports whether the caller may change or remove a row as the call did.
func (j *judge) mayChange(id string) bool {
	if _, isOrg := j.before.orgs[id]; isOrg {
		_, stays := j.after.orgs[id]
		return j.may(id, "owner") || stays && j.may(id, "admin")
	}
	if m, isMember := j.before.members[id]; isMember {
		now, stays := j.after.members[id]
		if _, orgStays := j.after.orgs[m.org]; !orgStays {
			return j.may(m.org, "owner")
		}
		if !stays && m.user == j.who.id {
			return true
		}
		if holds(m.role, "owner") || stays && holds(now.role, "owner") {
			return j.may(m.org, "owner")
		}
		return j.may(m.org, "owner", "admin")
	}
	if b, isPart := j.before.parts[id]; isPart {
		return j.mayTouch(b, j.before.orgOf(b))
	}
	l := j.before.letters[id]
	now, stays := j.after.letters[id]
	if !stays {
		return j.may(l.org, "owner")
	}
	if l.status == "pending" && (now.status == "accepted" || now.status == "rejected") {
		return l.email == j.who.email && (now.status == "rejected" || !l.expires.Before(j.now))
	}
	if now.status != l.status && now.status != "canceled" || now.org != l.org || now.email != l.email || now.role != l.role {
		return false
	}
	resent := !now.expires.Equal(l.expires) && holds(l.role, "owner")
	return j.may(l.org, "owner") || !resent && j.may(l.org, "admin")
}

// mayAdd reports whether the caller may add a row as the call did.
func (j *judge) mayAdd(id string) bool {
	if _, isOrg := j.after.orgs[id]; isOrg {
		return j.after.has(j.who.id, id, "owner")
	}
	if m, isMember := j.after.members[id]; isMember {
		if _, old := j.before.orgs[m.org]; !old {
			return m.user == j.who.id
		}
		for id, l := range j.before.letters {
			if l.org == m.org && l.status == "pending" && j.after.letters[id].status == "accepted" {
				return l.email == j.who.email && m.user == j.who.id && m.role == l.role
			}
		}
		return false
	}
	if b, isPart := j.after.parts[id]; isPart {
		return j.mayTouch(b, j.after.orgOf(b))
	}
	l := j.after.letters[id]
	if l.inviter != j.who.id || l.status != "pending" {
		return false
	}
	return j.may(l.org, "owner") || !holds(l.role, "owner") && j.may(l.org, "admin")
}

// shown returns an error if the answer shows what the caller may not see. Ids that the call names may come back.
func (j *judge) shown(got *authtest.Answer) error {
	shows := func(text string) bool { return strings.Contains(got.Body, text) && !strings.Contains(j.request, text) }
	for _, s := range []snapshot{j.before, j.after} {
		within := func(org string, roles ...string) bool {
			return j.may(org, roles...) || j.after.has(j.who.id, org, roles...)
		}
		for id, metadata := range s.orgs {
			if !within(id) && shows(strings.Trim(metadata, `{":}m`)) {
				return fmt.Errorf("shows organization %s: %s", id, got)
			}
		}
		for id, m := range s.members {
			if !within(m.org) && m.user != j.who.id && shows(id) {
				return fmt.Errorf("shows membership %s: %s", id, got)
			}
		}
		for id, b := range s.parts {
			if !within(s.orgOf(b)) && b.user != j.who.id && shows(id) {
				return fmt.Errorf("shows %s %s: %s", b.model, id, got)
			}
		}
		for id, l := range s.letters {
			seen := within(l.org, "owner") || within(l.org, "admin") && !holds(l.role, "owner") || l.email == j.who.email
			if !seen && shows(id) {
				return fmt.Errorf("shows invitation %s: %s", id, got)
			}
		}
	}
	return nil
}
