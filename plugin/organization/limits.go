package organization

import (
	"encoding/json"
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Limit is an option that is a number or a callback. The zero value is not set.
type Limit[In any] struct {
	Max  *int
	Func callback.Func[In, int]
}

// The limits of the options.
type (
	MembershipLimit = Limit[MembershipRequest]
	InvitationLimit = Limit[InvitationLimitRequest]
	TeamLimit       = Limit[TeamLimitRequest]
	TeamMemberLimit = Limit[TeamMemberLimitRequest]
	RoleLimit       = Limit[RoleLimitRequest]
)

// UnmarshalJSON reads a number or a webhook.
func (l *Limit[In]) UnmarshalJSON(text []byte) error {
	var n float64
	if json.Unmarshal(text, &n) == nil {
		if n < 0 || n != float64(int(n)) {
			return errors.New("must be a whole number, and not negative")
		}
		l.Max = new(int(n))
		return nil
	}
	return l.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (l *Limit[In]) BindCallback(event string, caller *callback.Caller) error {
	return l.Func.BindCallback(event, caller)
}

// OptionShape implements [option.Shaper].
func (Limit[In]) OptionShape() option.Shape { return option.Shape{Number: true, Callback: true} }

// of returns the limit; ok is false if none is set.
func (l *Limit[In]) of(c *auth.Context, in In) (n int, ok bool, err error) {
	switch {
	case l.Func != nil:
		n, err = l.Func(c, in)
		return n, true, auth.FromCallback(err)
	case l.Max != nil:
		return *l.Max, true, nil
	}
	return 0, false, nil
}

// MembershipRequest is the argument of membershipLimit: who joins what.
type MembershipRequest struct {
	User         *auth.User    `arg:"0"`
	Organization *Organization `arg:"1"`
}

// InvitationLimitRequest is the argument of invitationLimit: who invites to what.
type InvitationLimitRequest struct {
	User         *auth.User
	Organization *Organization
	Member       *Member // the user's
	Call         *auth.Context
}

// Arguments implements [callback.Arguer].
func (r InvitationLimitRequest) Arguments() []any {
	about := js.Obj("$type", "authcontext", "baseURL", "")
	if r.Call != nil {
		about.Set("baseURL", r.Call.BaseURL)
	}
	return []any{js.Obj("user", object(r.User.Record()), "organization", r.Organization.Arguments()[0], "member", r.Member.Arguments()[0]), about}
}

// TeamLimitRequest is the argument of teams.maximumTeams. Session is nil for calls without one.
type TeamLimitRequest struct {
	OrganizationID string
	Session        *auth.SignedIn
	Call           *auth.Context
}

// Arguments implements [callback.Arguer].
func (r TeamLimitRequest) Arguments() []any {
	about := js.Obj("organizationId", r.OrganizationID, "session", nil)
	if r.Session != nil {
		about.Set("session", r.Session.Object())
	}
	if r.Call == nil {
		return []any{about}
	}
	return []any{about, r.Call.Described()}
}

// TeamMemberLimitRequest is the argument of teams.maximumMembersPerTeam.
type TeamMemberLimitRequest struct {
	TeamID         string
	Session        auth.SignedIn
	OrganizationID string
}

// Arguments implements [callback.Arguer].
func (r TeamMemberLimitRequest) Arguments() []any {
	return []any{js.Obj("teamId", r.TeamID, "session", r.Session.Object(), "organizationId", r.OrganizationID)}
}

// RoleLimitRequest is the argument of dynamicAccessControl.maximumRolesPerOrganization.
type RoleLimitRequest struct {
	OrganizationID string `arg:"0"`
}

// CreateRule is the option allowUserToCreateOrganization: true, false or a callback.
type CreateRule struct {
	Allowed *bool
	Func    callback.Func[UserRequest, bool]
}

// UserRequest is the argument of callbacks about a user.
type UserRequest struct {
	User *auth.User `arg:"0"`
}

// UnmarshalJSON reads true, false or a webhook.
func (r *CreateRule) UnmarshalJSON(text []byte) error {
	var allowed bool
	if json.Unmarshal(text, &allowed) == nil {
		r.Allowed = &allowed
		return nil
	}
	return r.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (r *CreateRule) BindCallback(event string, caller *callback.Caller) error {
	return r.Func.BindCallback(event, caller)
}

// OptionShape implements [option.Shaper].
func (CreateRule) OptionShape() option.Shape { return option.Shape{Bool: true, Callback: true} }

func (r *CreateRule) allows(c *auth.Context, user *auth.User) (bool, error) {
	if r.Func == nil {
		return r.Allowed == nil || *r.Allowed, nil
	}
	allowed, err := r.Func(c, UserRequest{user})
	return allowed, auth.FromCallback(err)
}

// OrganizationLimit is the option organizationLimit: a number, or a callback that reports whether the user has reached
// the limit.
type OrganizationLimit struct {
	Max  *int
	Func callback.Func[UserRequest, bool]
}

// UnmarshalJSON reads a number or a webhook.
func (l *OrganizationLimit) UnmarshalJSON(text []byte) error {
	var n Limit[UserRequest]
	if json.Unmarshal(text, &n.Max) == nil {
		err := n.UnmarshalJSON(text)
		l.Max = n.Max
		return err
	}
	return l.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (l *OrganizationLimit) BindCallback(event string, caller *callback.Caller) error {
	return l.Func.BindCallback(event, caller)
}

// OptionShape implements [option.Shaper].
func (OrganizationLimit) OptionShape() option.Shape {
	return option.Shape{Number: true, Callback: true}
}

// DefaultTeamRequest is the argument of teams.defaultTeam.customCreateDefaultTeam.
type DefaultTeamRequest struct {
	Organization *Organization `arg:"0"`
	Call         *auth.Context `arg:"1"`
}
