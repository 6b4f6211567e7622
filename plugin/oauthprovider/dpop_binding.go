package oauthprovider

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/dpop"
	"github.com/seed-32bd42cb/betterauth/js"
)

// binding says to which key the tokens of a grant must be bound.
type binding struct {
	client   *Client
	required bool       // by a resource
	code     *js.Object // query of the authorization request; nil for other grants
	refresh  *refreshToken
}

// confirmationFor returns the cnf of new tokens: the key that the client proves to have, or nil without a proof. The
// proof is used up.
func (p *Plugin) confirmationFor(c *auth.Context, in binding) (*js.Object, error) {
	expected := ""
	if in.code != nil {
		expected = member(in.code, "dpop_jkt")
	}
	if in.refresh != nil {
		if bound := dpop.Thumbprint(in.refresh.Confirmation); bound != "" {
			expected = bound
		}
	}
	proof, given := c.RequestHeaderValue("DPoP")
	if !given || proof == "" {
		if in.required || expected != "" || in.client.needsProof() {
			return nil, bad("invalid_dpop_proof", "DPoP proof header is required")
		}
		return nil, nil
	}
	thumbprint, err := p.proven(c, proof, dpop.Expected{Method: http.MethodPost, URL: c.BaseURL + "/oauth2/token", Thumbprint: expected})
	var flaw dpop.Error
	if errors.As(err, &flaw) {
		return nil, bad("invalid_dpop_proof", flaw.Error())
	}
	if err != nil {
		return nil, err
	}
	return js.Obj("jkt", thumbprint), nil
}

// needsProof reports whether all tokens of the client must be bound to a key.
func (cl *Client) needsProof() bool {
	if is(cl.DPoPBoundAccessTokens) {
		return true
	}
	v, _ := cl.metadata().Get("dpop_bound_access_tokens")
	return v == true
}

// proven verifies a DPoP proof and uses it up. It returns the thumbprint of its key. The error of a bad proof is a
// [dpop.Error].
func (p *Plugin) proven(c *auth.Context, proof string, want dpop.Expected) (string, error) {
	want.Now = c.Now()
	want.MaxAge = time.Duration(p.opts.DPoP.ProofMaxAgeSeconds) * time.Second
	want.Algorithms = p.opts.DPoP.SigningAlgorithms
	valid, err := dpop.Verify(proof, want)
	if err != nil {
		return "", err
	}
	first, err := c.Once.Reserve(c, "dpop-proof:"+valid.ReplayKey, valid.ReplayKey, valid.ExpiresAt)
	if err == nil && !first {
		err = dpop.Used
	}
	return valid.Thumbprint, err
}

// presented is an access token as a client sends it.
type presented struct{ Scheme, Token string }

// checkPossession refuses a token that is bound to a key unless the client proves to have the key (RFC 9449, 7.1).
func (p *Plugin) checkPossession(c *auth.Context, payload *js.Object, token presented, method, url string) error {
	cnf, _ := payload.Get("cnf")
	bound := dpop.Thumbprint(cnf)
	refused := func(name, description string) error {
		return describeFirst(http.StatusUnauthorized, name, description)
	}
	switch {
	case bound == "" && token.Scheme == "DPoP":
		return refused(invalidToken, "DPoP authorization requires a DPoP-bound access token")
	case bound == "":
		return nil
	case c.Request == nil:
		return refused(invalidToken, "DPoP-bound access token requires an HTTP request context")
	case token.Scheme != "DPoP":
		return refused(invalidToken, "DPoP-bound access token requires the DPoP authorization scheme")
	}
	proof, _ := c.RequestHeaderValue("DPoP")
	if proof == "" {
		return refused("invalid_dpop_proof", "DPoP proof header is required")
	}
	_, err := p.proven(c, proof, dpop.Expected{Method: method, URL: url, Token: token.Token, Thumbprint: bound})
	var flaw dpop.Error
	if errors.As(err, &flaw) {
		return refused("invalid_dpop_proof", flaw.Error())
	}
	return err
}

// tokenType returns the token_type of tokens with this cnf.
func tokenType(confirmation any) string {
	if dpop.Thumbprint(confirmation) != "" {
		return "DPoP"
	}
	return "Bearer"
}
