package auth

import "github.com/seed-32bd42cb/betterauth/option"

// SignUpOptions say who may become a user. Not in the npm package. See docs/sign-up.md.
type SignUpOptions struct {
	// Who may sign up: `invited`, domains like `@example.com` and `@*.example.com`, single
	// addresses, and methods like `via:anonymous`.
	Allow []string `json:"allow" unset:"everybody"`
	// Records the addresses that were refused.
	WaitingList bool `json:"waitingList"`
	// How long an invitation of `betterauth user invite` is valid.
	InvitationExpiresIn option.Span `json:"invitationExpiresIn" default:"7d"`
}
