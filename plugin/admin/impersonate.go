package admin

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// While an administrator is signed in as somebody else, a signed cookie holds the token of their own session, a colon,
// and whether that ends with the browser.

func (p *Plugin) impersonate() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "impersonateUser", Methods: []string{http.MethodPost}, Path: "/admin/impersonate-user", Session: auth.Public,
		Summary: "Impersonate a user", OpenAPI: document("impersonateUser", "Impersonate a user", "Impersonation session created", sessionShape()),
	}, func(c *auth.Context, in *userIDRequest) (*auth.SessionAnswer, error) {
		if err := p.demand(c, MayNotImpersonate, "user", "impersonate"); err != nil {
			return nil, err
		}
		target, err := find(c, in.UserID)
		if err != nil {
			return nil, err
		}
		if p.isAdmin(target) && !p.mayImpersonateAdmins(c.Session.User) {
			return nil, auth.Forbidden(CannotImpersonateAdmins)
		}
		return p.signInAs(c, target)
	}, signedIn)
}

// isAdmin reports whether a user is one of those whom not everybody may impersonate.
func (p *Plugin) isAdmin(user *auth.User) bool {
	return slices.Contains(p.opts.AdminUserIDs, user.ID) ||
		slices.ContainsFunc(p.rolesOf(user.Extra.Text("role")), func(role string) bool { return slices.Contains(p.adminRoles, role) })
}

func (p *Plugin) mayImpersonateAdmins(user *auth.User) bool {
	return p.opts.AllowImpersonatingAdmins || p.allowed(user.ID, user.Extra.Text("role"), access.Need("user", "impersonate-admins"))
}

// signInAs starts a session of the user for the caller, and remembers the caller's own.
func (p *Plugin) signInAs(c *auth.Context, user *auth.User) (*auth.SessionAnswer, error) {
	own := c.Session.Session
	session, err := c.SignIn(user, auth.SignIn{
		Method: "impersonation", Remember: auth.ForgetOnClose, Continues: own, NoCookies: true,
		Life:   time.Duration(p.opts.ImpersonationSessionDuration) * time.Second,
		Fields: store.Record{"impersonatedBy": c.Session.User.ID},
	})
	if errors.Is(err, store.ErrDropped) {
		return nil, auth.Internal(auth.FailedToCreateUser)
	}
	if err != nil {
		return nil, err
	}
	_, forget := c.SignedCookie(c.CookieNamed("dont_remember", nil).Name)
	value := own.Token + ":"
	if forget {
		value += "true"
	}
	if err := c.DeleteSessionCookie(); err != nil {
		return nil, err
	}
	if err := c.SetSignedCookie(adminCookie(c).Name, value, sessionAttributes(c)); err != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: UserImpersonated, UserID: user.ID, SessionID: session.ID})
	return &auth.SessionAnswer{Session: session.Public(), User: user.Public()},
		c.SetSessionCookie(auth.SignedIn{Session: session, User: user}, auth.ForgetOnClose)
}

func adminCookie(c *auth.Context) cookie.Cookie { return c.CookieNamed("admin_session", nil) }

// sessionAttributes returns the attributes of the session cookie.
func sessionAttributes(c *auth.Context) cookie.Attributes {
	age := int(c.ExpiresIn().Seconds())
	return c.CookieNamed("session_token", &age).Attributes
}

func (p *Plugin) stopImpersonating() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "stopImpersonating", Methods: []string{http.MethodPost}, Path: "/admin/stop-impersonating", Session: auth.Public,
		NeedHeaders: true, OpenAPI: js.NewObject(),
	}, stop)
}

func stop(c *auth.Context, _ *auth.None) (*auth.SessionAnswer, error) {
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, auth.Fail(http.StatusUnauthorized, auth.Code{})
	}
	by := s.Session.Extra.Text("impersonatedBy")
	if by == "" {
		return nil, auth.Status(http.StatusBadRequest, "You are not impersonating anyone")
	}
	administrator, err := c.Users.FindBy(c, "id", by)
	if err != nil {
		return nil, err
	}
	if administrator == nil {
		return nil, auth.Status(http.StatusInternalServerError, "Failed to find user")
	}
	own, forget, err := ownSession(c)
	if err != nil {
		return nil, err
	}
	if own == nil || own.Session.UserID != administrator.ID {
		return nil, auth.Status(http.StatusInternalServerError, "Failed to find admin session")
	}
	if err := c.Sessions.End(c, s.Session.Token); err != nil {
		return nil, err
	}
	if err := c.SetSessionCookie(*own, auth.RememberIf(!forget)); err != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: ImpersonationStopped, UserID: s.User.ID, ActorID: administrator.ID, SessionID: s.Session.ID})
	return &auth.SessionAnswer{Session: own.Session.Public(), User: own.User.Public()}, c.ExpireCookie(adminCookie(c))
}

// ownSession returns the administrator's session that the cookie names, or nil, and whether it ends with the browser.
func ownSession(c *auth.Context) (s *auth.SignedIn, forget bool, err error) {
	value, ok := c.SignedCookie(adminCookie(c).Name)
	if !ok {
		return nil, false, nil
	}
	token, rest, _ := strings.Cut(value, ":")
	s, err = c.Sessions.Find(c, token)
	return s, rest != "", err
}
