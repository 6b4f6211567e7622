package jwt

import (
	"context"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// The states of a key.
const (
	StateSigning   = "signing"   // signs new tokens
	StateStandby   = "standby"   // valid, but another key signs
	StateVerifying = "verifying" // signs nothing more; its tokens are still accepted
	StateExpired   = "expired"   // no longer in the key set
)

// KeyState is a key without its secret part.
type KeyState struct {
	ID        string     `json:"id"`
	Alg       string     `json:"alg"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt"`
	State     string     `json:"state"`
}

// States returns the keys from their storage, newest first, with their states.
func (p *Plugin) States(ctx context.Context, a *auth.Auth) ([]KeyState, error) {
	now := a.Options.Now()
	rows, err := p.rows(ctx, a, now, true)
	if err != nil {
		return nil, err
	}
	signing, _, err := p.pick(ctx, a, now, false)
	if err != nil {
		return nil, err
	}
	out := make([]KeyState, len(rows))
	for i := range rows {
		k := &rows[i]
		state := p.stateOf(k, now)
		if signing != nil && signing.ID == k.ID {
			state = StateSigning
		}
		out[i] = KeyState{ID: k.ID, Alg: p.alg(k), CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, State: state}
	}
	return out, nil
}

func (p *Plugin) stateOf(k *KeyRow, now time.Time) string {
	switch {
	case k.live(now):
		return StateStandby
	case k.ExpiresAt.Add(time.Duration(*p.opts.JWKS.GracePeriod) * time.Second).After(now):
		return StateVerifying
	}
	return StateExpired
}

// Remote reports whether tokens are signed or published elsewhere, so that the keys here are not those in use.
func (p *Plugin) Remote() bool { return p.opts.JWKS.RemoteURL != "" || p.opts.JWT.Sign != nil }
