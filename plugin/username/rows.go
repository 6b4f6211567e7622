package username

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// beforeCreate checks and normalizes the names of a new user. A user with a username has a display username too.
func (p *Plugin) beforeCreate(ctx context.Context, row store.Record) (store.Record, error) {
	out, err := p.rowNames(ctx, row, "")
	if name := row.Text("username"); err == nil && p.shows() && name != "" && out["displayUsername"] == nil {
		out["displayUsername"] = name
	}
	return out, err
}

// beforeUpdate checks and normalizes the names in a change of a user.
func (p *Plugin) beforeUpdate(ctx context.Context, change store.Record) (store.Record, error) {
	owner := change.Text("id")
	if c := auth.From(ctx); c != nil && c.Session != nil {
		owner = c.Session.User.ID
	}
	return p.rowNames(ctx, change, owner)
}

// rowNames returns the normalized names of a row, after checking them. owner is the id of the user who may have the
// name already; "" for a new user.
func (p *Plugin) rowNames(ctx context.Context, row store.Record, owner string) (store.Record, error) {
	out := store.Record{}
	name, err := p.rowUsername(ctx, row, owner)
	if err != nil {
		return nil, err
	}
	if name != "" {
		if out["username"], err = p.normalized(ctx, name); err != nil {
			return nil, err
		}
	}
	if display := row.Text("displayUsername"); p.shows() && display != "" {
		if out["displayUsername"], err = p.displayed(ctx, display); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rowUsername returns the username in a row, or "". It checks the names, unless the request with them was checked.
func (p *Plugin) rowUsername(ctx context.Context, row store.Record, owner string) (string, error) {
	given := row["username"]
	if _, absent := given.(js.Undefined); given == nil || absent {
		return "", nil
	}
	name, isText := given.(string)
	if !isText {
		return "", auth.BadRequest(InvalidUsername)
	}
	if c := auth.From(ctx); name == "" || c != nil && (c.Route.Path == signUpPath || c.Route.Path == updatePath) {
		return name, nil
	}
	flaw, err := p.flaw(ctx, name)
	if err != nil {
		return "", err
	}
	if flaw != nil {
		return "", auth.BadRequest(*flaw)
	}
	stored, err := p.normalized(ctx, name)
	if err != nil {
		return "", err
	}
	other, err := p.auth.Users.FindBy(ctx, "username", stored)
	if err != nil {
		return "", err
	}
	if other != nil && other.ID != owner {
		return "", auth.BadRequest(UsernameIsAlreadyTaken)
	}
	if display := row["displayUsername"]; js.Truthy(display) {
		err = p.checkDisplay(ctx, display)
	}
	return name, err
}
