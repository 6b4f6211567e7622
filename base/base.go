// Package base contains the built-in endpoints: sign-up and sign-in with a password or a social provider, sessions,
// the user and the user's accounts. The paths, requests and answers are those of the reference.
//
// betterauth.New adds them to every server; programs use this package only when they call auth.New themselves:
//
//	a, err := auth.New(o, base.New(&o))
//
// What the endpoints do is set in the options: emailAndPassword, emailVerification, user, session, account and
// socialProviders of a config file, or the same fields of auth.Options.
package base

// This package imports no other plugin; rooms_test.go checks it.

import (
	"github.com/seed-32bd42cb/betterauth/auth"
)

// Plugin is the plugin with the built-in endpoints.
type Plugin struct{ o *auth.Options }

// New returns the built-in endpoints for a server with these options, which also decide which tables exist.
func New(o *auth.Options) *Plugin { return &Plugin{o} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "core",
		Models: tables(p.o),
		Endpoints: documented([]auth.Endpoint{
			getSession, signOut, signUpEmail, signInEmail,
			requestPasswordReset, requestPasswordResetCallback, resetPassword,
			sendVerificationEmail, verifyEmail, changeEmail,
			verifyPassword, changePassword, setPassword,
			updateSession, updateUser, deleteUser, deleteUserCallback,
			listSessions, revokeSession, revokeSessions, revokeOtherSessions,
			listAccounts, unlinkAccount,
			signInSocial, callbackOAuth, linkSocialAccount,
			getAccessToken, refreshToken, accountInfo,
			ok, errorPage,
		}),
		RateLimits: []auth.RateLimit{
			{On: []string{"/sign-in*", "/sign-up*", "/change-password*", "/change-email*"}, Window: 10, Max: 3},
			{On: []string{"/request-password-reset", "/send-verification-email", "/forget-password*"}, Window: 60, Max: 3},
		},
		Codes: auth.CoreCodes(),
	}
}

type statusAnswer struct {
	Status bool `json:"status"`
}

var done = &statusAnswer{Status: true}
