// Package haveibeenpwned refuses new passwords that are known from data breaches. It asks the service Have I Been Pwned
// about the first five digits of the password's hash, and never sends the password or its whole hash.
//
//	plugins:
//	  have-i-been-pwned: {}
//
// or from Go:
//
//	Plugins: []auth.Plugin{haveibeenpwned.New(haveibeenpwned.Options{})},
package haveibeenpwned

// This package knows the endpoints that set passwords by their paths only.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options configures the plugin. Names and defaults are Better Auth's, where not said otherwise.
type Options struct {
	// Text of the error for a password that is known.
	CustomPasswordCompromisedMessage string `json:"customPasswordCompromisedMessage" unset:"The password you entered has been compromised. Please choose a different password."`
	// Paths of the endpoints whose new passwords are checked, without the base path.
	Paths []string `json:"paths" unset:"all that set a password"`
	// Checks passwords.
	Enabled *bool `json:"enabled" default:"true"`
	// Longest time that a check may take. After it the service counts as unavailable. Not
	// in the npm package, which waits as long as the service does.
	Timeout int `json:"timeout" default:"10" min:"1" max:"60" unit:"seconds"`
	// What becomes of a password while the service is unavailable: `refuse` fails the call,
	// `accept` accepts it, with a warning in the log. Not in the npm package, which
	// refuses.
	WhenUnavailable Outcome `json:"whenUnavailable" default:"refuse" enum:"refuse,accept"`
}

// Outcome says what becomes of a password that cannot be checked.
type Outcome string

// The outcomes.
const (
	Refuse Outcome = "refuse"
	Accept Outcome = "accept"
)

// PasswordCompromised is the error code of this plugin, with the name and text of the reference.
var PasswordCompromised = auth.Code{Name: "PASSWORD_COMPROMISED", Message: "The password you entered has been compromised. Please choose a different password."}

// Plugin is the have-i-been-pwned plugin.
type Plugin struct {
	opts Options
	auth *auth.Auth // set by init
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	if o.Paths == nil {
		o.Paths = []string{
			"/sign-up/email", "/change-password", "/reset-password", "/email-otp/reset-password", "/phone-number/reset-password",
			"/admin/create-user", "/admin/set-user-password",
		}
	}
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	m := auth.Manifest{ID: "have-i-been-pwned", Codes: []auth.Code{PasswordCompromised}, Init: p.init}
	if *p.opts.Enabled {
		m.Provides.AcceptPassword = p.accept
	}
	return m
}

func (p *Plugin) init(a *auth.Auth) error {
	p.auth = a
	return option.Check(&p.opts)
}

// accept refuses a known password that an endpoint of the options is about to set.
func (p *Plugin) accept(ctx context.Context, password string) error {
	c := auth.From(ctx)
	if c == nil || c.Route.Path == "" || !slices.Contains(p.opts.Paths, c.Route.Path) {
		return nil
	}
	known, err := p.Compromised(ctx, password)
	if known {
		return auth.BadRequest(auth.Code{
			Name:    PasswordCompromised.Name,
			Message: cmp.Or(p.opts.CustomPasswordCompromisedMessage, PasswordCompromised.Message),
		})
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	if p.opts.WhenUnavailable == Accept {
		c.Log.WarnContext(ctx, "have-i-been-pwned: a password is accepted that could not be checked", "error", err)
		return nil
	}
	c.Log.ErrorContext(ctx, "have-i-been-pwned: a password cannot be checked and is refused", "error", err)
	text := "Failed to check password. Please try again later."
	if status := statusError(0); errors.As(err, &status) {
		text = fmt.Sprintf("Failed to check password. Status: %d", int(status))
	}
	return auth.Status(http.StatusInternalServerError, text).Because(err)
}

// Compromised reports whether a password is known from a data breach. An error means that this is not known, because
// the service did not answer in time or as it should.
func (p *Plugin) Compromised(ctx context.Context, password string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(p.opts.Timeout)*time.Second)
	defer cancel()
	return p.look(ctx, password)
}
