package base

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
	"github.com/seed-32bd42cb/betterauth/store"
)

type linkToken struct {
	Token        string  `json:"token"`
	Nonce        *string `json:"nonce,omitempty"`
	AccessToken  *string `json:"accessToken,omitempty"`
	RefreshToken *string `json:"refreshToken,omitempty"`
}

type linkRequest struct {
	CallbackURL      *string             `json:"callbackURL,omitempty" doc:"The URL to redirect to after the user has signed in"`
	Provider         providerName        `json:"provider"`
	IDToken          *linkToken          `json:"idToken,omitempty"`
	RequestSignUp    *bool               `json:"requestSignUp,omitempty"`
	Scopes           []string            `json:"scopes,omitempty" doc:"Additional scopes to request from the provider"`
	ErrorCallbackURL *string             `json:"errorCallbackURL,omitempty" doc:"The URL to redirect to if there is an error during the link process"`
	DisableRedirect  *bool               `json:"disableRedirect,omitempty" doc:"Disable automatic redirection to the provider. Useful for handling the redirection yourself"`
	LoginHint        *string             `json:"loginHint,omitempty" doc:"The login hint to use for the authorization code request"`
	AdditionalParams authorizationParams `json:"additionalParams,omitempty" doc:"Extra query parameters to append to the provider authorization URL (e.g. Cognito identity_provider, Google hd)."`
	AdditionalData   *js.Object          `json:"additionalData,omitempty"`
}

var linkSocialAccount = auth.Handle(auth.Route{
	ID: "linkSocialAccount", Methods: []string{http.MethodPost}, Path: "/link-social", Session: auth.StoredSession, NeedHeaders: true,
	Summary: "Link a social account to the user",
}, func(c *auth.Context, in *linkRequest) (anyAnswer, error) {
	p := flow.FindProvider(c, string(in.Provider))
	if p == nil {
		return nil, auth.NotFound(auth.ProviderNotFound)
	}
	if in.IDToken != nil {
		return linkByToken(c, in, p)
	}
	link, err := flow.NewLink(c, c.Session)
	if err != nil {
		return nil, err
	}
	return sendToProvider(c, p, begin{
		scopes: in.Scopes, loginHint: deref(in.LoginHint), noRedirect: in.DisableRedirect != nil && *in.DisableRedirect,
		additional: in.AdditionalData, link: link,
	})
})

// linkByToken links the account of an ID token that the client obtained itself.
func linkByToken(c *auth.Context, in *linkRequest, p oauth.Provider) (anyAnswer, error) {
	token := &signInToken{Token: in.IDToken.Token, Nonce: in.IDToken.Nonce, AccessToken: in.IDToken.AccessToken, RefreshToken: in.IDToken.RefreshToken}
	id, accountID, err := provenByToken(c, p, token)
	if err != nil {
		return nil, err
	}
	linked, err := c.Accounts.FindAt(c, p.Info().ID, accountID)
	if err != nil {
		return nil, err
	}
	row, err := linkedRow(c, in.IDToken, p.Info().ID)
	if err != nil {
		return nil, err
	}
	userID := c.Session.User.ID
	switch {
	case linked != nil && linked.UserID == userID:
		_, err = c.Accounts.Update(c, linked.ID, row)
		err = store.UnlessGone(err)
	case linked != nil:
		return nil, auth.Fail(http.StatusConflict, auth.SocialAccountAlreadyLinked)
	default:
		if err := mayLink(c, p, id.User); err != nil {
			return nil, err
		}
		row["userId"], row["accountId"] = userID, accountID
		if _, failed := c.Accounts.Link(c, row); store.UnlessDropped(failed) != nil {
			return nil, auth.Fail(http.StatusExpectationFailed, auth.Code{Name: "LINKING_FAILED", Message: "Account not linked - unable to create account"}).Because(failed)
		}
	}
	if err != nil {
		return nil, err
	}
	if linked == nil {
		c.Emit(auth.Event{Name: auth.AccountLinked, UserID: userID, Method: p.Info().ID})
	}
	flow.ApplyProfile(c, userID, id.User)
	return answer(js.Obj("url", "", "status", true, "redirect", false)), nil
}

func linkedRow(c *auth.Context, token *linkToken, providerID string) (store.Record, error) {
	row := store.Record{"providerId": providerID, "idToken": token.Token}
	for name, value := range map[string]*string{"accessToken": token.AccessToken, "refreshToken": token.RefreshToken} {
		if value == nil {
			continue
		}
		sealed, err := flow.Seal(c, *value)
		if err != nil {
			return nil, err
		}
		row[name] = sealed
	}
	return row, nil
}

func mayLink(c *auth.Context, p oauth.Provider, user *js.Object) error {
	o := c.Options.Account.AccountLinking
	trusted, err := c.TrustsProvider(p.Info().ID)
	if err != nil {
		return err
	}
	if !trusted && !oauth.IsTrue(oauth.Member(user, "emailVerified")) || o.Enabled != nil && !*o.Enabled {
		return auth.Unauthorized(auth.Code{Name: "LINKING_NOT_ALLOWED", Message: "Account not linked - linking not allowed"})
	}
	same := auth.LowerCase(oauth.Text(oauth.Member(user, "email"))) == auth.LowerCase(c.Session.User.Email)
	if !same && !o.AllowDifferentEmails {
		return auth.Unauthorized(auth.Code{Name: "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED", Message: "Account not linked - different emails not allowed"})
	}
	return nil
}
