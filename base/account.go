package base

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

var listAccounts = auth.Handle(auth.Route{
	ID: "listUserAccounts", Methods: []string{http.MethodGet}, Path: "/list-accounts", Session: auth.RequireSession,
	Summary: "List all accounts linked to the user",
}, func(c *auth.Context, _ *auth.None) (*[]*auth.PublicRow, error) {
	accounts, err := c.Accounts.Of(c, c.Session.User.ID)
	if err != nil {
		return nil, err
	}
	out := []*auth.PublicRow{}
	for _, account := range accounts {
		out = append(out, c.Public("account", listed(account)))
	}
	return &out, nil
})

// listed returns an account as its owner may see it: without secrets, and with the scopes as a list.
func listed(account *auth.Account) store.Record {
	row := account.Record().Without("accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "password", "scope")
	scopes := []string{}
	for scope := range strings.SplitSeq(account.Scope, ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			scopes = append(scopes, scope)
		}
	}
	row["scopes"] = scopes
	return row
}

type unlinkAccountRequest struct {
	AccountID string `json:"accountId" doc:"The Better Auth account ID to unlink"`
}

var unlinkAccount = auth.Handle(auth.Route{
	ID: "unlinkAccount", Methods: []string{http.MethodPost}, Path: "/unlink-account", Session: auth.FreshSession,
	Summary: "Unlink an account",
}, func(c *auth.Context, in *unlinkAccountRequest) (*statusAnswer, error) {
	accounts, err := c.Accounts.Of(c, c.Session.User.ID)
	if err != nil {
		return nil, err
	}
	if len(accounts) == 1 && !c.Options.Account.AccountLinking.AllowUnlinkingAll {
		return nil, auth.BadRequest(auth.FailedToUnlinkLastAccount)
	}
	for _, account := range accounts {
		if account.ID == in.AccountID {
			if err := store.UnlessDropped(c.Accounts.Delete(c, in.AccountID)); err != nil {
				return nil, err
			}
			c.Emit(auth.Event{Name: auth.AccountUnlinked, UserID: c.Session.User.ID, Method: account.ProviderID})
			return done, nil
		}
	}
	return nil, auth.BadRequest(auth.AccountNotFound)
})
