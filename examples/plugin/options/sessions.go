package options

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/anonymous"
	"github.com/seed-32bd42cb/betterauth/plugin/customsession"
	"github.com/seed-32bd42cb/betterauth/plugin/lastloginmethod"
)

// Guests names anonymous users, and moves what they own when they sign in for real. move must not mind being called
// twice.
func Guests(move func(ctx context.Context, from, to string) error) anonymous.Options {
	return anonymous.Options{
		GenerateName:        func(context.Context, *auth.Context) (string, error) { return "Guest " + random()[:4], nil },
		GenerateRandomEmail: func(context.Context, callback.Nothing) (string, error) { return random() + "@guests.example.com", nil },
		OnLinkAccount: func(ctx context.Context, l anonymous.Link) (callback.Nothing, error) {
			return callback.Nothing{}, move(ctx, l.AnonymousUser.User.ID, l.NewUser.User.ID)
		},
	}
}

// LastMethod remembers how somebody signed in, with their consent, and calls a password a password.
func LastMethod() lastloginmethod.Options {
	return lastloginmethod.Options{
		CustomResolveMethod: func(_ context.Context, c *auth.Context) (*string, error) {
			if c.Route.Path == "/sign-in/email" {
				return new("password"), nil
			}
			return nil, nil // by the path
		},
		BeforeStoreCookie: func(_ context.Context, in lastloginmethod.CookieRequest) (bool, error) {
			return in.Call.Cookie("consent") == "yes", nil
		},
	}
}

// OwnSession answers with what the pages of this program show, and nothing else.
func OwnSession() customsession.Options {
	return customsession.Options{Fn: func(_ context.Context, s customsession.Session) (any, error) {
		return map[string]any{"name": s.User.Name, "guest": s.User.Extra.True("isAnonymous"), "until": s.Session.ExpiresAt}, nil
	}}
}
