package base

import (
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
)

var signOut = auth.Handle(auth.Route{
	ID: "signOut", Methods: []string{http.MethodPost}, Path: "/sign-out", Session: auth.Public, NeedHeaders: true,
	Summary: "Sign out the current user",
}, endSession)

type signOutRequest struct {
	_               struct{} `body:"optional"`
	CallbackURL     *string  `json:"callbackURL,omitempty" doc:"The URL to redirect to after provider logout"`
	DisableRedirect *bool    `json:"disableRedirect,omitempty" doc:"Return the provider logout URL without redirecting"`
	State           *string  `json:"state,omitempty" doc:"State to pass to the provider logout endpoint"`
}

type signOutAnswer struct {
	Success  bool    `json:"success"`
	URL      *string `json:"url,omitempty"`
	Redirect *bool   `json:"redirect,omitempty"`
}

// endSession also succeeds if nobody is signed in, because there is nothing to end. If the session cannot be deleted
// because a store fails, it returns an error.
func endSession(c *auth.Context, in *signOutRequest) (*signOutAnswer, error) {
	var s *auth.SignedIn
	for _, token := range c.SessionTokens() {
		if s == nil && (len(ending(c)) > 0 || c.KV != nil || c.Listens()) {
			var err error
			if s, err = c.Sessions.Find(c, token); err != nil && c.StoreFailure() == nil {
				c.Log.ErrorContext(c, "the session could not be read", "error", err)
			}
		}
		if err := c.Sessions.End(c, token); err != nil {
			if c.StoreFailure() != nil {
				return nil, err
			}
			c.Log.ErrorContext(c, "the session could not be deleted", "error", err)
		}
	}
	if err := c.DeleteSessionCookie(); err != nil {
		return nil, err
	}
	if s != nil {
		c.Emit(auth.Event{Name: auth.UserSignedOut, UserID: s.User.ID, SessionID: s.Session.ID})
	}
	out := &signOutAnswer{Success: true}
	if address := logoutAddress(c, s, in); address != "" {
		redirect := in.DisableRedirect == nil || !*in.DisableRedirect
		if redirect {
			c.SetResponseHeader("Location", address)
		}
		out.URL, out.Redirect = &address, &redirect
	}
	return out, nil
}

// ending returns the providers at which a user can be signed out.
func ending(c *auth.Context) map[string]oauth.Provider {
	out := map[string]oauth.Provider{}
	list := c.Providers.All()
	for _, p := range slices.Backward(list) { // the first provider with an id counts
		if p.Info().EndsSessions {
			out[p.Info().ID] = p
		}
	}
	return out
}

// logoutAddress returns the URL for signing out of the provider that the user signed in with last, or "" if there is
// none. A failure here does not stop the sign-out from this server.
func logoutAddress(c *auth.Context, s *auth.SignedIn, in *signOutRequest) string {
	providers := ending(c)
	if s == nil || len(providers) == 0 {
		return ""
	}
	accounts, err := c.Accounts.Of(c, s.User.ID)
	if err != nil {
		c.Log.ErrorContext(c, "the accounts could not be read for signing out of their providers", "error", err)
		return ""
	}
	slices.SortStableFunc(accounts, func(a, b *auth.Account) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	back := ""
	if in.CallbackURL != nil && *in.CallbackURL != "" {
		if back, err = oauth.Resolve(c.BaseURL, *in.CallbackURL); err != nil {
			return ""
		}
	}
	for _, account := range accounts {
		p := providers[account.ProviderID]
		if p == nil {
			continue
		}
		delete(providers, account.ProviderID)
		address, err := p.EndSessionURL(flow.Call(c), oauth.EndSessionRequest{IDToken: account.IDToken, PostLogoutRedirectURI: back, State: deref(in.State)})
		if err != nil {
			c.Log.ErrorContext(c, "the sign-out URL of the provider is not known", "provider", p.Info().ID, "error", err)
		}
		if address != "" {
			return address
		}
	}
	return ""
}
