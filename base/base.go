// Package base holds the built-in endpoints: sign-up and sign-in with a
// password, sessions, the user and its accounts. It is a plugin like any other,
// and always there. It must not know another plugin.
package base

import (
	"github.com/seed-32bd42cb/betterauth/auth"
)

// Plugin is the built-in endpoints.
type Plugin struct{ o *auth.Options }

// New returns the built-in endpoints for a server with these options: they
// decide which tables there are.
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
