// Package all lists the plugins that a config file can name.
//
//	entry := all.Plugins()["bearer"]
//	options := entry.Options()    // decode the file's options into it
//	plugin, err := entry.New(options)
package all

// This package has no plugin of its own and does not know where the options come from.

import (
	"fmt"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/anonymous"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/auditlog"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/plugin/captcha"
	"github.com/seed-32bd42cb/betterauth/plugin/cimd"
	"github.com/seed-32bd42cb/betterauth/plugin/console"
	"github.com/seed-32bd42cb/betterauth/plugin/customsession"
	"github.com/seed-32bd42cb/betterauth/plugin/deviceauthorization"
	"github.com/seed-32bd42cb/betterauth/plugin/electron"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/expo"
	"github.com/seed-32bd42cb/betterauth/plugin/forward"
	"github.com/seed-32bd42cb/betterauth/plugin/genericoauth"
	"github.com/seed-32bd42cb/betterauth/plugin/haveibeenpwned"
	"github.com/seed-32bd42cb/betterauth/plugin/i18n"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/lastloginmethod"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/mcp"
	"github.com/seed-32bd42cb/betterauth/plugin/multisession"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthpopup"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthproxy"
	"github.com/seed-32bd42cb/betterauth/plugin/onetap"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/plugin/openapi"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/siwe"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/plugin/username"
)

// Entry creates one plugin.
type Entry struct {
	// Options returns a pointer to the plugin's options with no option set.
	Options func() any
	// New creates the plugin from the result of Options.
	New func(options any) (auth.Plugin, error)
}

// Plugins returns the plugins by the names of the reference.
func Plugins() map[string]Entry {
	return map[string]Entry{
		"admin":                EntryOf(admin.New),
		"anonymous":            EntryOf(anonymous.New),
		"api-key":              EntryOf(apikey.New),
		"audit-log":            EntryOf(auditlog.New),
		"bearer":               EntryOf(bearer.New),
		"captcha":              EntryOf(captcha.New),
		"console":              EntryOf(console.New),
		"cimd":                 EntryOf(cimd.New),
		"custom-session":       EntryOf(customsession.New),
		"device-authorization": EntryOf(deviceAuthorization),
		"electron":             EntryOf(electron.New),
		"email-otp":            EntryOf(emailotp.New),
		"expo":                 EntryOf(expo.New),
		"forward":              EntryOf(forward.New),
		"generic-oauth":        EntryOf(genericoauth.New),
		"have-i-been-pwned":    EntryOf(haveibeenpwned.New),
		"i18n":                 EntryOf(i18n.New),
		"jwt":                  EntryOf(jwt.New),
		"last-login-method":    EntryOf(lastloginmethod.New),
		"magic-link":           EntryOf(magiclink.New),
		"mcp":                  EntryOf(mcp.New),
		"multi-session":        EntryOf(multisession.New),
		"oauth-popup":          EntryOf(oauthpopup.New),
		"oauth-provider":       EntryOf(oauthprovider.New),
		"oauth-proxy":          EntryOf(oauthproxy.New),
		"one-tap":              EntryOf(onetap.New),
		"one-time-token":       EntryOf(onetimetoken.New),
		"open-api":             EntryOf(openapi.New),
		"organization":         EntryOf(organization.New),
		"passkey":              EntryOf(passkey.New),
		"phone-number":         EntryOf(phonenumber.New),
		"two-factor":           EntryOf(twofactor.New),
		"username":             EntryOf(username.New),
		"siwe":                 EntryOf(siwe.New),
	}
}

// deviceAuthorization returns the plugin whose device codes are for sessions, or for the clients of oauth-provider.
func deviceAuthorization(o deviceauthorization.Options) auth.Plugin {
	if o.OAuth {
		return oauthprovider.NewDeviceAuthorization(o)
	}
	return deviceauthorization.New(o)
}

// EntryOf makes the entry of a plugin from its constructor, such as jwt.New. Programs
// use it for plugins of their own: see config.Loader.
func EntryOf[O any, P auth.Plugin](build func(O) P) Entry {
	return Entry{
		Options: func() any { return new(O) },
		New: func(options any) (auth.Plugin, error) {
			o, ok := options.(*O)
			if !ok {
				return nil, fmt.Errorf("all: the options are a %T, not a %T", options, o)
			}
			return build(*o), nil
		},
	}
}
