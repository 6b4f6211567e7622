package passkey

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

type registerOptionsRequest struct {
	_          struct{} `query:"optional"`
	Attachment string   `query:"authenticatorAttachment,omitempty" enum:"platform,cross-platform"`
	Name       string   `query:"name,omitempty"`
	Context    *string  `query:"context,omitempty"`
}

func (p *Plugin) generateRegistrationOptions() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "generatePasskeyRegistrationOptions", Methods: []string{http.MethodGet}, Path: "/passkey/generate-register-options",
		Session: p.registrationRule(), Summary: "Generate registration options for a new passkey", OpenAPI: registerOptionsDoc(),
	}, p.beginRegistration)
}

func (p *Plugin) beginRegistration(c *auth.Context, in *registerOptionsRequest) (*js.Object, error) {
	user, err := p.registrationUser(c, in.Context)
	if err != nil {
		return nil, err
	}
	known, err := p.passkeysOf(c, user.ID)
	if err != nil {
		return nil, err
	}
	more, err := p.opts.Registration.Extensions.of(c)
	if err != nil {
		return nil, err
	}
	extensions := js.NewObject()
	if more != nil {
		extensions = more.Clone()
	}
	extensions.Set("credProps", true)
	label := cmp.Or(user.Name, user.ID)
	expected := newChallenge()
	options := js.Obj(
		"challenge", expected,
		"rp", js.Obj("name", cmp.Or(p.opts.RPName, c.Options.AppName), "id", p.rpID(c)),
		// A random handle, so that authenticators do not reveal the user's id.
		"user", js.Obj("id", encode([]byte(secret.Random(32, "a-z", "0-9"))), "name", cmp.Or(in.Name, label), "displayName", cmp.Or(user.DisplayName, label)),
		"pubKeyCredParams", algorithmParams(),
		"timeout", ceremonyTime.Milliseconds(),
		"attestation", "none",
		"excludeCredentials", descriptors(known),
		"authenticatorSelection", p.selection(in.Attachment),
		"extensions", extensions,
		"hints", []any{},
	)
	return options, p.begin(c, challenge{Type: registration, Expected: expected, User: *user, Context: in.Context})
}

// registrationUser returns the user who registers a passkey: the one who is signed in, or the one that resolveUser
// names.
func (p *Plugin) registrationUser(c *auth.Context, context *string) (*User, error) {
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	if s != nil {
		name := cmp.Or(s.User.Email, s.User.ID)
		return &User{ID: s.User.ID, Name: name, DisplayName: name}, nil
	}
	if p.needsSession() {
		return nil, auth.Unauthorized(SessionRequired)
	}
	resolve := p.opts.Registration.ResolveUser
	if resolve == nil {
		return nil, auth.BadRequest(ResolveUserRequired)
	}
	user, err := resolve(c, ResolveRequest{c, context})
	if err != nil {
		return nil, auth.FromCallback(err)
	}
	if user.ID == "" || user.Name == "" {
		return nil, auth.BadRequest(ResolvedUserInvalid)
	}
	return &user, nil
}

// selection returns authenticatorSelection for the browser.
func (p *Plugin) selection(attachment string) *js.Object {
	o := p.opts.AuthenticatorSelection
	out := js.Obj("residentKey", o.ResidentKey, "userVerification", o.UserVerification)
	if a := cmp.Or(attachment, o.AuthenticatorAttachment); a != "" {
		out.Set("authenticatorAttachment", a)
	}
	out.Set("requireResidentKey", o.ResidentKey == "required")
	return out
}

func (p *Plugin) generateAuthenticationOptions() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "generatePasskeyAuthenticationOptions", Methods: []string{http.MethodGet}, Path: "/passkey/generate-authenticate-options",
		Session: auth.Public, Summary: "Generate authentication options for a passkey", OpenAPI: authenticateOptionsDoc(),
	}, p.beginAuthentication)
}

func (p *Plugin) beginAuthentication(c *auth.Context, _ *auth.None) (*js.Object, error) {
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	var known []*Row
	ch := challenge{Type: authentication, Expected: newChallenge()}
	if s != nil {
		ch.User.ID = s.User.ID
		if known, err = p.passkeysOf(c, s.User.ID); err != nil {
			return nil, err
		}
	}
	options := js.Obj("rpId", p.rpID(c), "challenge", ch.Expected)
	if len(known) > 0 {
		options.Set("allowCredentials", descriptors(known))
	}
	options.Set("timeout", ceremonyTime.Milliseconds())
	options.Set("userVerification", "preferred")
	extensions, err := p.opts.Authentication.Extensions.of(c)
	if err != nil {
		return nil, err
	}
	if extensions != nil {
		options.Set("extensions", extensions)
	}
	return options, p.begin(c, ch)
}

// descriptors returns passkeys as the browser needs them, to exclude or to allow them.
func descriptors(rows []*Row) []any {
	out := make([]any, len(rows))
	for i, row := range rows {
		o := js.Obj("id", strings.ReplaceAll(row.CredentialID, "=", ""))
		if row.Transports != nil {
			o.Set("transports", strings.Split(*row.Transports, ","))
		}
		o.Set("type", "public-key")
		out[i] = o
	}
	return out
}

// passkeysOf returns the passkeys of a user.
func (p *Plugin) passkeysOf(c *auth.Context, userID string) ([]*Row, error) {
	return p.passkeys.Find(c, store.Query{Where: []store.Where{store.Given("userId", userID)}})
}

// newChallenge returns 32 random bytes.
func newChallenge() string { return encode(secret.Bytes(32)) }

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
