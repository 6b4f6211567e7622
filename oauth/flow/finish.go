package flow

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// Ending says where the browser goes at the end of a flow.
type Ending struct {
	CallbackURL string
	NewUserURL  string // for users who have just signed up; "" for CallbackURL
	ErrorURL    string
	Link        *Link // set if the flow links an account; nil if it signs in
}

// Finish ends a flow after the callback: it links the account or signs the user in. It always returns an error,
// usually the redirect for the browser.
func (e Ending) Finish(c *auth.Context, s *SignIn) error {
	if e.Link != nil {
		code, message, err := LinkAccount(c, e.Link, &s.Account, s.User, s.Profile)
		if err != nil {
			return err
		}
		if code != "" {
			return Fail(e.ErrorURL, code, message)
		}
		return auth.Redirect(e.CallbackURL)
	}
	done, err := s.Do(c)
	if err != nil {
		if code, message, ok := auth.Refusal(err); ok {
			return Fail(e.ErrorURL, code, message)
		}
		return err
	}
	if done.Problem != "" {
		c.Log.ErrorContext(c, "an OAuth sign-in was refused", "provider", s.Account.ProviderID, "problem", done.Problem)
		return Fail(e.ErrorURL, strings.ReplaceAll(done.Problem, " ", "_"), "")
	}
	if done.IsNew && e.NewUserURL != "" {
		return auth.Redirect(e.NewUserURL)
	}
	return auth.Redirect(e.CallbackURL)
}
