package oauthprovider

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
)

// openRequest is the authorization request to which a call belongs.
type openRequest struct {
	query   origin.Params
	issued  time.Time // when it was handed to a page; zero if it was not
	cleared string    // id of the session that took the step between sign-in and consent, or ""
}

type requestKey struct{}

// requestOf returns the authorization request to which the call belongs, or nil.
func requestOf(ctx context.Context) *openRequest {
	r, _ := ctx.Value(requestKey{}).(*openRequest)
	return r
}

// Request returns the query of the authorization request to which the call of ctx belongs, for callbacks. ok is false
// if there is none.
func Request(ctx context.Context) (query string, ok bool) {
	if r := requestOf(ctx); r != nil {
		return r.query.String(), true
	}
	return "", false
}

// issuedMember is the member of a flow's server context with the time at which the request was signed.
const issuedMember = "signedQueryIssuedAtMs"

// ownPaths are the endpoints that continue a request themselves.
func ownPaths() []string { return []string{"/oauth2/authorize", "/oauth2/consent", "/oauth2/continue"} }

// authorizeHooks returns the hooks before and after endpoints that continue an authorization.
func (p *Plugin) authorizeHooks() (before, after []auth.Hook) {
	return []auth.Hook{{When: hasQuery, Do: acceptQuery}}, []auth.Hook{{When: mayResume, Do: p.resume}}
}

func hasQuery(c *auth.Context) bool { return js.Truthy(oauth.Member(c.Body, "oauth_query")) }

// acceptQuery checks the signed request that a page sends with what the user did, such as a sign-in.
func acceptQuery(c *auth.Context) error {
	text, ok := oauth.Member(c.Body, "oauth_query").(string)
	q := origin.ParseParams(text)
	if !ok || !validQuery(c, q) {
		return &auth.Error{Status: http.StatusBadRequest, Body: js.Obj("error", "invalid_signature")}
	}
	r := &openRequest{issued: issuedAt(q)}
	r.cleared, _ = q.Get(clearedParam)
	r.query = q.Without(signatureParam, expiryParam, issuedParam, clearedParam)
	c.Keep(requestKey{}, r)
	if c.Route.Path == "/sign-in/social" {
		kept := js.Obj("query", r.query.String())
		if !r.issued.IsZero() {
			kept.Set(issuedMember, float64(r.issued.UnixMilli()))
		}
		flow.AddServerContext(c, kept)
	}
	return nil
}

// mayResume reports whether a call sets a session cookie, so that a request may go on. The endpoints of the flow are
// left out: in the reference a session that is extended while they run makes it go on without the page that they ask
// for.
func mayResume(c *auth.Context) bool {
	return !slices.Contains(ownPaths(), c.Route.Path) && newToken(c) != ""
}

// newToken returns the token in the session cookie that the call sets, or "".
func newToken(c *auth.Context) (token string) {
	for _, line := range c.ResponseHeader["Set-Cookie"] {
		if k, value, ok := cookie.ParseSetCookie(line); ok && k.Name == c.SessionTokenName() {
			token, _, _ = strings.Cut(value, ".")
		}
	}
	return token
}

// resume continues the authorization request after a sign-in. Its answer replaces that of the sign-in.
func (p *Plugin) resume(c *auth.Context) error {
	r := requestOf(c)
	if r == nil {
		if r = requestOfFlow(c); r == nil {
			return nil
		}
	}
	session, err := c.Sessions.Find(c, newToken(c))
	if err != nil || session == nil {
		return err
	}
	c.Session = session
	if !navigates(c) {
		wantJSON(c)
	}
	q := r.query
	if r.satisfiedBy(session.Session) {
		q = withoutPrompt(q, "login").Without("max_age")
	}
	answer, err := p.again(c, parametersOf(q), false)
	if err != nil {
		return err
	}
	c.Returned = answer
	return nil
}

// requestOfFlow returns the request that was stored with the flow of a provider that has just ended, or nil.
func requestOfFlow(c *auth.Context) *openRequest {
	state := flow.Current(c)
	if state == nil {
		return nil
	}
	kept := oauth.Member(state.Fields, "serverContext")
	query := oauth.Text(oauth.Member(kept, "query"))
	if query == "" {
		return nil
	}
	issued := oauth.Member(kept, issuedMember)
	return &openRequest{query: origin.ParseParams(query), issued: timeOf(js.ToNumber(issued))}
}

// navigates reports whether a browser opened the address, and no script.
func navigates(c *auth.Context) bool {
	if c.Request == nil {
		return false
	}
	if mode := c.Request.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return strings.EqualFold(mode, "navigate")
	}
	return acceptsHTML(c.Request.Header.Get("Accept"))
}

func acceptsHTML(accept string) bool {
	accept = strings.ToLower(accept)
	return strings.Contains(accept, "text/html") || strings.Contains(accept, "application/xhtml+xml")
}

// satisfiedBy reports whether the session began after the page was opened, so that the user has signed in for this
// request.
func (r *openRequest) satisfiedBy(s *auth.Session) bool {
	return !r.issued.IsZero() && s.CreatedAt.UnixMilli() >= r.issued.UnixMilli()
}

// withoutPrompt removes a value from the parameter prompt.
func withoutPrompt(q origin.Params, done string) origin.Params {
	prompt, ok := q.Get("prompt")
	if !ok {
		return q
	}
	words := strings.Split(prompt, " ")
	i := slices.Index(words, done)
	if i < 0 {
		return q
	}
	words = slices.Delete(words, i, i+1)
	if len(words) == 0 {
		return q.Without("prompt")
	}
	return q.With("prompt", strings.Join(words, " "))
}
