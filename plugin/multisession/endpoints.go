package multisession

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

var list = auth.Handle(auth.Route{
	ID: "listDeviceSessions", Methods: []string{http.MethodGet}, Path: "/multi-session/list-device-sessions", Session: auth.Public,
	NeedHeaders: true, OpenAPI: js.NewObject(),
}, func(c *auth.Context, _ *auth.None) (*[]*auth.SessionAnswer, error) {
	out := []*auth.SessionAnswer{}
	cookies, _ := holds(c)
	sessions, err := live(c, cookies)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, s := range sessions {
		if !seen[s.User.ID] {
			seen[s.User.ID] = true
			out = append(out, answerOf(s))
		}
	}
	return &out, nil
})

func answerOf(s *auth.SignedIn) *auth.SessionAnswer {
	return &auth.SessionAnswer{Session: s.Session.Public(), User: s.User.Public()}
}

type setActiveRequest struct {
	SessionToken string `json:"sessionToken" doc:"The session token to set as active"`
}

var setActive = auth.Handle(auth.Route{
	ID: "setActiveSession", Methods: []string{http.MethodPost}, Path: "/multi-session/set-active", Session: auth.Public,
	NeedHeaders: true, Summary: "Set the active session",
	OpenAPI: auth.Described("", "Set the active session", js.Obj("type", "object", "properties", js.Obj(
		"session", js.Obj("$ref", "#/components/schemas/Session"),
	))),
}, func(c *auth.Context, in *setActiveRequest) (*auth.SessionAnswer, error) {
	k := cookieOf(c, in.SessionToken)
	token, ok := c.SignedCookie(k.Name)
	if !ok {
		return nil, auth.Unauthorized(InvalidSessionToken)
	}
	s, err := c.Sessions.Find(c, token)
	if err != nil {
		return nil, err
	}
	if s == nil || s.Session.ExpiresAt.Before(c.Now()) {
		if err := c.ExpireCookie(k); err != nil {
			return nil, err
		}
		return nil, auth.Unauthorized(InvalidSessionToken)
	}
	return answerOf(s), c.SetSessionCookie(*s, auth.RememberAsBefore)
})

type revokeRequest struct {
	SessionToken string `json:"sessionToken" doc:"The session token to revoke"`
}

type statusAnswer struct {
	Status bool `json:"status"`
}

var revoke = auth.Handle(auth.Route{
	ID: "revokeDeviceSession", Methods: []string{http.MethodPost}, Path: "/multi-session/revoke", Session: auth.RequireSession,
	NeedHeaders: true, Summary: "Revoke a device session",
	OpenAPI: auth.Described("", "Revoke a device session", js.Obj("type", "object", "properties", js.Obj(
		"status", js.Obj("type", "boolean"),
	))),
}, func(c *auth.Context, in *revokeRequest) (*statusAnswer, error) {
	k := cookieOf(c, in.SessionToken)
	token, ok := c.SignedCookie(k.Name)
	if !ok {
		return nil, auth.Unauthorized(InvalidSessionToken)
	}
	if err := c.Sessions.End(c, token); err != nil {
		return nil, err
	}
	if err := c.ExpireCookie(k); err != nil {
		return nil, err
	}
	if c.Session.Session.Token != token {
		return &statusAnswer{true}, nil
	}
	return &statusAnswer{true}, activateAnother(c)
})

// activateAnother activates the first of the other sessions that the browser holds. If there is none, nobody is signed
// in any more.
func activateAnother(c *auth.Context) error {
	cookies, _ := holds(c)
	sessions, err := live(c, cookies)
	if err != nil {
		return err
	}
	if len(sessions) == 0 {
		return c.DeleteSessionCookie()
	}
	return c.SetSessionCookie(*sessions[0], auth.RememberAsBefore)
}
