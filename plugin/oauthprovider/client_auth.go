package oauthprovider

import (
	"encoding/base64"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// credentials are what a request says about its client.
type credentials struct {
	ClientID     string
	Secret       string
	Method       string     // how the client authenticates; "" if the request names no client
	Proven       bool       // an assertion proved that the request is by the client
	Confirmation *js.Object // key to which an extension binds the tokens

	client *Client // with this ClientID, if it was read before
}

// clientRequest are the parameters of a request by which a client identifies itself.
type clientRequest struct {
	clientID, secret, assertion, assertionType string
	authorization                              string // the header
}

// clientRequestOf reads the parameters of a call. A parameter may be given once, and only one way to authenticate may be
// used (RFC 6749, 2.3 and 3.2).
func clientRequestOf(c *auth.Context) (*clientRequest, error) {
	var in clientRequest
	for _, parameter := range []struct {
		name string
		to   *string
	}{
		{"client_id", &in.clientID}, {"client_secret", &in.secret},
		{"client_assertion", &in.assertion}, {"client_assertion_type", &in.assertionType},
	} {
		value, err := oneParameter(c, parameter.name)
		if err != nil {
			return nil, err
		}
		*parameter.to = value
	}
	if c.Request != nil {
		in.authorization = strings.TrimSpace(c.Request.Header.Get("Authorization"))
	}
	asserts := in.assertion != "" || in.assertionType != ""
	if in.authorization != "" && (in.secret != "" || asserts) || in.secret != "" && asserts {
		return nil, bad(invalidRequest, "A request must use only one client authentication method")
	}
	return &in, nil
}

// oneParameter returns a parameter of the body, "" if it is absent or empty.
func oneParameter(c *auth.Context, name string) (string, error) {
	if c.Form == nil {
		body, _ := c.Body.(*js.Object)
		value, ok := body.Get(name)
		if !ok || value == (js.Undefined{}) {
			return "", nil
		}
		text, ok := value.(string)
		if !ok {
			return "", bad(invalidRequest, name+" must be a string")
		}
		return text, nil
	}
	found := ""
	for _, value := range c.Form[name] {
		if value == "" {
			continue
		}
		if found != "" {
			return "", bad(invalidRequest, name+" must not be repeated")
		}
		found = value
	}
	return found, nil
}

var schemeToken = regexp.MustCompile("^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+")

// basicScheme returns what follows the name of the scheme Basic in an Authorization header.
func basicScheme(authorization string) (rest string, ok bool) {
	const name = "Basic "
	if len(authorization) < len(name) || !strings.EqualFold(authorization[:len(name)], name) {
		return "", false
	}
	rest = strings.TrimLeft(authorization[len(name):], " ")
	return rest, !strings.ContainsRune(rest, '\n')
}

// credentialsOf reads how the client of a request authenticates, and verifies an assertion. audience is the address of
// the endpoint.
func (p *Plugin) credentialsOf(c *auth.Context, audience string) (*credentials, error) {
	in, err := clientRequestOf(c)
	if err != nil {
		return nil, err
	}
	switch {
	case in.assertion != "" || in.assertionType != "":
		return p.assertedBy(c, in, audience)
	case in.authorization != "":
		return basicCredentials(in.authorization)
	case in.clientID != "" && in.secret != "":
		return &credentials{ClientID: in.clientID, Secret: in.secret, Method: clientSecretPost}, nil
	case in.clientID != "":
		return &credentials{ClientID: in.clientID, Method: noAuth}, nil
	}
	return &credentials{}, nil
}

func (p *Plugin) assertedBy(c *auth.Context, in *clientRequest, audience string) (*credentials, error) {
	if in.assertion == "" || in.assertionType == "" {
		return nil, badClient("client_assertion and client_assertion_type must both be provided")
	}
	if way := p.authentication(in.assertionType); way != nil {
		who, err := way.Authenticate(AssertionInput{
			Call: c, Assertion: in.assertion, AssertionType: in.assertionType, ClientID: in.clientID, Audience: audience,
		})
		if err != nil {
			return nil, err
		}
		return &credentials{ClientID: who.ClientID, Method: way.Method, Proven: true, Confirmation: who.Confirmation}, nil
	}
	client, err := p.verifyAssertion(c, in, audience)
	if err != nil {
		return nil, err
	}
	return &credentials{ClientID: client.ClientID, Method: privateKeyJWT, Proven: true, client: client}, nil
}

func basicCredentials(authorization string) (*credentials, error) {
	encoded, ok := basicScheme(authorization)
	if !ok {
		scheme := schemeToken.FindString(authorization)
		if rest := authorization[len(scheme):]; scheme == "" || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
			return nil, bad(invalidRequest, "Invalid authorization header format")
		}
		return nil, challenged(scheme, "unsupported authorization scheme")
	}
	decoded, ok := lenientBase64(encoded)
	id, secret, found := strings.Cut(decoded, ":")
	if !ok || !found || id == "" || secret == "" {
		return nil, challenged("Basic", "invalid authorization header format")
	}
	return &credentials{ClientID: formDecoded(id), Secret: formDecoded(secret), Method: clientSecretBasic}, nil
}

// lenientBase64 decodes base64 with either alphabet, with or without padding, up to the first padding character.
func lenientBase64(text string) (string, bool) {
	text, _, _ = strings.Cut(text, "=")
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	if len(text)%4 == 1 { // six bits that make no byte
		text = text[:len(text)-1]
	}
	raw, err := encoding.DecodeString(text)
	return strings.ToValidUTF8(string(raw), string(utf8.RuneError)), err == nil && !strings.ContainsAny(text, "\r\n")
}

// formDecoded decodes one value in the form of HTML forms (RFC 6749, 2.3.1). Escapes that are none stay as they are.
func formDecoded(text string) string {
	text, _, _ = strings.Cut(text, "&")
	text = strings.ReplaceAll(text, "+", " ")
	if !strings.Contains(text, "%") {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if n, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return strings.ToValidUTF8(string(out), string(utf8.RuneError))
}

// clientCheck says what a client must be allowed.
type clientCheck struct {
	scopes []string // nil: not checked
	grant  string   // "": not checked
}

// authenticated returns the client of a request if its credentials are right and it may do what check says.
func (p *Plugin) authenticated(c *auth.Context, who *credentials, check clientCheck) (*Client, error) {
	client := who.client
	if client == nil {
		var err error
		client, err = p.client(c, who.ClientID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, wrongClient(who, "missing client")
		}
		if err != nil {
			return nil, err
		}
	}
	if is(client.Disabled) {
		return nil, wrongClient(who, "client is disabled")
	}
	registered := clientSecretBasic
	if client.TokenEndpointAuthMethod != nil {
		registered = *client.TokenEndpointAuthMethod
	}
	if who.Method != "" && registered != who.Method {
		return nil, wrongClient(who, "client registered for "+registered+" cannot use "+who.Method)
	}
	if !who.Proven {
		if err := p.checkSecret(c, client, who, registered); err != nil {
			return nil, err
		}
	}
	if err := client.checkScopes(check.scopes); err != nil {
		return nil, err
	}
	if check.grant != "" && !client.allowsGrant(check.grant) {
		return nil, describeFirst(http.StatusBadRequest, unauthorizedClient, "client is not authorized to use grant type "+check.grant)
	}
	return client, nil
}

func (p *Plugin) checkSecret(c *auth.Context, client *Client, who *credentials, registered string) error {
	switch {
	case client.TokenEndpointAuthMethod != nil && (registered == privateKeyJWT || p.isExtensionMethod(&registered)):
		return badClient("client registered for " + registered + " must use client_assertion")
	case registered != noAuth && who.Secret == "":
		return wrongClient(who, "client secret must be provided")
	case who.Secret != "" && text(client.ClientSecret) == "":
		return wrongClient(who, "public client, client secret should not be received")
	case who.Secret == "":
		return nil
	}
	ok, err := p.secretMatches(c, *client.ClientSecret, who.Secret)
	if err != nil {
		return err
	}
	if !ok {
		return wrongClient(who, "invalid client_secret")
	}
	return nil
}

// wrongClient returns an invalid_client error. A client that used the Authorization header gets a 401 that names its
// scheme (RFC 6749, 5.2).
func wrongClient(who *credentials, description string) error {
	if who.Method == clientSecretBasic {
		return challenged("Basic", description)
	}
	return badClient(description)
}

func badClient(description string) *auth.Error {
	return describeFirst(http.StatusBadRequest, invalidClient, description)
}

func challenged(scheme, description string) *auth.Error {
	return challenge(describeFirst(http.StatusUnauthorized, invalidClient, description), scheme)
}
