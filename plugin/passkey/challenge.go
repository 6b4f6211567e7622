package passkey

import (
	"encoding/json"
	"errors"
	"net/url"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The ceremonies.
const (
	registration   = "registration"
	authentication = "authentication"
)

// challenge is the stored value of a ceremony that has begun. The reference reads the same form.
type challenge struct {
	Type     string  `json:"type"`
	Expected string  `json:"expectedChallenge"` // base64url
	User     User    `json:"userData"`          // only ID is set for an authentication, and may be empty
	Context  *string `json:"context"`
}

func (ch *challenge) text() string {
	user := js.Obj("id", ch.User.ID)
	if ch.User.Name != "" {
		user.Set("name", ch.User.Name)
	}
	if ch.User.DisplayName != "" {
		user.Set("displayName", ch.User.DisplayName)
	}
	o := js.Obj("type", ch.Type, "expectedChallenge", ch.Expected, "userData", user)
	if ch.Type == registration {
		o.Set("context", ch.Context)
	}
	return string(js.Marshal(o))
}

// challenges are the stored challenges. Their token is in a signed cookie, which binds the ceremony to the browser.
func challenges() auth.Tokens { return auth.Tokens{TTL: challengeLife} }

// begin stores a challenge and sets the cookie that names it.
func (p *Plugin) begin(c *auth.Context, ch challenge) error {
	token := secret.Random(32)
	life := int(challengeLife.Seconds())
	k := c.CookieNamed(p.opts.Advanced.WebAuthnChallengeCookie, nil)
	k.Attributes.MaxAge = &life
	if err := c.SetSignedCookie(k.Name, token, k.Attributes); err != nil {
		return err
	}
	return challenges().Put(c, token, ch.text())
}

// take returns the challenge of the browser and uses it up, whatever becomes of the ceremony. A challenge of the other
// ceremony is refused: a response to a sign-in must not register a passkey.
func (p *Plugin) take(c *auth.Context, ceremony string) (*challenge, error) {
	k := c.CookieNamed(p.opts.Advanced.WebAuthnChallengeCookie, nil)
	token, ok := c.SignedCookie(k.Name)
	if !ok || token == "" {
		return nil, auth.BadRequest(ChallengeNotFound)
	}
	kept, err := challenges().Take(c, token)
	if errors.Is(err, store.ErrNotFound) {
		return nil, auth.BadRequest(ChallengeNotFound)
	}
	if err != nil {
		return nil, err
	}
	// A signed cookie of another kind may name a value of another kind.
	ch := new(challenge)
	if err := json.Unmarshal([]byte(kept.Text), ch); err != nil || ch.Type != ceremony || ch.Expected == "" {
		return nil, auth.BadRequest(ChallengeNotFound)
	}
	return ch, nil
}

// rpID returns the domain that passkeys belong to.
func (p *Plugin) rpID(c *auth.Context) string {
	if p.opts.RPID != "" {
		return p.opts.RPID
	}
	if u, err := url.Parse(c.BaseOrigin); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "localhost"
}

// origins returns the origins where a ceremony may take place, or none if that is not known.
func (p *Plugin) origins(c *auth.Context) []string {
	if p.opts.Origin != nil {
		return p.opts.Origin
	}
	if from, ok := c.RequestHeaderValue("Origin"); ok && from != "" {
		return []string{from}
	}
	return nil
}
