package oauthprovider

import (
	"net/http"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type consentRequest struct {
	Accept     bool    `json:"accept"`
	Scope      *string `json:"scope"`
	Claims     any     `json:"claims"`
	OAuthQuery *string `json:"oauth_query"`
}

// BodySchema returns the schema of the body.
func (consentRequest) BodySchema() *schema.Schema {
	claims := schema.Union(schema.String(), schema.Record(schema.Any().Optional())).
		Refine(func(v any) bool { _, ok := parseClaims(v); return ok }, "claims must be a valid Claims request object")
	return schema.Object(
		schema.Field("accept", schema.Boolean().Doc("Accept or deny user consent for a set of scopes")),
		schema.Field("scope", schema.String().Optional().Doc("List of accept of accepted space-separated scopes. If none is provided, then all originally requested scopes are accepted.")),
		schema.Field("claims", claims.Optional().Doc("Accepted OIDC claims request object. If none is provided, then all originally requested claims are accepted.")),
		schema.Field("oauth_query", schema.String().Optional().Doc("The redirected page's query parameters")),
	)
}

func (p *Plugin) consentEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oauth2Consent", Methods: []string{http.MethodPost}, Path: "/oauth2/consent", Session: auth.RequireSession,
		Summary: "Allow a client what it asks for, or refuse it", OpenAPI: continueDocument("Handle OAuth2 consent"),
	}, func(c *auth.Context, in *consentRequest) (*any, error) {
		answer, err := p.decide(c, in)
		return &answer, err
	})
}

// missingQuery is the error of a call that belongs to no authorization request.
func missingQuery() *auth.Error {
	return describeFirst(http.StatusBadRequest, invalidRequest, "missing oauth query")
}

// decide stores what the user allows and continues the request, or tells the client that the user refused.
func (p *Plugin) decide(c *auth.Context, in *consentRequest) (any, error) {
	r := requestOf(c)
	if r == nil || len(r.query) == 0 {
		return nil, missingQuery()
	}
	clientID, _ := r.query.Get("client_id")
	if clientID == "" {
		return nil, describeFirst(http.StatusBadRequest, invalidClient, "client_id is required")
	}
	allowed, err := p.allowed(r.query, in)
	if err != nil {
		return nil, err
	}
	if !in.Accept {
		to, _ := r.query.Get("redirect_uri")
		state, _ := r.query.Get("state")
		address, err := errorURL(to, accessDenied, "User denied access", state, p.issuer(c), false)
		return &redirectAnswer{Redirect: true, URL: address}, err
	}
	q := r.query
	prompt, _ := q.Get("prompt")
	mustSignIn := promptsOf(prompt)["login"]
	if mustSignIn && !r.satisfiedBy(c.Session.Session) {
		wantJSON(c)
		return p.again(c, parametersOf(q), false)
	}
	if err := checkLive(c); err != nil {
		return nil, err
	}
	if err := p.keepConsent(c, clientID, allowed, q.All("resource")); err != nil {
		return nil, err
	}
	q = withoutPrompt(allowed.narrow(q, in), "consent")
	if mustSignIn {
		q = withoutPrompt(q, "login").Without("max_age")
	}
	wantJSON(c)
	return p.again(c, parametersOf(q), r.clearedBy(c.Session.Session))
}

// checkLive refuses a session that has ended but is still cached in a cookie: what it allows would outlive it.
func checkLive(c *auth.Context) error {
	if !is(c.Options.Session.CookieCache.Enabled) || !c.Stateful() {
		return nil
	}
	s, err := c.Sessions.Find(c, c.Session.Session.Token)
	if err != nil {
		return err
	}
	if s == nil || s.Session.ExpiresAt.Before(c.Now()) {
		return auth.Unauthorized(auth.NotSignedIn)
	}
	return nil
}

// clearedBy reports whether the user took the step between sign-in and consent in this session.
func (r *openRequest) clearedBy(s *auth.Session) bool { return r.cleared != "" && r.cleared == s.ID }

// allowance is what a user allows a client.
type allowance struct{ scopes, claims []string }

// allowed returns what the user allows, which cannot be more than the client asked for.
func (p *Plugin) allowed(q origin.Params, in *consentRequest) (*allowance, error) {
	asked := scopesOf(q)
	askedClaims := []string{}
	if v, ok := q.Get("claims"); ok {
		askedClaims = requestedClaims(v, p.supportedClaims())
	}
	out := &allowance{scopes: asked, claims: askedClaims}
	if in.Scope != nil {
		out.scopes = strings.Split(*in.Scope, " ")
		if !within(out.scopes, asked) {
			return nil, describeFirst(http.StatusBadRequest, invalidRequest, "Scope not originally requested")
		}
	}
	if in.Claims != nil {
		out.claims = requestedClaims(in.Claims, p.supportedClaims())
		if !within(out.claims, askedClaims) {
			return nil, describeFirst(http.StatusBadRequest, invalidRequest, "Claim not originally requested")
		}
	}
	return out, nil
}

func scopesOf(q origin.Params) []string {
	scope, ok := q.Get("scope")
	if !ok {
		return []string{}
	}
	return strings.Split(scope, " ")
}

// narrow returns the request with only what the user allows of it.
func (a *allowance) narrow(q origin.Params, in *consentRequest) origin.Params {
	if in.Scope != nil {
		q = q.With("scope", strings.Join(a.scopes, " "))
	}
	if in.Claims == nil {
		return q
	}
	asked, _ := q.Get("claims")
	if claims := narrowClaims(asked, a.claims); claims != nil {
		return q.With("claims", string(js.Marshal(claims)))
	}
	return q.Without("claims")
}

// keepConsent stores what the user allows, in place of what they allowed before.
func (p *Plugin) keepConsent(c *auth.Context, clientID string, allowed *allowance, resources []string) error {
	reference, err := p.consentReference(c, c.Session, allowed.scopes)
	if err != nil {
		return err
	}
	return c.Tx(func(c *auth.Context) error {
		userID := c.Session.User.ID
		if err := c.Store.Lock(c, "user", store.Is("id", userID)); err != nil {
			return err
		}
		before, err := p.findConsent(c, clientID, userID, reference)
		if err != nil {
			return err
		}
		now := c.Now().Truncate(time.Second)
		c.Emit(auth.Event{Name: ConsentGiven, UserID: userID, SessionID: c.Session.Session.ID, Details: map[string]string{"client": clientID}})
		if before != nil {
			change := store.Record{"scopes": allowed.scopes, "requestedUserInfoClaims": allowed.claims, "updatedAt": now}
			if len(resources) > 0 {
				change["resources"] = resources
			}
			_, err = p.consents.Update(c, []store.Where{store.Is("id", before.ID)}, change)
			return err
		}
		row := &consent{
			ClientID: clientID, UserID: &userID, Scopes: allowed.scopes, RequestedUserInfoClaims: allowed.claims, Resources: resources,
			CreatedAt: now, UpdatedAt: now,
		}
		if reference != "" {
			row.ReferenceID = &reference
		}
		_, err = p.consents.Create(c, row)
		return err
	})
}

type continueRequest struct {
	Selected   bool    `json:"selected"`
	Created    bool    `json:"created"`
	PostLogin  bool    `json:"postLogin"`
	OAuthQuery *string `json:"oauth_query"`
}

// BodySchema returns the schema of the body.
func (continueRequest) BodySchema() *schema.Schema {
	flag := schema.Boolean().Optional()
	return schema.Object(
		schema.Field("selected", flag.Doc("Confirms an account has been selected and authorization can proceed.")),
		schema.Field("created", flag.Doc("Confirms an account was registered")),
		schema.Field("postLogin", flag.Doc("Confirms organization and/or team selection.")),
		schema.Field("oauth_query", schema.String().Optional().Doc("The redirected page's query parameters")),
	)
}

func (p *Plugin) continueEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oauth2Continue", Methods: []string{http.MethodPost}, Path: "/oauth2/continue", Session: auth.RequireSession,
		Summary: "Continue an authorization after a page", OpenAPI: continueDocument("Continues OAuth2 authorization flow"),
	}, func(c *auth.Context, in *continueRequest) (*any, error) {
		answer, err := p.goOn(c, in)
		return &answer, err
	})
}

// goOn continues a request after the page for the choice of an account, for registration, or for the step after the
// sign-in.
func (p *Plugin) goOn(c *auth.Context, in *continueRequest) (any, error) {
	if !in.Selected && !in.Created && !in.PostLogin {
		return nil, describeFirst(http.StatusBadRequest, invalidRequest, "Missing parameters")
	}
	r := requestOf(c)
	if r == nil || len(r.query) == 0 {
		return nil, missingQuery()
	}
	q, cleared := r.query, false
	switch {
	case in.Selected:
		q = withoutPrompt(q, "select_account")
	case in.Created:
		q = withoutPrompt(q, "create")
	default:
		cleared = r.clearedBy(c.Session.Session)
	}
	wantJSON(c)
	return p.again(c, parametersOf(q), cleared)
}
