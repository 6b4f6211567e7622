package admin

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type updateRequest struct {
	UserID string     `json:"userId"`
	Data   *js.Object `json:"data"`
}

// BodySchema returns the schema of the body.
func (updateRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("userId", schema.String().Coerce().Doc("The user id")),
		schema.Field("data", schema.RecordOf(schema.Any(), schema.Any()).Doc("The user data to update")),
	)
}

func (p *Plugin) updateUser() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "adminUpdateUser", Methods: []string{http.MethodPost}, Path: "/admin/update-user", Session: auth.Public,
		Summary: "Update a user", OpenAPI: document("adminUpdateUser", "Update a user's details", "User updated", userShape()),
	}, p.update, signedIn)
}

func (p *Plugin) update(c *auth.Context, in *updateRequest) (*auth.PublicRow, error) {
	if err := p.demand(c, MayNotUpdateUsers, "user", "update"); err != nil {
		return nil, err
	}
	switch {
	case in.Data.Len() == 0:
		return nil, auth.BadRequest(NoDataToUpdate)
	case has(in.Data, "password"):
		return nil, auth.BadRequest(PasswordCannotBeUpdated)
	case has(in.Data, "id"):
		return nil, auth.BadRequest(UserIDCannotBeUpdated)
	}
	change := store.Record{}
	for name, v := range in.Data.All() {
		change[name] = v
	}
	if err := p.checkChange(c, in.UserID, in.Data, change); err != nil {
		return nil, err
	}
	target, err := find(c, in.UserID)
	if err != nil {
		return nil, err
	}
	bans := js.Truthy(change["banned"])
	if bans && target.ID == c.Session.User.ID {
		return nil, auth.BadRequest(CannotBanYourself)
	}
	user, err := c.Users.Update(auth.Admitted(c), target.ID, change)
	if store.UnlessDropped(err) != nil {
		return nil, err
	}
	if bans {
		if err := c.Sessions.EndAll(c, target.ID); err != nil {
			return nil, err
		}
	}
	p.report(c, target.ID, change)
	return user.Public(), nil
}

// report reports the changes of rights.
func (p *Plugin) report(c *auth.Context, id string, change store.Record) {
	if _, ok := change["role"]; ok {
		c.Emit(auth.Event{Name: UserRoleChanged, UserID: id})
	}
	if banned, ok := change["banned"]; ok {
		name := UserUnbanned
		if js.Truthy(banned) {
			name = UserBanned
		}
		c.Emit(auth.Event{Name: name, UserID: id})
	}
}

// checkChange checks who may change what, and sets the checked values in change.
func (p *Plugin) checkChange(c *auth.Context, id string, data *js.Object, change store.Record) error {
	if role, given := data.Get("role"); given {
		if err := p.demand(c, MayNotChangeRole, "user", "set-role"); err != nil {
			return err
		}
		checked, err := p.checkRoles(role)
		if err != nil {
			return err
		}
		change["role"] = checked
	}
	if setsBan(data) {
		if err := p.demand(c, MayNotBanUsers, "user", "ban"); err != nil {
			return err
		}
		if js.Truthy(change["banned"]) && id == c.Session.User.ID {
			return auth.BadRequest(CannotBanYourself)
		}
	}
	if err := p.checkEmail(c, id, data, change); err != nil {
		return err
	}
	if has(data, "phoneNumber", "phoneNumberVerified") {
		return p.demand(c, MayNotSetPhoneNumber, "user", "set-phone")
	}
	return nil
}

func (p *Plugin) checkEmail(c *auth.Context, id string, data *js.Object, change store.Record) error {
	if !has(data, "email", "emailVerified") {
		return nil
	}
	if err := p.demand(c, MayNotSetEmail, "user", "set-email"); err != nil {
		return err
	}
	given, ok := data.Get("email")
	if !ok {
		return nil
	}
	email := auth.LowerCase(js.String(given))
	if !isEmail(email) {
		return auth.BadRequest(auth.InvalidEmail)
	}
	owner, err := c.Users.FindByEmail(c, email)
	if err != nil {
		return err
	}
	if owner != nil && owner.ID != id {
		return auth.BadRequest(auth.UserAlreadyExistsUseAnotherEmail)
	}
	change["email"] = email
	return nil
}
