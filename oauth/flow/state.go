package flow

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	stateLife       = 10 * time.Minute
	stateCookieAge  = 300 // seconds
	sealedStateAge  = 600
	statePurpose    = "oauth-state-cookie"
	linkPurpose     = "oauth-link-session-token"
	stateIdentifier = "auth-state:"
)

// State is the data of a flow from its start to the callback. The zero value starts one with the parameters of the
// request's body.
type State struct {
	Provider      string // provider of the flow; not stored, but CodeVerifier is bound to it
	CallbackURL   string
	CodeVerifier  string // generated if empty
	ErrorURL      string
	NewUserURL    string
	Link          *Link
	RequestSignUp *bool
	Nonce         string
	// Additional is the client's own data. It is returned at the end and never trusted.
	Additional *js.Object

	// The following fields are set by Read.
	Value  string     // the state parameter
	Fields *js.Object // everything that was stored
}

// Link says that a flow links an account to a signed-in user.
type Link struct {
	UserID, Email string
	sealedToken   string
}

// NewLink returns a link to the user of a session, which must still exist at the end of the flow.
func NewLink(c *auth.Context, s *auth.SignedIn) (*Link, error) {
	sealed, err := c.Keys.Purpose(linkPurpose).Encrypt(s.Session.Token)
	if err != nil {
		return nil, err
	}
	return &Link{UserID: s.User.ID, Email: s.User.Email, sealedToken: sealed}, nil
}

func (l *Link) object() *js.Object {
	o := js.Obj("userId", l.UserID, "email", l.Email)
	if l.sealedToken != "" {
		o.Set("encryptedSessionToken", l.sealedToken)
	}
	return o
}

// live reports whether the session that started a link still exists.
func (l *Link) live(c *auth.Context) (bool, error) {
	if l.sealedToken == "" || !c.Stateful() {
		return true, nil
	}
	token, err := c.Keys.Purpose(linkPurpose).Decrypt(l.sealedToken)
	if err != nil || token == "" {
		return false, nil
	}
	s, err := c.Sessions.Find(c, token)
	if err != nil || s == nil {
		return false, err
	}
	return s.User.ID == l.UserID && s.Session.ExpiresAt.After(c.Now()), nil
}

type serverKey struct{}
type stateKey struct{}

// AddServerContext stores values with the flow that this call starts. Unlike additional data, the client cannot set
// them. It is called in before hooks.
func AddServerContext(c *auth.Context, values *js.Object) {
	have, _ := c.Value(serverKey{}).(*js.Object)
	c.Keep(serverKey{}, oauth.Spread(have, values))
}

// Current returns the flow that this call starts or ends, or nil.
func Current(ctx context.Context) *State {
	s, _ := ctx.Value(stateKey{}).(*State)
	return s
}

func remember(c *auth.Context, s *State) { c.Keep(stateKey{}, s) }

// FromBody fills in the URLs of a flow from the body of a sign-in.
func (s *State) FromBody(c *auth.Context) error {
	s.CallbackURL = oauth.Text(oauth.Member(c.Body, "callbackURL"))
	if s.CallbackURL == "" {
		s.CallbackURL = c.BaseOrigin
	}
	if s.CallbackURL == "" {
		return auth.BadRequest(auth.CallbackURLRequired)
	}
	s.ErrorURL = oauth.Text(oauth.Member(c.Body, "errorCallbackURL"))
	s.NewUserURL = oauth.Text(oauth.Member(c.Body, "newUserCallbackURL"))
	s.RequestSignUp = flagOf(c.Body, "requestSignUp")
	return nil
}

// WantsSignUp reports whether the client asked for a sign-up.
func (s *State) WantsSignUp() bool { return s.RequestSignUp != nil && *s.RequestSignUp }

func flagOf(v any, name string) *bool {
	if b, ok := oauth.Member(v, name).(bool); ok {
		return &b
	}
	return nil
}

// Begin stores the flow until the browser returns, and sets the cookie that binds it to this browser. Value is then
// the state parameter.
func (s *State) Begin(c *auth.Context) error {
	if s.CodeVerifier == "" {
		s.CodeVerifier = newVerifier(c, s.Provider)
	}
	s.Fields = s.object(c)
	remember(c, s)
	s.Value = secret.Random(32)
	kept := s.Fields.Clone()
	kept.Set("oauthState", s.Value)
	text := string(js.Marshal(kept))
	if sealedInCookie(c) {
		sealed, err := c.Keys.Purpose(statePurpose).Encrypt(text)
		if err != nil {
			return err
		}
		age := sealedStateAge
		k := c.CookieNamed("oauth_state", &age)
		return c.SetCookie(k.Name, sealed, k.Attributes)
	}
	age := stateCookieAge
	k := c.CookieNamed("state", &age)
	if err := c.SetSignedCookie(k.Name, s.Value, k.Attributes); err != nil {
		return err
	}
	return c.Once.Put(c, stateIdentifier+s.Value, text, c.Now().Add(stateLife))
}

// object returns the state in its stored form, in the order of the reference. The client's data comes first, so that
// it cannot override other members.
func (s *State) object(c *auth.Context) *js.Object {
	o := oauth.Spread(s.Additional)
	put := func(name string, v any, there bool) {
		if there {
			o.Set(name, v)
		} else {
			o.Delete(name)
		}
	}
	put("callbackURL", s.CallbackURL, true)
	put("codeVerifier", s.CodeVerifier, true)
	put("errorURL", s.ErrorURL, s.ErrorURL != "")
	put("newUserURL", s.NewUserURL, s.NewUserURL != "")
	if s.Link != nil {
		o.Set("link", s.Link.object())
	} else {
		o.Delete("link")
	}
	server, _ := c.Value(serverKey{}).(*js.Object)
	put("serverContext", server, server != nil && server.Len() > 0)
	put("expiresAt", c.Now().Add(stateLife).UnixMilli(), true)
	put("requestSignUp", s.RequestSignUp, s.RequestSignUp != nil)
	put("idTokenNonce", s.Nonce, s.Nonce != "")
	o.Delete("oauthState")
	return o
}

func sealedInCookie(c *auth.Context) bool {
	if how := c.Options.Account.StoreStateStrategy; how != "" {
		return how == "cookie"
	}
	return !c.Stateful()
}

// StateText returns the stored form of the flow of a state parameter, or "" if there is none. It is for code that
// passes a flow to another server.
func StateText(c *auth.Context, value, setCookie string) (string, error) {
	if sealedInCookie(c) {
		if setCookie == "" {
			return "", nil
		}
		return c.Keys.Purpose(statePurpose).Decrypt(setCookie)
	}
	kept, err := c.Once.Find(c, stateIdentifier+value)
	if err != nil || kept == nil {
		return "", err
	}
	return kept.Text, nil
}

// StateError says why a state is not valid.
type StateError struct {
	Code     string
	ErrorURL string // error page of the flow; "" if not known
}

// Error implements error.
func (e *StateError) Error() string { return "flow: " + e.Code }

// Read finds the flow of a callback by its state parameter and ends it. Of several simultaneous callers one gets it.
// skipCookie skips the check that it was started in this browser. The error is a *StateError if the state is not
// valid.
func Read(c *auth.Context, value string, skipCookie bool) (*State, error) {
	if value == "" {
		return nil, &StateError{Code: StateNotFound}
	}
	read := readStored
	if sealedInCookie(c) {
		read = readSealed
	}
	s, err := read(c, value, skipCookie)
	if err != nil {
		return nil, err
	}
	if s.expired(c) {
		return nil, &StateError{Code: StateMismatch, ErrorURL: s.ErrorURL}
	}
	remember(c, s)
	return s, nil
}

func readSealed(c *auth.Context, value string, _ bool) (*State, error) {
	k := c.CookieNamed("oauth_state", nil)
	var failed error
	for _, sealed := range c.Jar().Values(k.Name) {
		s, err := openSealed(c, value, sealed)
		if err == nil {
			return s, c.ExpireCookie(k)
		}
		failed = cmp.Or(failed, err)
	}
	return nil, cmp.Or(failed, error(&StateError{Code: StateMismatch}))
}

func openSealed(c *auth.Context, value, sealed string) (*State, error) {
	if sealed == "" {
		return nil, &StateError{Code: StateMismatch}
	}
	text, err := c.Keys.Purpose(statePurpose).Decrypt(sealed)
	if err != nil {
		return nil, &StateError{Code: stateInvalid}
	}
	s, err := parseState(text, value)
	if err != nil {
		return nil, &StateError{Code: stateInvalid}
	}
	// The cookie alone is not enough: the state parameter must be the one that the provider received
	// (GHSA-wxw3-q3m9-c3jr).
	if bound := oauth.Text(oauth.Member(s.Fields, "oauthState")); bound == "" || bound != value {
		return nil, &StateError{Code: StateMismatch, ErrorURL: s.ErrorURL}
	}
	return s, nil
}

// tied reports whether the browser has a signed cookie of this name with the state.
func tied(c *auth.Context, name, value string) bool {
	for _, v := range c.Jar().AllSigned(name, c.Keys) {
		if v.Value == value {
			return true
		}
	}
	return false
}

func readStored(c *auth.Context, value string, skipCookie bool) (*State, error) {
	kept, err := c.Once.Get(c, stateIdentifier+value)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &StateError{Code: StateMismatch}
	}
	if err != nil {
		return nil, err
	}
	s, err := parseState(kept.Text, value)
	if err != nil {
		return nil, err
	}
	if bound := oauth.Member(s.Fields, "oauthState"); oauth.IsSet(bound) && bound != any(value) {
		return nil, &StateError{Code: StateMismatch, ErrorURL: s.ErrorURL}
	}
	k := c.CookieNamed("state", nil)
	if !skipCookie && !c.Options.Account.SkipStateCookieCheck && !tied(c, k.Name, value) {
		return nil, &StateError{Code: StateMismatch, ErrorURL: s.ErrorURL}
	}
	if err := c.ExpireCookie(k); err != nil {
		return nil, err
	}
	if _, err = c.Once.Take(c, stateIdentifier+value); errors.Is(err, store.ErrNotFound) { // another callback was faster, or the state has expired
		return nil, &StateError{Code: StateMismatch, ErrorURL: s.ErrorURL}
	}
	return s, err
}

// ReadOrFail is Read for endpoints that browsers open: if the state is not valid, it returns a redirect to an error
// page.
func ReadOrFail(c *auth.Context, value string) (*State, error) {
	s, err := Read(c, value, false)
	if err == nil {
		if s.ErrorURL == "" {
			s.ErrorURL = ErrorURL(c)
		}
		return s, nil
	}
	if c.StoreFailure() == nil { // otherwise the call logs it
		c.Log.ErrorContext(c, "the state of an OAuth callback is not valid", "error", err)
	}
	code, to := internalServerError, ErrorURL(c)
	var known *StateError
	if errors.As(err, &known) {
		code = known.Code
		if known.ErrorURL != "" {
			to = known.ErrorURL
		}
	}
	return nil, Fail(to, code, "")
}

// stateSchema returns the schema of a stored state (state.mjs).
func stateSchema() *schema.Schema {
	text := schema.String()
	return schema.Object(
		schema.Field("callbackURL", text), schema.Field("codeVerifier", text),
		schema.Field("errorURL", text.Optional()), schema.Field("newUserURL", text.Optional()),
		schema.Field("expiresAt", schema.Number()), schema.Field("oauthState", text.Optional()),
		schema.Field("link", schema.Object(
			schema.Field("email", text), schema.Field("userId", text.Coerce()), schema.Field("encryptedSessionToken", text.Optional()),
		).Optional()),
		schema.Field("requestSignUp", schema.Boolean().Optional()), schema.Field("idTokenNonce", text.Optional()),
		schema.Field("serverContext", schema.Record(schema.Any()).Optional()),
	).Loose()
}

// InternalFields returns the names in a state that a client must not set.
func InternalFields() []string {
	var names []string
	for _, f := range stateSchema().Fields() {
		names = append(names, f.Name)
	}
	return names
}

func parseState(text, value string) (*State, error) {
	v, err := js.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	checked, issues := stateSchema().Check(v)
	o, ok := checked.(*js.Object)
	if len(issues) > 0 || !ok {
		return nil, errors.New("flow: the state is malformed: " + strings.TrimSpace(schema.Text("state", issues)))
	}
	get := func(name string) string { return oauth.Text(oauth.Member(o, name)) }
	s := &State{
		CallbackURL: get("callbackURL"), CodeVerifier: get("codeVerifier"), ErrorURL: get("errorURL"), NewUserURL: get("newUserURL"),
		RequestSignUp: flagOf(o, "requestSignUp"), Nonce: get("idTokenNonce"), Value: value, Fields: o,
	}
	if link, ok := oauth.Member(o, "link").(*js.Object); ok {
		s.Link = &Link{
			UserID: oauth.Text(oauth.Member(link, "userId")), Email: oauth.Text(oauth.Member(link, "email")),
			sealedToken: oauth.Text(oauth.Member(link, "encryptedSessionToken")),
		}
	}
	return s, nil
}
