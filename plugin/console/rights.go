package console

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// enter is the guard of every endpoint. The session is read from the store, so that a role that was taken away and a
// session that was ended count at once. Somebody who impersonates a user is refused, also if that is an administrator.
func (p *Plugin) enter(c *auth.Context) error {
	s, err := c.StoredSession()
	switch {
	case err != nil:
		return err
	case s == nil:
		return auth.Unauthorized(auth.NotSignedIn)
	case s.Session.Extra.Text("impersonatedBy") != "":
		return auth.Forbidden(Impersonating)
	case !p.mayEnter(s.User):
		return auth.Forbidden(AccessDenied)
	}
	return nil
}

func (p *Plugin) mayEnter(user *auth.User) bool {
	if len(p.opts.Role) > 0 {
		return p.admin.HasRole(user, p.opts.Role...)
	}
	return p.admin.May(user, "user", "list")
}

// may returns the guard for a permission of the plugin admin.
func (p *Plugin) may(resource, action string) auth.Guard {
	return func(c *auth.Context) error {
		if !p.admin.May(c.Session.User, resource, action) {
			return auth.Forbidden(ActionDenied)
		}
		return nil
	}
}

// administrator is the guard of what concerns the whole server, for which the plugin admin has no permission.
func (p *Plugin) administrator(c *auth.Context) error {
	if !p.admin.IsAdministrator(c.Session.User) {
		return auth.Forbidden(ActionDenied)
	}
	return nil
}

// rights say what the caller may do, so that a page offers nothing else.
type rights struct {
	GetUser   bool `json:"getUser"`
	SendReset bool `json:"sendReset"`
	APIKeys   bool `json:"apiKeys"`
	Keys      bool `json:"keys"`
	Mail      bool `json:"mail"`
	Clients   bool `json:"clients"`
	Consents  bool `json:"consents"`
}

func (p *Plugin) rightsOf(user *auth.User) rights {
	server := p.admin.IsAdministrator(user)
	return rights{
		GetUser: p.admin.May(user, "user", "get"), SendReset: p.admin.May(user, "user", "set-password"),
		APIKeys: p.admin.May(user, "user", "update"), Keys: server, Mail: server, Clients: server,
		Consents: p.admin.May(user, "session", "revoke"),
	}
}

// userRights say what the caller may do with a user by the endpoints of the plugin admin.
type userRights struct {
	Update         bool `json:"update"`
	SetRole        bool `json:"setRole"`
	SetEmail       bool `json:"setEmail"`
	SetPassword    bool `json:"setPassword"`
	Ban            bool `json:"ban"`
	Impersonate    bool `json:"impersonate"`
	Remove         bool `json:"remove"`
	ListSessions   bool `json:"listSessions"`
	RevokeSessions bool `json:"revokeSessions"`
	SendReset      bool `json:"sendReset"`
}

// rightsOver returns what a user may do with another one, or with themselves.
func (p *Plugin) rightsOver(user, target *auth.User) userRights {
	may := func(action string) bool { return p.admin.May(user, "user", action) }
	other := user.ID != target.ID
	return userRights{
		Update: may("update"), SetRole: may("set-role"), SetEmail: may("set-email"), SetPassword: may("set-password"), Ban: may("ban") && other,
		Impersonate: other && p.admin.MayImpersonate(user, target), Remove: may("delete") && other,
		ListSessions: p.admin.May(user, "session", "list"), RevokeSessions: p.admin.May(user, "session", "revoke"), SendReset: may("set-password"),
	}
}

// read declares an endpoint that only reads.
func read[Req, Resp any](p *Plugin, id, path, summary string, fn func(c *auth.Context, in *Req) (*Resp, error), guards ...auth.Guard) auth.Endpoint {
	return declare(p, http.MethodGet, id, path, summary, fn, guards)
}

// act declares an endpoint that does something. Requests of other sites are refused by the server's origin check.
func act[Req, Resp any](p *Plugin, id, path, summary string, fn func(c *auth.Context, in *Req) (*Resp, error), guards ...auth.Guard) auth.Endpoint {
	return declare(p, http.MethodPost, id, path, summary, fn, guards)
}

func declare[Req, Resp any](p *Plugin, method, id, path, summary string, fn func(c *auth.Context, in *Req) (*Resp, error), guards []auth.Guard) auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: id, Methods: []string{method}, Path: "/console" + path, Session: auth.Public, NoStore: true, Summary: summary,
	}, fn, append([]auth.Guard{p.enter}, guards...)...)
}

type successAnswer struct {
	Success bool `json:"success"`
}

type idRequest struct {
	ID string `json:"id" minLength:"1" maxLength:"200"`
}
