package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// verifyAssertion verifies the assertion of private_key_jwt (RFC 7523) and returns its client. An assertion works once.
func (p *Plugin) verifyAssertion(c *auth.Context, in *clientRequest, audience string) (*Client, error) {
	if in.assertionType != clientAssertionType {
		return nil, badClient("unsupported client_assertion_type")
	}
	header, err := secret.TokenHeader(in.assertion)
	if err != nil {
		return nil, badClient("malformed client assertion: invalid JWT header")
	}
	alg, _ := header.String("alg")
	if !slices.Contains(assertionAlgorithms(), alg) {
		shown := alg
		if header.Get("alg") == nil {
			shown = "undefined"
		}
		return nil, badClient("unsupported assertion signing algorithm: " + shown)
	}
	client, err := p.assertingClient(c, in)
	if err != nil {
		return nil, err
	}
	accepted := []string{audience, p.issuer(c)}
	headerText, payload, err := p.openAssertion(c, client, header, in.assertion)
	if err == nil {
		err = secret.CheckClaims(headerText, payload, secret.Checks{Issuer: []string{client.ClientID}, Subject: client.ClientID, Audience: accepted}, c.Now())
	}
	if errors.Is(err, secret.ErrToken) || errors.Is(err, secret.ErrExpired) {
		return nil, describeFirst(http.StatusUnauthorized, invalidClient, "client assertion signature verification failed").Because(err)
	}
	if err != nil {
		return nil, err
	}
	claims, err := secret.ParseMembers(payload)
	if err != nil {
		return nil, badClient("malformed client assertion: invalid JWT payload")
	}
	return client, p.consumeAssertion(c, privateKeyJWT+":"+client.ClientID, claims)
}

// assertingClient returns the client that an assertion names. Its signature is not verified yet.
func (p *Plugin) assertingClient(c *auth.Context, in *clientRequest) (*Client, error) {
	payload, err := secret.TokenPayload(in.assertion)
	if err != nil {
		return nil, badClient("malformed client assertion: invalid JWT payload")
	}
	named := payload.Get("sub")
	if named == nil || string(named) == "null" {
		named = payload.Get("iss")
	}
	v, err := js.Parse(named)
	if err != nil || !js.Truthy(v) {
		return nil, badClient("client assertion must contain sub or iss claim identifying the client")
	}
	id := js.String(v) // a number or an object is the id of no client
	if in.clientID != "" && in.clientID != id {
		return nil, badClient("client_id in body does not match assertion sub/iss")
	}
	client, err := p.client(c, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, badClient("unknown client")
	case err != nil:
		return nil, err
	case is(client.Disabled):
		return nil, badClient("client is disabled")
	case text(client.TokenEndpointAuthMethod) != privateKeyJWT:
		return nil, badClient("client is not registered for private_key_jwt authentication")
	}
	return client, nil
}

// openAssertion verifies the signature of an assertion with a key of its client. Keys at an address are read again if
// none fits, because the client may have a new one.
func (p *Plugin) openAssertion(c *auth.Context, client *Client, header secret.Members, assertion string) (headerText, payload []byte, err error) {
	keys, err := p.clientKeys(c, client)
	if err != nil {
		return nil, nil, err
	}
	headerText, payload, err = keys.open(header, assertion)
	if !errors.Is(err, errNoKey) || text(client.JWKSURI) == "" {
		return headerText, payload, err
	}
	if keys, err = p.clientKeysAgain(c, client); err != nil {
		return nil, nil, errNoKey
	}
	return keys.open(header, assertion)
}

// consumeAssertion checks the times of an assertion and notes that it was used. namespace names the method and the
// client: the same jti may come from another client.
func (p *Plugin) consumeAssertion(c *auth.Context, namespace string, claims secret.Members) error {
	longest := float64(p.opts.AssertionMaxLifetime)
	now := float64(c.Now().Unix())
	limit := " (max " + strconv.Itoa(p.opts.AssertionMaxLifetime) + "s)"
	exp, ok := numberOf(claims.Get("exp"))
	switch {
	case !ok:
		return badClient("client assertion must include exp claim")
	case exp <= now:
		return badClient("client assertion has expired")
	case exp-now > longest:
		return badClient("client assertion exp is too far in the future" + limit)
	}
	if iat, ok := numberOf(claims.Get("iat")); ok && now-iat > longest {
		return badClient("client assertion iat is too far in the past" + limit)
	}
	id, _ := claims.String("jti")
	if id == "" {
		return badClient("client assertion must include jti claim")
	}
	first, err := p.firstUse(c, namespace+":"+id, time.UnixMilli(int64(exp*1000)).UTC())
	if err == nil && !first {
		err = badClient("client assertion jti has already been used")
	}
	return err
}

// firstUse notes that an assertion was used, until it expires. Of concurrent callers one gets true.
func (p *Plugin) firstUse(c *auth.Context, name string, expires time.Time) (bool, error) {
	id := secret.Digest(name)[:32] // 24 bytes, as in the reference
	switch c.Store.Table(assertionModel).ID {
	case store.SerialID: // the table cannot keep the id
		return c.Once.Reserve(c, "oauth-client-assertion:"+id, id, expires)
	case store.UUID:
		id = identity.DerivedID(c.Store, assertionModel, name)
	}
	_, err := p.assertions.Create(c, &clientAssertion{ID: id, ExpiresAt: expires})
	if errors.Is(err, store.ErrConflict) {
		return false, nil
	}
	return err == nil, err
}
