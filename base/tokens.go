package base

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// accountSelection returns the schema for selecting an account: by the id of its row, or the one in the account cookie.
func accountSelection() *schema.Schema {
	user := schema.Field("userId", schema.String().Doc("The user ID associated with the account").Optional())
	return schema.Union(
		schema.Object(schema.Field("accountId", schema.String().Doc("The Better Auth account ID")), user).Strict(),
		schema.Object(schema.Field("useAccountCookie", schema.Literal(true).Doc("Select the current OAuth account from its signed cookie")), user).Strict(),
	)
}

type tokensRequest struct{}

// BodySchema returns the schema of the selection.
func (tokensRequest) BodySchema() *schema.Schema { return accountSelection() }

type accountInfoRequest struct{}

// QuerySchema returns the schema of the selection.
func (accountInfoRequest) QuerySchema() *schema.Schema { return accountSelection() }

// selected is the selected account and the id of its user.
type selected struct {
	*auth.Account
	fromCookie bool
}

var accessTokenFailed = auth.Code{Name: "FAILED_TO_GET_ACCESS_TOKEN", Message: "Failed to get a valid access token"}
var errNoTokens = errors.New("base: the provider returned no tokens")
var refreshFailed = auth.Code{Name: "FAILED_TO_REFRESH_ACCESS_TOKEN", Message: "Failed to refresh access token"}

// actingUser returns the id of the user whose tokens are requested: over HTTP the signed-in user, from Go the user
// who is named. A revoked session is refused at once if sessions are kept in a store.
func actingUser(c *auth.Context, selection any) (string, error) {
	s, err := c.CurrentSession(auth.Lookup{NoCache: c.Stateful()})
	if err != nil {
		return "", err
	}
	if s != nil {
		return s.User.ID, nil
	}
	if c.Request != nil || c.RequestHeader != nil {
		return "", auth.Fail(http.StatusUnauthorized, auth.Code{})
	}
	if id := oauth.Text(oauth.Member(selection, "userId")); id != "" {
		return id, nil
	}
	return "", auth.BadRequest(auth.Code{Name: "USER_ID_OR_SESSION_REQUIRED", Message: "Either userId or session is required"})
}

func selectAccount(c *auth.Context, selection any) (*selected, error) {
	userID, err := actingUser(c, selection)
	if err != nil {
		return nil, err
	}
	if id, byID := oauth.Member(selection, "accountId").(string); byID {
		accounts, err := c.Accounts.Of(c, userID)
		if err != nil {
			return nil, err
		}
		for _, account := range accounts {
			if account.ID == id {
				return &selected{Account: account}, nil
			}
		}
		return nil, auth.BadRequest(auth.AccountNotFound)
	}
	if keep := c.Options.Account.StoreAccountCookie; keep != nil && *keep {
		account := flow.AccountCookie(c)
		if account != nil && (!c.HasDatabase() || account.UserID == userID) {
			return &selected{Account: account, fromCookie: true}, nil
		}
	}
	return nil, auth.BadRequest(auth.AccountNotFound)
}

// validToken is an access token that is valid for at least five more seconds, with its details.
type validToken struct {
	access  string
	expires time.Time
	scopes  []string
	id      string
}

func (t *validToken) object() *js.Object {
	o := js.Obj("accessToken", t.access)
	if !t.expires.IsZero() {
		o.Set("accessTokenExpiresAt", t.expires)
	}
	o.Set("scopes", t.scopes)
	if t.id != "" {
		o.Set("idToken", t.id)
	}
	return o
}

func supported(c *auth.Context, account *auth.Account) (oauth.Provider, error) {
	if p := flow.FindProvider(c, account.ProviderID); p != nil {
		return p, nil
	}
	return nil, auth.BadRequest(auth.Code{Name: "PROVIDER_NOT_SUPPORTED", Message: "Provider " + account.ProviderID + " is not supported."})
}

// validAccessToken returns the access token of the account, and renews it if it is about to expire.
func validAccessToken(c *auth.Context, account *selected) (*validToken, error) {
	p, err := supported(c, account.Account)
	if err != nil {
		return nil, err
	}
	out, err := readToken(c, p, account)
	if err != nil {
		return nil, auth.BadRequest(accessTokenFailed).Because(err)
	}
	return out, nil
}

func readToken(c *auth.Context, p oauth.Provider, account *selected) (*validToken, error) {
	access, err := flow.Open(c, account.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &validToken{access: access, expires: account.AccessTokenExpiresAt, scopes: oauth.StoredScopes(account.Scope), id: account.IDToken}
	due := !out.expires.IsZero() && out.expires.Sub(c.Now()) < 5*time.Second
	if account.RefreshToken == "" || !due || !p.Info().Refreshes {
		return out, nil
	}
	fresh, kept, err := renewTokens(c, p, account.Account, false)
	if err != nil {
		return nil, err
	}
	if err := flow.SetAccountCookie(c, kept); err != nil {
		return nil, err
	}
	if fresh == nil {
		return out, nil
	}
	out.access = cmp.Or(fresh.AccessToken, out.access)
	out.id = cmp.Or(fresh.IDToken, out.id)
	if !fresh.AccessTokenExpiresAt.IsZero() {
		out.expires = fresh.AccessTokenExpiresAt
	}
	return out, nil
}

// renewTokens gets new tokens from the provider and stores them. The stored scopes stay, because a refresh may return
// fewer. If the provider returns no tokens and they are needed, it fails before anything is written.
func renewTokens(c *auth.Context, p oauth.Provider, account *auth.Account, needed bool) (fresh *oauth.Tokens, kept *auth.Account, err error) {
	token, err := flow.Open(c, account.RefreshToken)
	if err != nil {
		return nil, nil, err
	}
	if fresh, err = p.Refresh(flow.Call(c), token); err != nil || fresh == nil && needed {
		return nil, nil, cmp.Or(err, errNoTokens)
	}
	change, err := tokenChange(c, fresh)
	if err != nil {
		return nil, nil, err
	}
	kept = account.With(change)
	if account.ID != "" {
		updated, err := c.Accounts.Update(c, account.ID, change)
		if store.UnlessGone(err) != nil {
			return nil, nil, err
		}
		kept = kept.With(updated.Record())
	}
	return fresh, kept, nil
}

func tokenChange(c *auth.Context, fresh *oauth.Tokens) (store.Record, error) {
	change := store.Record{}
	if fresh == nil {
		return change, nil
	}
	for name, token := range map[string]string{"accessToken": fresh.AccessToken, "refreshToken": fresh.RefreshToken} {
		sealed, err := flow.Seal(c, token)
		if err != nil {
			return nil, err
		}
		if sealed != "" {
			change[name] = sealed
		}
	}
	for name, at := range map[string]time.Time{"accessTokenExpiresAt": fresh.AccessTokenExpiresAt, "refreshTokenExpiresAt": fresh.RefreshTokenExpiresAt} {
		if !at.IsZero() {
			change[name] = at
		}
	}
	if fresh.IDToken != "" {
		change["idToken"] = fresh.IDToken
	}
	return change, nil
}

var getAccessToken = auth.Handle(auth.Route{
	ID: "getAccessToken", Methods: []string{http.MethodPost}, Path: "/get-access-token", Session: auth.Public,
	Summary: "Get a valid access token, doing a refresh if needed",
}, func(c *auth.Context, _ *tokensRequest) (anyAnswer, error) {
	account, err := selectAccount(c, c.Body)
	if err != nil {
		return nil, err
	}
	token, err := validAccessToken(c, account)
	if err != nil {
		return nil, err
	}
	return answer(token.object()), nil
})

var refreshToken = auth.Handle(auth.Route{
	ID: "refreshToken", Methods: []string{http.MethodPost}, Path: "/refresh-token", Session: auth.Public,
	Summary: "Refresh the access token using a refresh token",
}, func(c *auth.Context, _ *tokensRequest) (anyAnswer, error) {
	account, err := selectAccount(c, c.Body)
	if err != nil {
		return nil, err
	}
	p, err := supported(c, account.Account)
	if err != nil {
		return nil, err
	}
	if !p.Info().Refreshes {
		return nil, auth.BadRequest(auth.Code{Name: "TOKEN_REFRESH_NOT_SUPPORTED", Message: "Provider " + account.ProviderID + " does not support token refreshing."})
	}
	if account.RefreshToken == "" {
		return nil, auth.BadRequest(auth.Code{Name: "REFRESH_TOKEN_NOT_FOUND", Message: "Refresh token not found"})
	}
	fresh, kept, err := renewTokens(c, p, account.Account, true)
	if err == nil && account.fromCookie {
		err = flow.SetAccountCookie(c, kept)
	}
	if err != nil {
		return nil, auth.BadRequest(refreshFailed).Because(err)
	}
	out, err := refreshedAnswer(c, account.Account, kept, fresh)
	if err != nil {
		return nil, auth.BadRequest(refreshFailed).Because(err)
	}
	return answer(out), nil
})

func refreshedAnswer(c *auth.Context, before, kept *auth.Account, fresh *oauth.Tokens) (*js.Object, error) {
	o := js.NewObject()
	if fresh.AccessToken != "" {
		o.Set("accessToken", fresh.AccessToken)
	}
	refresh := fresh.RefreshToken
	if refresh == "" {
		var err error
		if refresh, err = flow.Open(c, before.RefreshToken); err != nil {
			return nil, err
		}
	}
	o.Set("refreshToken", refresh)
	if !fresh.AccessTokenExpiresAt.IsZero() {
		o.Set("accessTokenExpiresAt", fresh.AccessTokenExpiresAt)
	}
	put := func(name, column string, v any, known bool) {
		if !known {
			if v, known = before.Record()[column]; !known {
				return
			}
		}
		o.Set(name, v)
	}
	put("refreshTokenExpiresAt", "refreshTokenExpiresAt", fresh.RefreshTokenExpiresAt, !fresh.RefreshTokenExpiresAt.IsZero())
	scope, known := kept.Record()["scope"]
	put("scope", "scope", scope, known)
	put("idToken", "idToken", fresh.IDToken, fresh.IDToken != "")
	put("providerId", "providerId", nil, false)
	put("accountId", "id", nil, false)
	return o, nil
}

var accountInfo = auth.Handle(auth.Route{
	ID: "accountInfo", Methods: []string{http.MethodGet}, Path: "/account-info", Session: auth.Public,
	Summary: "Get the account info provided by the provider",
}, func(c *auth.Context, _ *accountInfoRequest) (anyAnswer, error) {
	account, err := selectAccount(c, c.Query)
	if err != nil {
		return nil, err
	}
	p := flow.FindProvider(c, account.ProviderID)
	if p == nil {
		return nil, auth.BadRequest(auth.Code{Name: "PROVIDER_NOT_CONFIGURED", Message: "Account is not associated with a configured social provider."})
	}
	token, err := validAccessToken(c, account)
	if err != nil {
		return nil, err
	}
	if token.access == "" {
		return nil, auth.BadRequest(auth.Code{Name: "ACCESS_TOKEN_NOT_FOUND", Message: "Access token not found"})
	}
	id, err := p.UserInfo(flow.Call(c), oauth.UserInfoRequest{Tokens: oauth.Tokens{
		AccessToken: token.access, AccessTokenExpiresAt: token.expires, Scopes: token.scopes, IDToken: token.id,
	}})
	if err != nil {
		return nil, auth.FromCallback(err)
	}
	if id == nil {
		return nil, auth.Unauthorized(auth.FailedToGetUserInfo)
	}
	row := account.Record()
	return answer(js.Obj("user", id.User, "data", id.Profile,
		"account", js.Obj("id", row["id"], "providerId", row["providerId"], "accountId", row["accountId"]))), nil
})
