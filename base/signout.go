package base

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
)

var signOut = auth.Handle(auth.Route{
	ID: "signOut", Methods: []string{http.MethodPost}, Path: "/sign-out", NeedHeaders: true,
	Summary: "Sign out the current user",
}, endSession)

type signOutRequest struct {
	_               struct{} `body:"optional"`
	CallbackURL     *string  `json:"callbackURL,omitempty" doc:"The URL to redirect to after provider logout"`
	DisableRedirect *bool    `json:"disableRedirect,omitempty" doc:"Return the provider logout URL without redirecting"`
	State           *string  `json:"state,omitempty" doc:"State to pass to the provider logout endpoint"`
}

type signOutAnswer struct {
	Success bool `json:"success"`
}

// endSession also succeeds for nobody: there is nothing to end.
func endSession(c *auth.Context, _ *signOutRequest) (*signOutAnswer, error) {
	if token, ok := c.SignedCookie(c.SessionTokenName()); ok {
		if err := c.DeleteSession(c, token); err != nil {
			c.Log.ErrorContext(c, "the session could not be deleted", "error", err)
		}
	}
	return &signOutAnswer{Success: true}, c.DeleteSessionCookie()
}
