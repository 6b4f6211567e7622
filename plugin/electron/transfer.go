package electron

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// request is what an application asks for: a code for the user who signs in, bound to its state and its PKCE challenge.
type request struct {
	ClientID      string `json:"client_id"`
	CodeChallenge string `json:"code_challenge"`
	State         string `json:"state"`
}

// requestOf reads a request from the members of a query or a cookie. ok is false if one is missing or empty.
func requestOf(o *js.Object) (r request, ok bool) {
	if o == nil {
		return r, false
	}
	text := func(name string) string {
		v, _ := o.Get(name)
		s, _ := v.(string)
		return s
	}
	r = request{text("client_id"), text("code_challenge"), text("state")}
	return r, r.ClientID != "" && r.CodeChallenge != "" && r.State != ""
}

// asked is a row: a code that waits for its application.
type asked struct {
	UserID        string `json:"userId"`
	CodeChallenge string `json:"codeChallenge"`
	State         string `json:"state"`
}

func (p *Plugin) tokens() auth.Tokens {
	return auth.Tokens{Prefix: "electron:", TTL: time.Duration(p.opts.CodeExpiresIn) * time.Second}
}

// issue stores a code for a user and sets the cookie from which the page reads it. It returns "" if the request is
// that of another application.
func (p *Plugin) issue(c *auth.Context, userID string, r request) (code string, err error) {
	switch {
	case r.ClientID != p.opts.ClientID:
		return "", nil
	case r.State == "":
		return "", auth.BadRequest(MissingState)
	case r.CodeChallenge == "":
		return "", auth.BadRequest(MissingPKCE)
	}
	code = secret.ID(32)
	if err := p.tokens().Put(c, code, string(js.Marshal(asked{userID, r.CodeChallenge, r.State}))); err != nil {
		return "", err
	}
	told := js.Marshal(js.Obj("identifier", code, "state", r.State))
	k := c.CookieNamed("session_token", nil)
	k.Attributes.MaxAge, k.Attributes.HttpOnly = &p.opts.RedirectCookieExpiresIn, false
	return code, c.SetCookie(p.opts.CookiePrefix+"."+p.opts.ClientID, base64.URLEncoding.EncodeToString(told), k.Attributes)
}

// pending returns the cookie that keeps a request while the browser signs in.
func (p *Plugin) pending(c *auth.Context) cookie.Cookie {
	return c.CookieNamed("transfer_token", &p.opts.CodeExpiresIn)
}

// elsewhere reports whether a session began at a path other than those of transfer.
func elsewhere(c *auth.Context) bool {
	if c.NewSession == nil {
		return false
	}
	for _, pattern := range signsIn {
		if strings.HasPrefix(c.Route.Path, strings.TrimSuffix(pattern, "*")) {
			return false
		}
	}
	return true
}

// keepTransfer gives the browser more time if a session begins that does not end the sign-in.
func (p *Plugin) keepTransfer(c *auth.Context) error {
	kept, ok := c.SignedCookie(p.opts.CookiePrefix + ".transfer_token")
	if !ok || kept == "" {
		return nil
	}
	k := p.pending(c)
	return c.SetSignedCookie(k.Name, kept, k.Attributes)
}

// transfer adds a code to the answer of a sign-in that an application asked for. If the sign-in takes several calls,
// a cookie keeps the request until the session begins.
func (p *Plugin) transfer(c *auth.Context) error {
	r, given := requestOf(c.Query)
	given = given && r.ClientID == p.opts.ClientID
	begins := strings.HasPrefix(c.Route.Path, "/sign-in") || strings.HasPrefix(c.Route.Path, "/sign-up")
	k := p.pending(c)
	if given && begins {
		if err := c.SetSignedCookie(k.Name, string(js.Marshal(r)), k.Attributes); err != nil {
			return err
		}
	}
	if c.NewSession == nil {
		return nil
	}
	if err := c.SetCookie(k.Name, "", k.Expired().Attributes); err != nil {
		return err
	}
	if kept, ok := c.SignedCookie(k.Name); ok && kept != "" {
		o, _ := parsed(kept)
		r, given = requestOf(o)
	}
	if !given {
		return nil
	}
	code, err := p.issue(c, c.NewSession.User.ID, r)
	if err != nil || code == "" {
		return err
	}
	return answerWith(c, code)
}

// answerWith adds the code to an answer in JSON. Redirects and errors stay as they are; the page finds the code in
// the cookie.
func answerWith(c *auth.Context, code string) error {
	if _, failed := c.Returned.(*auth.Error); failed {
		return nil
	}
	answer, ok := parsed(string(js.Marshal(c.Returned)))
	if !ok {
		answer = js.NewObject()
	}
	answer.Set("electron_authorization_code", code)
	c.Returned = answer
	return nil
}

func parsed(text string) (*js.Object, bool) {
	v, err := js.Parse([]byte(text))
	o, ok := v.(*js.Object)
	return o, ok && err == nil
}

type transferRequest struct {
	ClientID      string  `query:"client_id"`
	State         string  `query:"state"`
	CodeChallenge string  `query:"code_challenge"`
	CallbackURL   *string `json:"callbackURL,omitempty"`
}

type transferAnswer struct {
	URL      *string `json:"url"`
	Redirect bool    `json:"redirect"`
	Code     string  `json:"electron_authorization_code"`
}

func (p *Plugin) transferUser() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "electronTransferUser", Methods: []string{http.MethodPost}, Path: "/electron/transfer-user", Session: auth.RequireSession, NeedHeaders: true,
		Summary: "Transfer the user to the electron app",
		OpenAPI: described("electronTransferUser", "Transfer the user to the electron app", whereTo, transferShape()),
	}, func(c *auth.Context, in *transferRequest) (*transferAnswer, error) {
		code, err := p.issue(c, c.Session.User.ID, request{in.ClientID, in.CodeChallenge, in.State})
		if err != nil {
			return nil, err
		}
		if code == "" {
			return nil, auth.BadRequest(InvalidClientID)
		}
		answer := &transferAnswer{Code: code}
		if in.CallbackURL != nil && *in.CallbackURL != "" {
			answer.URL, answer.Redirect = in.CallbackURL, true
		}
		return answer, nil
	})
}
