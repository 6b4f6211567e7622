package config

import (
	"fmt"
	"strings"
)

// ignoredOptions are options of the reference that have no meaning here. A file may contain them, with everything
// below them; they are logged once at start. A * stands for any key.
var ignoredOptions = []struct{ path, why string }{
	{"telemetry", "this server sends no telemetry"},
	{"experimental", "experiments of the JavaScript package; they change nothing here"},
	{"logger.log", "a JavaScript function; the log goes to standard error by log/slog"},
	{"logger.disableColors", "the log has no colors"},
	{"database.db", "a JavaScript object; use database.url"},
	{"database.dialect", "a JavaScript object; use database.url"},
	{"database.type", "the scheme of database.url tells it"},
	{"*.additionalFields.*.validator.output", "nothing in the reference reads it"},
	{"plugins.two-factor.totpOptions.backupCodes", "nothing in the reference reads it; backupCodeOptions says it"},
	{"advanced.backgroundTasks", "for JavaScript hosts that stop after an answer; this server goes on running"},
	{"plugins.custom-session.options", "in TypeScript it only gives types"},
}

// unbuiltPlugins are the plugins of the reference; those of plugin/all are looked up first.
var unbuiltPlugins = strings.Fields(`admin anonymous api-key bearer captcha custom-session device-authorization email-otp expo
	generic-oauth have-i-been-pwned i18n jwt last-login-method magic-link mcp multi-session oauth-popup oauth-provider oauth-proxy
	one-tap one-time-token open-api organization passkey phone-number scim siwe sso two-factor username`)

// ignored returns why an option has no meaning here, or "" if it has one or is not known.
func ignored(path string) (why string) {
	for _, o := range ignoredOptions {
		if covers(o.path, path) {
			return o.why
		}
	}
	return ""
}

// covers reports whether path is what pattern names, or is below it. A * stands for any key.
func covers(pattern, path string) bool {
	p, s := strings.Split(pattern, "."), strings.Split(path, ".")
	if len(s) < len(p) {
		return false
	}
	for i := range p {
		if p[i] != "*" && p[i] != s[i] {
			return false
		}
	}
	return true
}

// settable reports an error for an option that a file cannot set. Empty options, and groups of options, whose members
// are checked themselves, are allowed.
func (d *decoder) settable(path string, n *node, why string) bool {
	if isEmpty(n) || d.allowGoOnly {
		return true
	}
	d.report(path, n.at, fmt.Errorf("%w: %s", ErrGoOnly, why))
	return false
}

// isEmpty reports whether an option is present but not set.
func isEmpty(n *node) bool {
	m, ok := n.value.(*mapping)
	return n.value == nil || ok && len(m.members) == 0
}
