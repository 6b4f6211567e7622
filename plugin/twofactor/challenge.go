package twofactor

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// A sign-in that waits for its second factor is a challenge: a single-use value with the user's id, and a second one
// with the number of wrong codes. A cookie names it. There is no session and no session cookie until the challenge is
// completed; the browser may have the cookie dont_remember, which says how long it will keep the session.

const (
	challengeCookie = "two_factor"
	challengePrefix = "2fa-"
	attemptsPrefix  = "2fa-attempts-"
)

type challengeAnswer struct {
	Redirect bool     `json:"twoFactorRedirect"`
	Methods  []string `json:"twoFactorMethods"`
	Enrol    bool     `json:"twoFactorEnrol,omitempty"` // the user has no second factor and must set one up
}

// afterSignIn runs after a call that began a session. It takes the session back if a second factor is needed and the
// user does not use a trusted device.
func (p *Plugin) afterSignIn(c *auth.Context) error {
	s, how, _ := c.Began()
	need := p.needs(c, s.User, how)
	if need == nothing {
		return p.recordSignIn(c, s.Session, how)
	}
	device := trustedDevice(c)
	if need == factor {
		trusted, err := device.trusts(c, s.User.ID)
		if err != nil {
			return err
		}
		if trusted {
			return p.trustAgain(c, device, s.User.ID)
		}
		if device != "" {
			if err := c.ExpireCookie(c.CookieNamed(deviceCookie, p.opts.TrustDeviceMaxAge)); err != nil {
				return err
			}
		}
	}
	if err := c.UndoSignIn(); err != nil {
		return err
	}
	if _, failed := c.Returned.(*auth.Error); failed && !redirects(c.Returned) {
		return nil // the endpoint has failed after it began the session
	}
	if err := p.begin(c, s.User.ID); err != nil {
		return err
	}
	methods, err := p.methods(c, s.User.ID)
	if err != nil {
		return err
	}
	return p.divert(c, &challengeAnswer{true, methods, need == enrolment})
}

// begin starts a challenge and sets its cookie.
func (p *Plugin) begin(c *auth.Context, userID string) error {
	id := challengePrefix + secret.Random(20)
	ends := c.Now().Add(seconds(p.opts.TwoFactorCookieMaxAge))
	if err := store.UnlessDropped(c.Once.Put(c, id, userID, ends)); err != nil {
		return err
	}
	if err := store.UnlessDropped(c.Once.Put(c, attemptsPrefix+id, "0", ends)); err != nil {
		return err
	}
	k := c.CookieNamed(challengeCookie, p.opts.TwoFactorCookieMaxAge)
	return c.SetSignedCookie(k.Name, id, k.Attributes)
}

// methods returns the ways in which a user can complete a challenge, besides backup codes.
func (p *Plugin) methods(c *auth.Context, userID string) ([]string, error) {
	methods := []string{}
	if !p.opts.TOTPOptions.Disable {
		row, err := find(c, userID)
		if err != nil {
			return nil, err
		}
		if row != nil && !row.pending() {
			methods = append(methods, "totp")
		}
	}
	if p.opts.OTPOptions.SendOTP != nil {
		methods = append(methods, "otp")
	}
	return methods, nil
}
