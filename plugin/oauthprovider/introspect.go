package oauthprovider

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// inspected is the body of /oauth2/introspect and /oauth2/revoke.
type inspected struct {
	ClientID            string `json:"client_id,omitempty"`
	ClientSecret        string `json:"client_secret,omitempty"`
	ClientAssertion     string `json:"client_assertion,omitempty"`
	ClientAssertionType string `json:"client_assertion_type,omitempty"`
	Token               string `json:"token"`
	TokenTypeHint       string `json:"token_type_hint,omitempty"`
}

// mayBe reports whether the token may be of this kind. A hint that is not known says nothing.
func (in *inspected) mayBe(kind string) bool {
	return in.TokenTypeHint == kind || in.TokenTypeHint != kindAccessToken && in.TokenTypeHint != kindRefreshToken
}

func (p *Plugin) introspectEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oauth2Introspect", Methods: []string{http.MethodPost}, Path: "/oauth2/introspect", Session: auth.Public, NoStore: true,
		MediaTypes: []string{formType}, Summary: "Introspect an OAuth2 access or refresh token", OpenAPI: introspectDoc(),
		Invalid: invalid(invalidRequest, nil),
	}, p.introspect)
}

func (p *Plugin) introspect(c *auth.Context, in *inspected) (*js.Object, error) {
	who, err := p.credentialsOf(c, c.BaseURL+"/oauth2/introspect")
	if err != nil {
		return nil, err
	}
	if who.ClientID == "" || who.Secret == "" && !who.Proven {
		return nil, describeFirst(http.StatusUnauthorized, invalidClient, "missing required credentials")
	}
	token := withoutScheme(in.Token)
	if token == "" {
		return nil, badToken(invalidRequest, "missing a required token for introspection")
	}
	read, err := p.withItsClient(c, in, token, who)
	if err != nil {
		return nil, err
	}
	client, err := p.authenticated(c, who, clientCheck{})
	if err != nil {
		return nil, err
	}
	v, err := p.inspect(c, in, token, client, read)
	if err != nil {
		return nil, err
	}
	return v.payload, p.showSubject(c, v, client)
}

// withItsClient reads an opaque access token together with the client that it was issued to. Most clients ask about their
// own tokens, and the client that asks is then known without a query of its own. It returns nil if the token has to be
// read later: a callback that hashes tokens must not be called for a client that has not authenticated yet.
func (p *Plugin) withItsClient(c *auth.Context, in *inspected, token string, who *credentials) (*readToken, error) {
	if who.client != nil || who.Proven || !in.mayBe(kindAccessToken) || p.opts.StoreTokens.Hash != nil || p.isTrusted(who.ClientID) ||
		p.jwt != nil && strings.Count(token, ".") == 2 {
		return nil, nil
	}
	read := p.readToken(c, token)
	if read.of.client.Text("clientId") != who.ClientID {
		return read, nil
	}
	return read, p.knowClient(c, who, read.of.client)
}

func (p *Plugin) inspect(c *auth.Context, in *inspected, token string, client *Client, read *readToken) (*validated, error) {
	if in.mayBe(kindAccessToken) {
		v, err := p.validateAccessToken(c, token, client, read)
		if !errors.Is(err, errUnknownToken) {
			return v, err
		}
	}
	if in.mayBe(kindRefreshToken) {
		v, err := p.validateRefreshToken(c, token, client.ClientID)
		var answer *auth.Error // a token without the prefix of refresh tokens
		if !errors.Is(err, errUnknownToken) && !errors.As(err, &answer) {
			return v, err
		}
	}
	return inactive(), nil
}

// showSubject replaces the id of the user by the subject that the client knows.
func (p *Plugin) showSubject(c *auth.Context, v *validated, asking *Client) error {
	subject, issuedTo := member(v.payload, "sub"), member(v.payload, "client_id")
	if !v.isActive() || subject == "" || issuedTo == "" {
		return nil
	}
	client := v.client
	if client == nil || client.ClientID != issuedTo {
		var err error
		if client, err = p.enabledClient(c, issuedTo, asking, nil); err != nil || client == nil {
			return err
		}
	}
	shown, err := p.subject(subject, client)
	if err == nil {
		v.payload.Set("sub", shown)
	}
	return err
}

var schemeAndToken = regexp.MustCompile("^([A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*)\\s+(.+)$")

// presentedIn parses an Authorization header. The scheme is Unknown, and the token the whole value, unless it is Bearer
// or DPoP.
func presentedIn(header string) presented {
	if token, ok := strings.CutPrefix(header, "Bearer "); ok && isPlainToken(token) {
		return presented{"Bearer", token}
	}
	value := js.Trim(header)
	match := schemeAndToken.FindStringSubmatch(value)
	if match != nil {
		for _, scheme := range []string{"Bearer", "DPoP"} {
			if strings.EqualFold(match[1], scheme) {
				return presented{scheme, js.Trim(match[2])}
			}
		}
	}
	return presented{"Unknown", value}
}

// isPlainToken reports whether a text has nothing but the characters of ordinary tokens, so that there is nothing to trim.
func isPlainToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')
	})
}

// withoutScheme returns a token without the name of a scheme before it.
func withoutScheme(token string) string {
	if isPlainToken(token) || js.Trim(token) == "" {
		return token
	}
	return presentedIn(token).Token
}
