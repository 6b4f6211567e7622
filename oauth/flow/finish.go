package flow

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// Ending says where the browser goes when a flow ends.
type Ending struct {
	CallbackURL string
	NewUserURL  string // for who has just signed up; "" for CallbackURL
	ErrorURL    string
	Link        *Link // the flow links an account; nil for one that signs in
}

// Finish ends a flow that the browser came back from: it links the account or signs
// in. What it returns is always an error, most often the redirect that sends the
// browser on.
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
