package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
)

const newSecretRemedy = "generate one with `betterauth secret` and put it in BETTER_AUTH_SECRET or secretFile"

// secret checks the secret that signs.
func (d *doctor) secret() {
	text, from := d.currentSecret()
	if text == "" {
		d.add(d.strictly(), "secret", "no secret is set", newSecretRemedy)
		return
	}
	flaw := auth.FindSecretFlaw(text)
	switch {
	case flaw != nil && d.o.AllowShortSecret && !flaw.Public:
		d.add(severityWarning, "secret", flaw.What, "add a new one in front, in secrets, and keep the old one while data depends on it")
	case flaw != nil:
		d.add(d.strictly(), "secret", flaw.What, flaw.Remedy)
	case secret.EstimateEntropy(text) < 120:
		d.add(severityWarning, "secret", "the secret looks guessable", newSecretRemedy)
	default:
		d.add(severityOK, "secret", "long and random, from "+from, "")
	}
}

// currentSecret returns the secret that signs and its source. It creates no file.
func (d *doctor) currentSecret() (text, from string) {
	o := d.o
	if len(o.Secrets) > 0 {
		return o.Secrets[0].Value, "secrets in the config"
	}
	if versions, err := secret.ParseVersions(o.Environ("BETTER_AUTH_SECRETS")); err == nil && len(versions) > 0 {
		return versions[0].Value, "BETTER_AUTH_SECRETS"
	}
	if o.Secret != "" {
		return o.Secret, "the config"
	}
	for _, name := range []string{"BETTER_AUTH_SECRET", "AUTH_SECRET"} {
		if v := o.Environ(name); v != "" {
			return v, name
		}
	}
	if d.setup.path == "" && !d.production() {
		if v, err := readSecret(secretFile); err == nil {
			o.Secret = v
			return v, secretFile
		} else if !errors.Is(err, fs.ErrNotExist) {
			d.add(severityError, "secret", err.Error(), "make the file readable only for you")
		}
	}
	return "", ""
}

// protections finds options that turn protections of browsers off.
func (d *doctor) protections() {
	a := d.o.Advanced
	if a.DisableCSRFCheck != nil && *a.DisableCSRFCheck {
		d.add(d.strictly(), "csrf", "advanced.disableCSRFCheck is on: any site can act with its visitors' sessions", "remove it, and name your sites in trustedOrigins")
	}
	switch off := a.DisableOriginCheck; {
	case off.All:
		d.add(d.strictly(), "origin", "advanced.disableOriginCheck is on: links can lead signed-in users to any site", "remove it, and name your sites in trustedOrigins")
	case len(off.Paths) > 0:
		d.add(severityWarning, "origin", "the origin check is off for "+strings.Join(off.Paths, ", "), "check that none of these paths acts with a session")
	}
	if a.TrustedProxyHeaders && d.o.BaseURL.URL != "" {
		d.add(severityNote, "proxy", "advanced.trustedProxyHeaders has no effect with a fixed baseURL", "")
	}
}

// limiter finds rate limits that are off, can be evaded, or are shared by all
// clients.
func (d *doctor) limiter() {
	o, ip := d.o.RateLimit, d.o.Advanced.IPAddress
	if on := o.Enabled; on != nil && !*on || on == nil && !d.production() {
		s := severityNote
		if d.production() {
			s = severityError
		}
		d.add(s, "rate limit", "off: passwords can be guessed without a limit", "leave rateLimit.enabled unset; it is on in production")
		return
	}
	if o.Storage == "" && !d.file.SecondaryStorage.Set() || o.Storage == "memory" {
		d.add(severityNote, "rate limit", "counted in the memory of one process", "with several processes set rateLimit.storage to database or secondary-storage")
	}
	switch {
	case ip.DisableIPTracking:
		d.add(severityWarning, "rate limit", "advanced.ipAddress.disableIpTracking: clients cannot be distinguished, so there is no limit", "remove it, or limit in front of this server")
	case len(ip.TrustedProxies) == 0:
		headers := strings.Join(ip.IPAddressHeaders, ", ")
		if headers == "" {
			headers = "x-forwarded-for"
		}
		d.add(severityWarning, "rate limit", headers+" is trusted from anyone who can reach this server, and a list of several addresses is not used",
			"make the server reachable only for your proxy, and name it in advanced.ipAddress.trustedProxies")
	default:
		d.add(severityOK, "rate limit", "on, and clients are distinguished behind your proxies", "")
	}
}

// email finds flows that users cannot complete.
func (d *doctor) email() {
	p, v := d.o.EmailAndPassword, d.o.EmailVerification
	if !p.Enabled {
		return
	}
	if p.RequireEmailVerification && v.SendVerificationEmail == nil {
		d.add(severityError, "e-mail", "emailAndPassword.requireEmailVerification is on, but nothing sends the messages: new users cannot sign in", "set emailVerification.sendVerificationEmail to a webhook")
	}
	if d.production() && !p.RequireEmailVerification {
		d.add(severityWarning, "e-mail", "addresses are not verified: anyone can sign up with another person's address", "set emailAndPassword.requireEmailVerification and emailVerification.sendVerificationEmail")
	}
	if d.production() && p.SendResetPassword == nil {
		d.add(severityWarning, "e-mail", "users who forget their password cannot set a new one", "set emailAndPassword.sendResetPassword to a webhook")
	}
	if low := p.MinPasswordLength; low != 0 && low < 8 {
		d.add(severityWarning, "password", fmt.Sprintf("passwords of %d characters are accepted", low), "leave emailAndPassword.minPasswordLength at 8 or more")
	}
}
