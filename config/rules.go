package config

import (
	"fmt"
	"strings"
)

// ignoredOptions are options of the reference that have no meaning here. A file
// may have them, and all that lies below them; they are named once at start. A *
// stands for any key.
var ignoredOptions = []struct{ path, why string }{
	{"telemetry", "this server sends no telemetry"},
	{"experimental", "experiments of the JavaScript package; they change nothing here"},
	{"logger.log", "a JavaScript function; the log goes to standard error by log/slog"},
	{"logger.disableColors", "the log has no colors"},
	{"database.db", "a JavaScript object; use database.url"},
	{"database.dialect", "a JavaScript object; use database.url"},
	{"database.type", "the scheme of database.url tells it"},
	{"*.additionalFields.*.validator.output", "nothing in the reference reads it"},
	{"advanced.backgroundTasks", "for JavaScript hosts that stop after an answer; this server goes on running"},
}

// unbuiltPlugins are the reference's plugins; those of plugin/all are looked up
// first.
var unbuiltPlugins = strings.Fields(`admin anonymous api-key bearer captcha custom-session device-authorization email-otp expo
	generic-oauth have-i-been-pwned i18n jwt last-login-method magic-link mcp multi-session oauth-popup oauth-provider oauth-proxy
	one-tap one-time-token open-api organization passkey phone-number scim siwe sso two-factor username`)

// ignored says why an option has no meaning here, "" when it has one or is not
// known.
func ignored(path string) (why string) {
	for _, o := range ignoredOptions {
		if covers(o.path, path) {
			return o.why
		}
	}
	return ""
}

// covers reports whether path is what pattern names, or lies below it. A * stands
// for any key.
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

// settable refuses an option that a file cannot set, unless it is empty or a group
// of options, whose members are looked at themselves.
func (d *decoder) settable(path string, n *node, why string) bool {
	if isEmpty(n) || d.allowGoOnly {
		return true
	}
	d.report(path, n.at, fmt.Errorf("%w: %s", ErrGoOnly, why))
	return false
}

// isEmpty reports an option that is named but not set.
func isEmpty(n *node) bool {
	m, ok := n.value.(*mapping)
	return n.value == nil || ok && len(m.members) == 0
}
