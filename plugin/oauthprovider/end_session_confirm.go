package oauthprovider

import (
	"errors"
	"math"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	confirmPath  = "/oauth2/end-session/confirm"
	confirmLife  = 300 // seconds
	confirmAfter = ".oauth_logout_confirmation"
)

// logoutState is what the user is asked to confirm. The browser keeps it, signed, in a cookie.
type logoutState struct {
	SessionID string // "" for any
	ClientID  string
	Redirect  string // registered by the client; "" for none
	State     *string
	Wrong     bool // the client asked for an address that it has not registered
	ExpiresAt float64
}

// pending returns where the browser goes once the user has confirmed.
func (in logoutRequest) pending(client *Client) logoutState {
	to := text(in.redirect)
	if to == "" {
		return logoutState{}
	}
	if _, wrong := client.logoutRedirect(to, in.state); wrong {
		return logoutState{Wrong: true}
	}
	return logoutState{ClientID: client.ClientID, Redirect: to, State: in.state}
}

// askLogout answers with a page that asks the user. current may be nil. A program cannot ask; it gets an error.
func (p *Plugin) askLogout(c *auth.Context, current *auth.SignedIn, asked logoutState) (any, error) {
	if !isNavigation(c) {
		if current == nil {
			return refuseLogout(c, http.StatusBadRequest, invalidRequest, "No active session is available for logout")
		}
		return refuseLogout(c, http.StatusBadRequest, invalidRequest, "User confirmation is required to complete logout")
	}
	if current != nil {
		asked.SessionID = current.Session.ID
	}
	asked.ExpiresAt = float64(c.Now().UnixMilli() + confirmLife*1000)
	k := confirmCookie(c, confirmLife)
	if err := c.SetSignedCookie(k.Name, string(js.Marshal(asked.object())), k.Attributes); err != nil {
		return nil, err
	}
	return confirmPage(c), nil
}

func (s logoutState) object() *js.Object {
	o := js.NewObject()
	set := func(name, v string) {
		if v != "" {
			o.Set(name, v)
		}
	}
	set("sessionId", s.SessionID)
	set("clientId", s.ClientID)
	set("postLogoutRedirectUri", s.Redirect)
	if s.State != nil {
		o.Set("state", *s.State)
	}
	if s.Wrong {
		o.Set("redirectInvalid", true)
	}
	o.Set("expiresAt", s.ExpiresAt)
	return o
}

func confirmURL(c *auth.Context) string { return c.BaseURL + confirmPath }

// confirmCookie returns the cookie of a logoutState. Only the endpoint that confirms receives it.
func confirmCookie(c *auth.Context, age int) cookie.Cookie {
	k := c.CookieNamed("session_token", &age)
	k.Name = c.SessionTokenName() + confirmAfter
	k.Attributes.HttpOnly, k.Attributes.SameSite, k.Attributes.Path = true, "lax", confirmPath
	if path, ok := origin.Path(confirmURL(c)); ok {
		k.Attributes.Path = path
	}
	return k
}

func clearLogoutState(c *auth.Context) error {
	k := confirmCookie(c, 0)
	return c.SetCookie(k.Name, "", k.Attributes)
}

// readLogoutState returns what the user was asked, or nil.
func readLogoutState(c *auth.Context) *logoutState {
	value, ok := c.SignedCookie(c.SessionTokenName() + confirmAfter)
	if !ok {
		return nil
	}
	v, err := js.Parse([]byte(value))
	if err != nil {
		return nil
	}
	checked, issues := logoutStateSchema().Check(v)
	o, isObject := checked.(*js.Object)
	if len(issues) > 0 || !isObject {
		return nil
	}
	member := func(name string) string {
		v, _ := o.Get(name)
		s, _ := v.(string)
		return s
	}
	s := &logoutState{SessionID: member("sessionId"), ClientID: member("clientId"), Redirect: member("postLogoutRedirectUri")}
	if o.Has("state") {
		state := member("state")
		s.State = &state
	}
	wrong, _ := o.Get("redirectInvalid")
	s.Wrong, _ = wrong.(bool)
	ends, _ := o.Get("expiresAt")
	s.ExpiresAt, _ = ends.(float64)
	if s.Redirect != "" && s.ClientID == "" || math.IsNaN(s.ExpiresAt) || s.ExpiresAt <= float64(c.Now().UnixMilli()) {
		return nil
	}
	return s
}

func logoutStateSchema() *schema.Schema {
	filled := schema.String().Min(1).Optional()
	return schema.Object(
		schema.Field("sessionId", filled), schema.Field("clientId", filled), schema.Field("postLogoutRedirectUri", filled),
		schema.Field("state", schema.String().Optional()), schema.Field("redirectInvalid", schema.Boolean().Optional()),
		schema.Field("expiresAt", schema.Number()),
	)
}

type confirmRequest struct{}

// BodySchema returns the schema of the body.
func (confirmRequest) BodySchema() *schema.Schema {
	return schema.Object(schema.Field("action", schema.Literal("confirm")))
}

func (p *Plugin) confirmEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oauth2EndSessionConfirmation", Methods: []string{http.MethodPost}, Path: confirmPath, Session: auth.Public, Hidden: true,
		MediaTypes: formOnly(), NoStore: true, Invalid: invalid(invalidRequest, nil),
		OpenAPI: js.NewObject(), // as the reference, which describes nothing of it
	}, func(c *auth.Context, _ *confirmRequest) (*any, error) {
		answer, err := p.confirmLogout(c)
		return &answer, err
	})
}

// confirmLogout ends the session that the user was asked about.
func (p *Plugin) confirmLogout(c *auth.Context) (any, error) {
	asked := readLogoutState(c)
	current, err := browserSession(c)
	if err != nil {
		return nil, err
	}
	if asked == nil || current != nil && asked.SessionID != "" && asked.SessionID != current.Session.ID {
		return refuseLogout(c, http.StatusBadRequest, invalidRequest, "The logout confirmation is invalid or expired")
	}
	to, wrong, err := p.confirmedRedirect(c, asked)
	if err != nil {
		return nil, err
	}
	if current != nil {
		if err := signOut(c, current.Session.Token, current.Session.ID, current.User.ID); err != nil {
			return nil, err
		}
		if err := c.DeleteSessionCookie(); err != nil {
			return nil, err
		}
	}
	if err := clearLogoutState(c); err != nil {
		return nil, err
	}
	if current == nil && to == "" && !isNavigation(c) {
		return refuseLogout(c, http.StatusBadRequest, invalidRequest, "No active session is available for logout")
	}
	return loggedOut(c, to, wrong)
}

// confirmedRedirect returns where the browser goes, if the client may still ask for it.
func (p *Plugin) confirmedRedirect(c *auth.Context, asked *logoutState) (to string, wrong bool, err error) {
	if asked.Wrong {
		return "", true, nil
	}
	if asked.ClientID == "" || asked.Redirect == "" {
		return "", false, nil
	}
	client, err := p.client(c, asked.ClientID)
	if errors.Is(err, store.ErrNotFound) {
		return "", true, nil
	}
	if err != nil {
		return "", false, err
	}
	if is(client.Disabled) || !is(client.EnableEndSession) {
		return "", true, nil
	}
	to, wrong = client.logoutRedirect(asked.Redirect, asked.State)
	return to, wrong, nil
}
