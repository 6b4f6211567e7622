package flow

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Peek returns the flow of a state parameter and leaves it to the callback. It returns nil if this server keeps no such
// flow, or one that has expired. sealed is the value of the cookie oauth_state, for servers that keep flows in it.
func Peek(c *auth.Context, value, sealed string) (*State, error) {
	if value == "" {
		return nil, nil
	}
	s, err := peek(c, value, sealed)
	var unknown *StateError
	if errors.As(err, &unknown) {
		return nil, nil
	}
	if err != nil || s == nil || s.expired(c) {
		return nil, err
	}
	return s, nil
}

func peek(c *auth.Context, value, sealed string) (*State, error) {
	if sealedInCookie(c) {
		return openSealed(c, value, sealed)
	}
	kept, err := c.Once.Find(c, stateIdentifier+value)
	if err != nil || kept == nil {
		return nil, err
	}
	return parseState(kept.Text, value)
}

func (s *State) expired(c *auth.Context) bool {
	expires, _ := oauth.Member(s.Fields, "expiresAt").(float64)
	return expires < float64(c.Now().UnixMilli())
}

// StartedAt returns the provider at which a flow started, or nil if the flow does not say so, as one that began on a
// server of the reference.
func (s *State) StartedAt(c *auth.Context) oauth.Provider { return providerOf(c, s.CodeVerifier) }

// KeptInCookie reports whether this server keeps flows in a cookie, and not in its storage.
func KeptInCookie(c *auth.Context) bool { return sealedInCookie(c) }
