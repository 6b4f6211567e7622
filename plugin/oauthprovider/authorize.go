package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

func (p *Plugin) authorizeEndpoints() []auth.Endpoint {
	return []auth.Endpoint{p.authorizeEndpoint(), p.consentEndpoint(), p.continueEndpoint(), p.endSessionEndpoint(), p.confirmEndpoint()}
}

// formOnly are the media types of endpoints that read forms.
func formOnly() []string { return []string{"application/x-www-form-urlencoded"} }

func (p *Plugin) authorizeEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: authorizeID, Methods: []string{http.MethodGet, http.MethodPost}, Path: "/oauth2/authorize", Session: auth.Public,
		MediaTypes: formOnly(), Summary: "Authorize a client", OpenAPI: authorizeDocument(),
	}, func(c *auth.Context, _ *auth.None) (*any, error) {
		how, resumed := c.Value(resumeKey{}).(resume)
		if !resumed {
			how = resume{first: true}
		}
		answer, err := p.authorize(c, how)
		return &answer, err
	})
}

const authorizeID = "oauth2Authorize"

// resume says how an authorization request goes on after a page. first means that it has just come from the client;
// cleared means that the user took the step between sign-in and consent in this session.
type resume struct{ first, cleared bool }

type resumeKey struct{}

// again runs an authorization request again, with the hooks of its endpoint, after a page has done its part.
func (p *Plugin) again(c *auth.Context, request *js.Object, cleared bool) (any, error) {
	c.Keep(resumeKey{}, resume{cleared: cleared})
	return c.Nested(authorizeID, func(inner *auth.Context) { inner.Query = request })
}

// authorization is an authorization request that is being answered.
type authorization struct {
	p       *Plugin
	c       *auth.Context
	query   *js.Object
	prompt  map[string]bool
	client  *Client
	scopes  []string
	claims  []string // asked of /oauth2/userinfo
	session *auth.SignedIn
}

// text returns a parameter, or "".
func (a *authorization) text(name string) string {
	v, _ := a.query.Get(name)
	s, _ := v.(string)
	return s
}

// authorize answers an authorization request: with a code, with an error, or by sending the user to a page first.
func (p *Plugin) authorize(c *auth.Context, how resume) (any, error) {
	if !slices.Contains(p.opts.GrantTypes, authorizationCode) {
		return nil, &auth.Error{Status: http.StatusNotFound}
	}
	if c.Request == nil {
		return nil, describeFirst(http.StatusUnauthorized, invalidRequest, "request not found")
	}
	if _, none := c.Body.(js.Undefined); none {
		c.Body = js.NewObject() // as callbacks are told it
	}
	raw := js.NewObject()
	if body, ok := c.Body.(*js.Object); ok && how.first && c.Method == http.MethodPost {
		raw = body.Clone()
	} else if c.Query != nil && !(how.first && c.Method == http.MethodPost) {
		raw = c.Query.Clone()
	}
	raw, answer, err := p.resolveRequest(c, raw)
	if raw == nil || err != nil {
		return answer, err
	}
	query, wrong := parseAuthorization(raw)
	if wrong != nil {
		return p.refuseRequest(c, raw, wrong.name, wrong.description)
	}
	c.Keep(requestKey{}, &openRequest{query: queryOf(query)})
	a := &authorization{p: p, c: c, query: query}
	a.prompt = promptsOf(a.text("prompt"))
	if answer, err := a.checkClient(); answer != nil || err != nil {
		return answer, err
	}
	if wrong, err := a.check(); err != nil {
		return nil, err
	} else if wrong != nil {
		return a.refuse(wrong.name, wrong.description)
	}
	return a.proceed(how)
}

// resolveRequest replaces a request by the one that its request_uri stands for. If it cannot go on, raw is nil and
// answer is the answer.
func (p *Plugin) resolveRequest(c *auth.Context, given *js.Object) (raw *js.Object, answer any, err error) {
	member := func(name string) (string, bool) {
		v, _ := given.Get(name)
		s, ok := v.(string)
		return s, ok
	}
	refuse := func(name, description string) (*js.Object, any, error) {
		answer, err := p.refuseRequest(c, given, name, description)
		return nil, answer, err
	}
	_, object := member("request")
	uri, byURI := member("request_uri")
	switch clientID, _ := member("client_id"); {
	case object && byURI:
		return refuse(invalidRequest, "request and request_uri cannot be used together")
	case object:
		return refuse("request_not_supported", "request object not supported")
	case !byURI:
		return given, nil, nil
	case clientID == "":
		return refuse(invalidRequest, "client_id is required")
	case p.opts.RequestURIResolver == nil:
		return refuse("request_uri_not_supported", "request_uri not supported")
	default:
		resolved, err := p.opts.RequestURIResolver(c, RequestURI{URI: uri, ClientID: clientID, Call: c})
		if err != nil {
			return nil, nil, auth.FromCallback(err)
		}
		if resolved == nil {
			return refuse("invalid_request_uri", "request_uri is invalid or expired")
		}
		resolved = resolved.Clone()
		resolved.Set("client_id", clientID)
		return resolved, nil, nil
	}
}

// checkClient reads the client and checks its redirect address. Until then errors go to the server's own page, because
// the address may be an attacker's. A nil answer means that the request goes on.
func (a *authorization) checkClient() (any, error) {
	p, c := a.p, a.c
	if a.text("response_type") == "" {
		return p.refuseRequest(c, a.query, invalidRequest, "response_type is required")
	}
	if a.prompt["select_account"] && p.opts.SelectAccount.Page == "" {
		return p.errorPage(c, "unsupported_prompt_select_account", "unsupported prompt type")
	}
	client, err := p.client(c, a.text("client_id"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return p.errorPage(c, invalidClient, "client_id is required")
	case err != nil:
		return nil, err
	case is(client.Disabled):
		return p.errorPage(c, "client_disabled", "client is disabled")
	case !client.allowsGrant(authorizationCode):
		return p.errorPage(c, unauthorizedClient, "client is not authorized to use the authorization_code grant")
	case !registeredRedirect(client.RedirectURIs, a.text("redirect_uri")):
		return p.errorPage(c, "invalid_redirect", "invalid redirect uri")
	}
	a.client = client
	return nil, nil
}

// proceed takes the user of a valid request through the steps that are left, and then issues a code.
func (a *authorization) proceed(how resume) (any, error) {
	session, err := a.c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	a.session = session
	maxAge, limited := a.maxAge()
	fresh := session != nil && limited && maxAge > 0 && a.c.Now().Sub(session.Session.CreatedAt.Truncate(time.Millisecond)) <= maxAge
	if session == nil || limited && !fresh || a.prompt["login"] || a.prompt["create"] {
		if a.prompt["none"] {
			return a.refuse("login_required", "authentication required")
		}
		if a.prompt["create"] {
			return a.page(createPage, "")
		}
		return a.page(loginPage, "")
	}
	if fresh {
		a.query.Delete("max_age")
	}
	if answer, err := a.steps(how); answer != nil || err != nil {
		return answer, err
	}
	return a.consented()
}

// longestMaxAge is the largest max_age that is told from others, in seconds. A duration cannot hold much more.
const longestMaxAge = 5e9

func (a *authorization) maxAge() (d time.Duration, limited bool) {
	v, ok := a.query.Get("max_age")
	seconds, isNumber := v.(float64)
	if !ok || !isNumber {
		return 0, false
	}
	return time.Duration(min(seconds, longestMaxAge)) * time.Second, true
}

// steps sends the user to the pages that the options ask for. A nil answer means that there are none left.
func (a *authorization) steps(how resume) (any, error) {
	o := a.p.opts
	request := StepRequest{Headers: requestHeaders(a.c), User: a.session.User, Session: a.session.Session, Scopes: a.scopes}
	if how.first && a.prompt["select_account"] {
		return a.page(selectPage, "")
	}
	if how.first && o.SelectAccount.ShouldRedirect != nil {
		if needed, err := o.SelectAccount.ShouldRedirect(a.c, request); err != nil {
			return nil, auth.FromCallback(err)
		} else if needed {
			return a.pageUnlessSilent(selectPage, "", "account_selection_required", "End-User account selection is required")
		}
	}
	if o.Signup.ShouldRedirect != nil {
		if step, err := o.Signup.ShouldRedirect(a.c, request); err != nil {
			return nil, auth.FromCallback(err)
		} else if step.Needed {
			return a.pageUnlessSilent(createPage, step.Page, "interaction_required", "End-User interaction is required")
		}
	}
	if !how.cleared && o.PostLogin.ShouldRedirect != nil {
		if needed, err := o.PostLogin.ShouldRedirect(a.c, request); err != nil {
			return nil, auth.FromCallback(err)
		} else if needed {
			return a.pageUnlessSilent(postLoginPage, "", "interaction_required", "End-User interaction is required")
		}
	}
	if a.prompt["consent"] {
		return a.page(consentPage, "")
	}
	return nil, nil
}

// requestHeaders returns the headers of the request as a callback is told them.
func requestHeaders(c *auth.Context) callback.Headers {
	headers := c.Request.Header.Clone()
	headers.Set("Host", c.Request.Host)
	return callback.HeadersOf(headers)
}

// consented issues a code if the user has allowed the client what it asks for, or the client needs no consent.
// Otherwise it sends the user to the page that asks.
func (a *authorization) consented() (any, error) {
	reference, err := a.p.consentReference(a.c, a.session, a.scopes)
	if err != nil {
		return nil, err
	}
	var resources []string
	if v, ok := a.query.Get("resource"); ok {
		resources = textsOf(v)
	}
	if is(a.client.SkipConsent) {
		return a.sendCode(reference, resources)
	}
	given, err := a.p.findConsent(a.c, a.client.ClientID, a.session.User.ID, reference)
	if err != nil {
		return nil, err
	}
	if given == nil || !within(a.scopes, given.Scopes) || !within(a.claims, given.RequestedUserInfoClaims) || !within(resources, given.Resources) {
		return a.pageUnlessSilent(consentPage, "", "consent_required", "End-User consent is required")
	}
	return a.sendCode(reference, resources)
}

// within reports whether all of the texts are among the others.
func within(texts, others []string) bool {
	return !slices.ContainsFunc(texts, func(s string) bool { return !slices.Contains(others, s) })
}

// consentReference returns what a consent is given for, such as an organization, or "" for the client alone.
func (p *Plugin) consentReference(c *auth.Context, s *auth.SignedIn, scopes []string) (string, error) {
	of := p.opts.PostLogin.ConsentReferenceID
	if of == nil {
		return "", nil
	}
	reference, err := of(c, ConsentRequest{User: s.User, Session: s.Session, Scopes: scopes})
	return reference, auth.FromCallback(err)
}

// findConsent returns what a user allowed a client, or nil. reference is "" for any.
func (p *Plugin) findConsent(c *auth.Context, clientID, userID, reference string) (*consent, error) {
	where := []store.Where{store.Given("clientId", clientID), store.Is("userId", userID)}
	if reference != "" {
		where = append(where, store.Given("referenceId", reference))
	}
	found, err := p.consents.Get(c, where...)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return found, err
}
