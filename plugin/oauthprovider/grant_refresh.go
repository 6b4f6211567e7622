package oauthprovider

import (
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// refreshTokens answers the grant refresh_token. Each refresh token works once and is replaced by a new one. A second
// use means that somebody else has it: all tokens of the client for this user then end (RFC 9700, 4.14).
func (p *Plugin) refreshTokens(c *auth.Context, in *tokenRequest) (*js.Object, error) {
	who, err := p.credentialsOf(c, tokenAddress(c))
	if err != nil {
		return nil, err
	}
	switch {
	case who.ClientID == "":
		return nil, badToken(invalidRequest, "Missing required client_id")
	case in.RefreshToken == "":
		return nil, badToken(invalidRequest, "Missing a required refresh_token for refresh_token grant")
	}
	row, of, err := p.refreshTokenOf(c, in.RefreshToken, "clientId", "userId")
	if errors.Is(err, store.ErrNotFound) {
		return nil, badToken(invalidGrant, "session not found")
	}
	if err != nil {
		return nil, err
	}
	if row.ClientID != who.ClientID || row.ExpiresAt.Before(c.Now()) {
		return nil, badRefreshToken()
	}
	resources, scopes := in.resources(c), in.scopes()
	if resources != nil && row.Resources != nil && !includes(row.Resources, resources) {
		return nil, badToken(invalidTarget, "requested resource invalid")
	}
	for _, scope := range scopes {
		if !slices.Contains(row.Scopes, scope) {
			return nil, badToken(invalidScope, "unable to issue scope "+scope)
		}
	}
	if scopes == nil {
		scopes = row.Scopes
	}
	if resources == nil {
		resources = row.Resources
	}
	if err := p.knowClient(c, who, of.client); err != nil {
		return nil, err
	}
	client, err := p.authenticated(c, who, clientCheck{scopes: scopes, grant: refreshGrant})
	if err != nil {
		return nil, err
	}
	return p.refreshed(c, row, issuance{
		client: client, user: userOf(c, of.user), grant: refreshGrant, scopes: scopes, resources: resources, referenceID: text(row.ReferenceID),
		codeID: text(row.AuthorizationCodeID), sessionID: text(row.SessionID), refresh: row, authTime: row.AuthTime,
		requested: row.RequestedUserInfoClaims,
	})
}

func (p *Plugin) refreshed(c *auth.Context, row *refreshToken, in issuance) (*js.Object, error) {
	if row.Revoked != nil {
		return p.reused(c, row, in)
	}
	if in.user == nil {
		return nil, badToken(invalidRequest, "user not found")
	}
	answer, err := p.issue(c, in)
	var lost *lostRace
	if errors.As(err, &lost) {
		return p.lateAnswer(c, row, lost.request)
	}
	return answer, err
}

// reused answers the second use of a refresh token.
func (p *Plugin) reused(c *auth.Context, row *refreshToken, in issuance) (*js.Object, error) {
	if !mayRepeat(c, row) {
		if err := p.endFamily(c, row.ClientID, row.UserID); err != nil {
			return nil, err
		}
		return nil, badRefreshToken()
	}
	policy, err := p.policy(c, in.resources, in.client.ClientID, in.scopes)
	if err != nil {
		return nil, err
	}
	confirmation, err := p.confirmationFor(c, binding{client: in.client, required: policy.DPoPRequired, refresh: row})
	if err != nil {
		return nil, err
	}
	if answer := p.repeated(c, row, repeatRequest(policy.Scopes, in.resources, confirmation)); answer != nil {
		return answer, nil
	}
	return nil, badRefreshToken()
}

// lateAnswer answers a call that lost the race for a refresh token: with the answer of the winner if the options allow
// the second use for a while, and else with an error. The tokens of the winner stay.
func (p *Plugin) lateAnswer(c *auth.Context, row *refreshToken, request *js.Object) (*js.Object, error) {
	fresh, err := p.refresh.Get(c, store.Is("id", row.ID))
	if errors.Is(err, store.ErrNotFound) {
		return nil, badRefreshToken()
	}
	if err != nil {
		return nil, err
	}
	if answer := p.repeated(c, fresh, request); answer != nil {
		return answer, nil
	}
	return nil, badRefreshToken()
}

func badRefreshToken() error { return badToken(invalidGrant, "invalid refresh token") }

func includes(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// refreshTokenOf returns the row of a refresh token as a client sends it, and the rows that its fields named in refs
// refer to.
func (p *Plugin) refreshTokenOf(c *auth.Context, sent string, refs ...string) (*refreshToken, owners, error) {
	token, err := p.openRefreshToken(c, sent)
	if err != nil {
		return nil, owners{}, err
	}
	stored, err := p.storedToken(c, token, kindRefreshToken)
	if err != nil {
		return nil, owners{}, err
	}
	return tokenWithOwners(c, p.refresh, refreshModel, stored, refs...)
}

// openRefreshToken returns a refresh token without the form that options give it.
func (p *Plugin) openRefreshToken(c *auth.Context, sent string) (string, error) {
	token, ok := strings.CutPrefix(sent, p.opts.Prefix.RefreshToken)
	if !ok {
		return "", badToken(invalidToken, "refresh token not found")
	}
	if open := p.opts.FormatRefreshToken.Decrypt; open != nil {
		opened, err := open(c, token)
		return opened.Token, auth.FromCallback(err)
	}
	return token, nil
}

// rotation returns the change that marks the old refresh token as used. It applies to one of several concurrent calls.
// The answer is stored with it for as long as it may be repeated.
func (p *Plugin) rotation(c *auth.Context, t *prepared, answer *js.Object) (*store.Changed, error) {
	at := time.Unix(t.iat, 0).UTC()
	set := store.Record{"revoked": at, "rotatedAt": at}
	if interval := *p.opts.RefreshTokenReuseInterval; interval > 0 {
		set["rotationReplayExpiresAt"] = at.Add(time.Duration(interval) * time.Second)
		sealed, err := sealAnswer(c, repeatRequest(t.policy.Scopes, t.resources, t.confirmation), answer)
		if err != nil {
			return nil, err
		}
		set["rotationReplayResponse"] = sealed
	}
	unused := []store.Where{store.Is("id", t.refresh.ID), store.Is("revoked", nil)}
	return &store.Changed{Model: refreshModel, Where: unused, Change: store.Change{Set: set}}, nil
}

// RefreshTokenReused is the event that a refresh token was used a second time, so that all tokens of the client for the
// user ended. Its details name the client.
const RefreshTokenReused = "oauth_refresh_token_reused"

// endFamily deletes all refresh tokens of a client for a user, and the opaque access tokens that came with them.
func (p *Plugin) endFamily(c *auth.Context, clientID, userID string) error {
	return c.Tx(func(c *auth.Context) error {
		if err := c.Store.Lock(c, "user", store.Is("id", userID)); err != nil {
			return err
		}
		mine := []store.Where{store.Given("clientId", clientID), store.Given("userId", userID)}
		rows, err := p.refresh.Find(c, store.Query{Where: mine, Limit: math.MaxInt32})
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]any, len(rows))
		for i, row := range rows {
			ids[i] = row.ID
		}
		if _, err := c.Store.DeleteMany(c, accessModel, store.Where{Field: "refreshId", Op: store.In, Value: ids}); err != nil {
			return err
		}
		if _, err := c.Store.DeleteMany(c, refreshModel, mine...); err != nil {
			return err
		}
		c.Emit(auth.Event{Name: RefreshTokenReused, UserID: userID, Details: map[string]string{"clientId": clientID}})
		return nil
	})
}
