package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

type userInfoRequest struct {
	_           struct{} `body:"optional,loose"`
	AccessToken string   `json:"access_token,omitempty"`
}

func (p *Plugin) userInfoEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oauth2UserInfo", Methods: []string{http.MethodGet, http.MethodPost}, Path: "/oauth2/userinfo", Session: auth.Public, NoStore: true,
		MediaTypes: []string{formType}, Summary: "Get OpenID Connect user information (UserInfo endpoint)", OpenAPI: userInfoDoc(),
		CORS: auth.AnyOrigin,
	}, p.userInfo)
}

func (p *Plugin) userInfo(c *auth.Context, in *userInfoRequest) (*js.Object, error) {
	token, err := presentedTo(c, in)
	if err != nil {
		return nil, err
	}
	v, err := p.activeAccessToken(c, token.Token)
	if err != nil {
		return nil, err
	}
	method := c.Method
	if c.Request == nil {
		method = http.MethodGet
	}
	if err := p.checkPossession(c, v.payload, token, method, userInfoResource(c)); err != nil {
		return nil, err
	}
	scopes := strings.Split(member(v.payload, "scope"), " ")
	if !slices.Contains(scopes, "openid") {
		return nil, badToken(invalidScope, "Missing required scope")
	}
	subject := member(v.payload, "sub")
	if subject == "" {
		return nil, badToken(invalidRequest, "user not found")
	}
	if v.user == nil {
		if v.user, err = c.Users.Get(c, subject); errors.Is(err, store.ErrNotFound) {
			return nil, badToken(invalidRequest, "user not found")
		}
	}
	if err != nil {
		return nil, err
	}
	return p.aboutUser(c, v, scopes)
}

// presentedTo returns the access token of a request: of the Authorization header, or of the body of a POST.
func presentedTo(c *auth.Context, in *userInfoRequest) (presented, error) {
	header, _ := c.RequestHeaderValue("Authorization")
	inHeader := js.Trim(header) != ""
	inBody := c.Request != nil && c.Method == http.MethodPost && in.AccessToken != ""
	switch {
	case inHeader && inBody:
		return presented{}, badToken(invalidRequest, "Multiple access token transport methods are not allowed")
	case inHeader:
		if token := presentedIn(header); token.Token != "" {
			return token, nil
		}
	case inBody:
		return presented{"Bearer", in.AccessToken}, nil
	}
	return presented{}, describeFirst(http.StatusUnauthorized, invalidRequest, "access token not found")
}

// aboutUser returns the claims about the user: the standard ones, those of extensions, which cannot replace them, and
// those of the option, which may. The subject is always that of the ID token.
func (p *Plugin) aboutUser(c *auth.Context, v *validated, scopes []string) (*js.Object, error) {
	claims := userClaims(v.user, scopes, v.requested)
	subject, err := p.subject(v.user.ID, v.client)
	if err != nil {
		return nil, err
	}
	requested := v.requested
	if requested == nil {
		requested = []string{}
	}
	more, err := p.extensionClaims(c, func(e *Extension) (*js.Object, error) {
		if e.Claims.UserInfo == nil {
			return nil, nil
		}
		return e.Claims.UserInfo(UserInfoInput{
			Call: c, User: v.user, Scopes: scopes, JWT: v.payload, Client: v.client, RequestedClaims: requested,
		})
	})
	if err != nil {
		return nil, err
	}
	addNew(claims, more)
	if custom := p.opts.CustomUserInfoClaims; custom != nil {
		own, err := custom(c, UserInfoInfo{User: v.user, Scopes: scopes, JWT: v.payload, RequestedClaims: requested})
		if err != nil {
			return nil, auth.FromCallback(err)
		}
		for name, value := range own.All() {
			if _, undefined := value.(js.Undefined); !undefined {
				claims.Set(name, value)
			}
		}
	}
	claims.Set("sub", subject)
	return claims, nil
}
