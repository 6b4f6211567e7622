package admin

import (
	"errors"
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type createRequest struct {
	Email    string     `json:"email"`
	Password string     `json:"password"`
	Name     string     `json:"name"`
	Role     any        `json:"role"` // nil if there is none
	Data     *js.Object `json:"data"`
}

// BodySchema returns the schema of the body.
func (createRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("email", schema.String().Doc("The email of the user")),
		schema.Field("password", schema.String().Optional().Doc("The password of the user. If not provided, the user will be created without a credential account (useful for magic link or social login only users).")),
		schema.Field("name", schema.String().Doc("The name of the user")),
		schema.Field("role", roleSchema("The role of the user", "The roles of user").Optional().Doc(`A string or array of strings representing the roles to apply to the new user. Eg: "user"`)),
		schema.Field("data", schema.Record(schema.Any()).Optional().Doc("Extra fields for the user. Including custom additional fields.")),
	)
}

func (p *Plugin) createUser() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "createUser", Methods: []string{http.MethodPost}, Path: "/admin/create-user", Session: auth.Public,
		Summary: "Create a new user", OpenAPI: document("createUser", "Create a new user", "User created", userShape()),
	}, p.create, maybeSignedIn)
}

func (p *Plugin) create(c *auth.Context, in *createRequest) (*userAnswer, error) {
	if err := p.demandOfClient(c, MayNotCreateUsers, "user", "create"); err != nil {
		return nil, err
	}
	row, err := p.newRow(c, in)
	if err != nil {
		return nil, err
	}
	email := auth.LowerCase(in.Email)
	if !isEmail(email) {
		return nil, auth.BadRequest(auth.InvalidEmail)
	}
	if in.Password != "" {
		if err := c.CheckPasswordNotTooLong(in.Password); err != nil {
			return nil, err
		}
	}
	taken, err := c.Users.FindByEmail(c, email)
	if err != nil {
		return nil, err
	}
	if taken != nil {
		return nil, auth.BadRequest(auth.UserAlreadyExistsUseAnotherEmail)
	}
	var hash string
	if in.Password != "" {
		if hash, err = c.Passwords.Hash(c, in.Password); err != nil {
			return nil, err
		}
	}
	row["email"], row["name"] = email, in.Name
	user, err := insert(c, row, hash)
	if err != nil {
		return nil, err
	}
	return &userAnswer{user.Public()}, nil
}

// newRow returns the row of a new user without address and name, after the checks of who may set what.
func (p *Plugin) newRow(c *auth.Context, in *createRequest) (store.Record, error) {
	row := store.Record{}
	for name, v := range in.Data.All() {
		row[name] = v
	}
	role := in.Role
	if of, given := in.Data.Get("role"); role == nil && given {
		role = of
	}
	_, given := in.Data.Get("role")
	row["role"] = p.opts.DefaultRole
	if in.Role != nil || given {
		if err := p.demandOfClient(c, MayNotChangeRole, "user", "set-role"); err != nil {
			return nil, err
		}
		checked, err := p.checkRoles(role)
		if err != nil {
			return nil, err
		}
		row["role"] = checked
	}
	if setsBan(in.Data) {
		if err := p.demandOfClient(c, MayNotBanUsers, "user", "ban"); err != nil {
			return nil, err
		}
	}
	// The id of an administrator who was removed would bring its rights back.
	if id, _ := in.Data.Get("id"); c.Session != nil && slices.Contains(p.opts.AdminUserIDs, js.String(id)) &&
		!slices.Contains(p.opts.AdminUserIDs, c.Session.User.ID) {
		return nil, auth.Forbidden(MayNotCreateUsers)
	}
	return row, nil
}

// insert creates the user and, if there is a password, the account that has it, in one transaction.
func insert(c *auth.Context, row store.Record, hash string) (user *auth.User, err error) {
	err = c.Tx(func(c *auth.Context) error {
		if user, err = c.Users.Create(auth.Admitted(c), row, "admin"); err != nil {
			return err
		}
		c.Emit(auth.Event{Name: auth.UserCreated, UserID: user.ID, Method: "admin"})
		if hash == "" {
			return nil
		}
		return store.UnlessDropped(c.Accounts.LinkPassword(c, user.ID, hash))
	})
	switch {
	case errors.Is(err, store.ErrDropped):
		return nil, auth.Internal(auth.FailedToCreateUser)
	case errors.Is(err, store.ErrConflict):
		taken, lookErr := c.Users.FindByEmail(c, row.Text("email"))
		if lookErr == nil && taken != nil { // created by another call meanwhile
			return nil, auth.BadRequest(auth.UserAlreadyExistsUseAnotherEmail)
		}
	}
	return user, err
}

func isEmail(s string) bool {
	_, issues := schema.String().Email().Check(s)
	return len(issues) == 0
}

// setsBan reports whether data has a field of bans.
func setsBan(data *js.Object) bool { return has(data, "banned", "banReason", "banExpires") }

// has reports whether data has one of the members.
func has(data *js.Object, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		_, given := data.Get(name)
		return given
	})
}
