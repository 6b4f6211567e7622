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

// State is a flow between its two halves. The zero value begins one as the
// request's body says.
type State struct {
	Provider      string // the flow's; it is not kept, but CodeVerifier is bound to it
	CallbackURL   string
	CodeVerifier  string // made when empty
	ErrorURL      string
	NewUserURL    string
	Link          *Link
	RequestSignUp *bool
	Nonce         string
	// Additional is the client's own data: it is carried along and never
	// trusted.
	Additional *js.Object

	// Set by Read.
	Value  string     // the state parameter
	Fields *js.Object // everything that was kept
}

// Link says that a flow links an account to a user who is signed in.
type Link struct {
	UserID, Email string
	sealedToken   string
}

// NewLink links to the user of a session, which must still be live at the end.
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

// live reports whether the session that began a link is still there.
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

// AddServerContext keeps values with the flow that this call begins; unlike
// additional data the client cannot set them. Before hooks call it.
func AddServerContext(c *auth.Context, values *js.Object) {
	have, _ := c.Value(serverKey{}).(*js.Object)
	c.Keep(serverKey{}, oauth.Spread(have, values))
}

// Current is the flow that this call begins or ends, nil when there is none.
func Current(ctx context.Context) *State {
	s, _ := ctx.Value(stateKey{}).(*State)
	return s
}

func remember(c *auth.Context, s *State) { c.Keep(stateKey{}, s) }

// FromBody fills in what a sign-in's body says of where to go.
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

// Begin keeps the flow until the browser comes back, and sets the cookie that
// ties it to this browser. Value is the state to send along.
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

// object is the state as it is kept, in the reference's order. What the client
// added comes first, so that it overrides nothing.
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

// StateText is the flow that a state parameter stands for as it is kept, "" when
// there is none: for whoever hands a flow on to another server.
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

// StateError says why a state does not hold.
type StateError struct {
	Code     string
	ErrorURL string // where the flow wanted its errors, "" when that is not known
}

// Error implements error.
func (e *StateError) Error() string { return "flow: " + e.Code }

// Read recognises the flow of a callback by its state parameter and ends it:
// of several callers one gets it. skipCookie leaves out the tie to the browser.
// The error is a *StateError for a state that does not hold.
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
	if expires, _ := oauth.Member(s.Fields, "expiresAt").(float64); expires < float64(c.Now().UnixMilli()) {
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
	// The cookie alone proves nothing: the provider must have been given this
	// very state (GHSA-wxw3-q3m9-c3jr).
	if bound := oauth.Text(oauth.Member(s.Fields, "oauthState")); bound == "" || bound != value {
		return nil, &StateError{Code: StateMismatch, ErrorURL: s.ErrorURL}
	}
	return s, nil
}

// tied reports whether the browser carries the state in a signed cookie of the
// name.
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
	if _, err = c.Once.Take(c, stateIdentifier+value); errors.Is(err, store.ErrNotFound) { // another callback was faster, or it has expired
		return nil, &StateError{Code: StateMismatch, ErrorURL: s.ErrorURL}
	}
	return s, err
}

// ReadOrFail is Read for endpoints that browsers come to: what does not hold
// sends the browser to an error page.
func ReadOrFail(c *auth.Context, value string) (*State, error) {
	s, err := Read(c, value, false)
	if err == nil {
		if s.ErrorURL == "" {
			s.ErrorURL = ErrorURL(c)
		}
		return s, nil
	}
	if c.StoreFailure() == nil { // else the call says so
		c.Log.ErrorContext(c, "the state of an OAuth callback does not hold", "error", err)
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

// stateSchema is the shape that a kept state must have (state.mjs).
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

// InternalFields are the names in a state that a client must not set.
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
