package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// check checks what the client asks for. Its flaws are reported to the client.
func (a *authorization) check() (*flaw, error) {
	if wrong := a.checkScopes(); wrong != nil {
		return wrong, nil
	}
	if wrong := a.checkClaims(); wrong != nil {
		return wrong, nil
	}
	if v, asked := a.query.Get("resource"); asked {
		_, err := a.p.policy(a.c, textsOf(v), a.client.ClientID, a.scopes)
		var known *auth.Error
		if errors.As(err, &known) && known.Status < http.StatusInternalServerError {
			return flawOf(known), nil
		}
		if err != nil {
			return nil, err
		}
	}
	return a.checkPKCE(), nil
}

// flawOf returns an error in OAuth's form as a flaw of the request.
func flawOf(e *auth.Error) *flaw {
	body, _ := e.Body.(*js.Object)
	member := func(name, otherwise string) string {
		if body != nil {
			if v, _ := body.Get(name); v != nil {
				if s, ok := v.(string); ok {
					return s
				}
			}
		}
		return otherwise
	}
	return &flaw{member("error", invalidTarget), member("error_description", "requested resource invalid")}
}

func (a *authorization) checkScopes() *flaw {
	allowed := a.client.Scopes
	if allowed == nil {
		allowed = a.p.opts.Scopes
	}
	given, ok := a.query.Get("scope")
	if !ok {
		a.scopes = allowed
		a.query.Set("scope", strings.Join(allowed, " "))
		return nil
	}
	var invalid []string
	text, _ := given.(string)
	a.scopes = []string{}
	for scope := range strings.SplitSeq(text, " ") {
		if scope == "" {
			continue
		}
		a.scopes = append(a.scopes, scope)
		if !slices.Contains(allowed, scope) {
			invalid = append(invalid, scope)
		}
	}
	if len(invalid) > 0 {
		return &flaw{invalidScope, "The following scopes are invalid: " + strings.Join(invalid, ", ")}
	}
	return nil
}

func (a *authorization) checkClaims() *flaw {
	openID := slices.Contains(a.scopes, "openid")
	asked, ok := a.query.Get("claims")
	if !ok {
		return nil
	}
	if !openID {
		return &flaw{invalidRequest, "openid scope must be requested when using the claims parameter"}
	}
	if _, ok := parseClaims(asked); !ok {
		return &flaw{invalidRequest, "claims must be a valid Claims request object"}
	}
	if !satisfiesACR(asked) {
		return &flaw{accessDenied, "essential acr requirement cannot be met"}
	}
	a.claims = requestedClaims(asked, a.p.supportedClaims())
	return nil
}

// checkPKCE demands a code challenge, without which somebody who intercepts the code could redeem it, and only S256.
func (a *authorization) checkPKCE() *flaw {
	challenge, method := a.text("code_challenge"), a.text("code_challenge_method")
	if why := a.client.needsPKCE(a.scopes, a.text("nonce")); why != "" && (challenge == "" || method == "") {
		return &flaw{invalidRequest, why}
	}
	switch {
	case challenge == "" && method == "":
		return nil
	case challenge == "" || method == "":
		return &flaw{invalidRequest, "code_challenge and code_challenge_method must both be provided"}
	case method != "S256":
		return &flaw{invalidRequest, "invalid code_challenge method, only S256 is supported"}
	}
	return nil
}

// needsPKCE returns why a request of the client needs PKCE, or "" if it does not. Public clients always do. Refresh
// tokens of a confidential client are also protected by the nonce of an OpenID request.
func (cl *Client) needsPKCE(scopes []string, nonce string) string {
	withNonce := slices.Contains(scopes, "openid") && nonce != ""
	switch {
	case cl.isPublic():
		return "pkce is required for public clients"
	case slices.Contains(scopes, "offline_access") && !withNonce:
		return "pkce or OIDC nonce is required when requesting offline_access scope"
	case cl.RequirePKCE == nil || *cl.RequirePKCE:
		return "pkce is required for this client"
	}
	return ""
}
