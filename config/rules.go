package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// rule is about an option of the reference that a file cannot set, and all that
// lies below it. A segment * stands for any one key.
type rule struct {
	path string
	kind ruleKind
	why  string
}

type ruleKind int

const (
	meaningless ruleKind = iota + 1 // accepted, and said once at start
	goOnly                          // refused in a file
	notBuilt                        // refused until it is built
)

// rules are the one list of options of the reference that have no field here,
// or one that a file must not reach. The first that matches counts.
var rules = []rule{
	{"telemetry", meaningless, "this server sends no telemetry"},
	{"experimental", meaningless, "experiments of the JavaScript package; they change nothing here"},
	{"logger.log", meaningless, "a JavaScript function; the log goes to standard error by log/slog"},
	{"logger.disableColors", meaningless, "the log has no colors"},
	{"database.db", meaningless, "a JavaScript object; say database.url"},
	{"database.dialect", meaningless, "a JavaScript object; say database.url"},
	{"database.type", meaningless, "the scheme of database.url says it"},
	{"advanced.backgroundTasks", meaningless, "for JavaScript hosts that stop after an answer; this server goes on running"},

	{"emailAndPassword.password", goOnly, "it is given passwords, which don't travel to webhooks"},
	{"*.additionalFields.*.onUpdate", goOnly, "it is called for every row"},
	{"*.additionalFields.*.transform", goOnly, "it is called for every row"},
	{"*.additionalFields.*.validator", goOnly, "it is called for every request"},

	{"socialProviders.*.tokenEndpointAuth.customizeRequest", goOnly, "it changes the request itself"},
	{"plugins.generic-oauth.config.*.tokenEndpointAuth.customizeRequest", goOnly, "it changes the request itself"},
}

// unbuiltPlugins are the reference's plugins; those of plugin/all are looked up
// first.
var unbuiltPlugins = strings.Fields(`admin anonymous api-key bearer captcha custom-session device-authorization email-otp expo
	generic-oauth have-i-been-pwned i18n jwt last-login-method magic-link mcp multi-session oauth-popup oauth-provider oauth-proxy
	one-tap one-time-token open-api organization passkey phone-number scim siwe sso two-factor username`)

// ruleOf finds the rule of an option path, nil when there is none.
func ruleOf(path string) *rule {
	for i := range rules {
		if covers(rules[i].path, path) {
			return &rules[i]
		}
	}
	return nil
}

// covers reports whether path is what pattern names, or lies below it.
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

// permits applies a rule and reports whether the option may be decoded all the
// same.
func (d *decoder) permits(r *rule, path string, n *node, hasField bool) bool {
	switch r.kind {
	case meaningless:
		d.notes = append(d.notes, path+" is ignored: "+r.why)
		return false
	case notBuilt:
		if isEmpty(n) {
			return false
		}
		d.report(path, n.at, fmt.Errorf("%s is %w (%s)", path, ErrNotBuilt, r.why))
		return false
	}
	if isEmpty(n) || hasField && (d.allowGoOnly || isMapWithoutWebhook(n)) {
		return true
	}
	d.report(path, n.at, fmt.Errorf("%w: %s", ErrGoOnly, r.why))
	return false
}

// isMapWithoutWebhook tells a group of options from one that is set.
func isMapWithoutWebhook(n *node) bool {
	_, ok := n.value.(*mapping)
	return ok && !isWebhook(n)
}

// isEmpty reports an option that is named but not set.
func isEmpty(n *node) bool {
	m, ok := n.value.(*mapping)
	return n.value == nil || ok && len(m.members) == 0
}

// choices are the texts that an option may have, nil for any.
func choices(path string) []string {
	for _, c := range enums {
		if covers(c.path, path) {
			return c.texts
		}
	}
	return nil
}

var enums = []struct {
	path  string
	texts []string
}{
	{"mode", []string{"development", "test", "production"}},
	{"baseURL.protocol", []string{"auto", "http", "https"}},
	{"database.provider", []string{"sqlite", "postgres", "postgresql", "mysql", "mariadb"}},
	{"database.casing", []string{"camel", "snake"}},
	{"database.synchronous", []string{"full", "normal"}},
	{"logger.level", []string{"debug", "info", "warn", "error"}},
	{"secondaryStorage.provider", []string{"redis", "memory"}},
	{"session.cookieCache.strategy", []string{"compact", "jwt", "jwe"}},
	{"account.storeStateStrategy", []string{"database", "cookie"}},
	{"rateLimit.storage", []string{"memory", "database", "secondary-storage"}},
	{"advanced.defaultCookieAttributes.sameSite", sameSites},
	{"advanced.cookies.*.attributes.sameSite", sameSites},
	{"advanced.defaultCookieAttributes.prefix", []string{"host", "secure"}},
	{"advanced.cookies.*.attributes.prefix", []string{"host", "secure"}},
	{"socialProviders.*.prompt", []string{"select_account", "consent", "login", "none", "select_account consent"}},
	{"socialProviders.*.responseMode", []string{"query", "form_post"}},
	{"socialProviders.*.tokenEndpointAuth.method", []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "none", "custom"}},
	{"plugins.generic-oauth.config.*.tokenEndpointAuth.method", []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "none", "custom"}},
	{"plugins.generic-oauth.config.*.prompt", []string{"select_account", "consent", "login", "none", "select_account consent"}},
	{"plugins.generic-oauth.config.*.responseMode", []string{"query", "form_post"}},
	{"plugins.generic-oauth.config.*.authentication", []string{"basic", "post"}},
	{"socialProviders.google.accessType", []string{"offline", "online"}},
	{"socialProviders.google.display", []string{"page", "popup", "touch", "wap"}},
	{"socialProviders.dropbox.accessType", []string{"offline", "online", "legacy"}},
	{"socialProviders.paypal.environment", []string{"sandbox", "live"}},
	{"socialProviders.salesforce.environment", []string{"production", "sandbox"}},
	{"socialProviders.vk.scheme", []string{"light", "dark"}},
	{"socialProviders.wechat.lang", []string{"cn", "en"}},
	{"socialProviders.wechat.platformType", []string{"WebsiteApp"}},
	{"socialProviders.cloudflare.tokenEndpointAuthMethod", []string{"client_secret_basic", "client_secret_post", "none"}},
	{"*.additionalFields.*.references.onDelete", []string{"cascade", "no action", "restrict", "set default", "set null"}},
}

var sameSites = []string{"lax", "strict", "none", "Lax", "Strict", "None"}

// shape is what a type with a grammar of its own is made of, where the file has
// a map or a list: checked strictly before the type reads it.
type shape struct{ object, list reflect.Type }

type identifierShape struct {
	Hash callback.Func[string, string] `json:"hash"`
}

var texts = reflect.TypeFor[[]string]()

var shapes = map[reflect.Type]shape{
	reflect.TypeFor[auth.BaseURL](): {object: reflect.TypeFor[struct {
		AllowedHosts []string `json:"allowedHosts"`
		Fallback     string   `json:"fallback"`
		Protocol     string   `json:"protocol"`
	}]()},
	reflect.TypeFor[auth.RefreshCache](): {object: reflect.TypeFor[struct {
		UpdateAge int `json:"updateAge"`
	}]()},
	reflect.TypeFor[auth.CustomRules]():      {object: reflect.TypeFor[map[string]auth.RuleSize]()},
	reflect.TypeFor[auth.TrustedOrigins]():   {list: texts},
	reflect.TypeFor[auth.OriginCheckOff]():   {list: texts},
	reflect.TypeFor[auth.TrustedProviders](): {list: texts},
	reflect.TypeFor[oauth.ClientIDs]():       {list: texts},
	reflect.TypeFor[auth.FieldType]():        {list: texts},
	reflect.TypeFor[auth.StoreIdentifier](): {object: reflect.TypeFor[struct {
		Hash      callback.Func[string, string] `json:"hash"`
		Default   identifierShape               `json:"default"`
		Overrides map[string]identifierShape    `json:"overrides"`
	}]()},
}

// shapeOf is the Go type that n must fit before t reads it, nil when t sees to
// all of it.
func shapeOf(t reflect.Type, n *node) reflect.Type {
	switch n.value.(type) {
	case *mapping:
		if isWebhook(n) {
			return nil
		}
		return shapes[t].object
	case []*node:
		return shapes[t].list
	}
	return nil
}

// scalarOf is n's value, a text of the environment turned into what it says
// where t wants no text.
func scalarOf(n *node, t reflect.Type) any {
	switch t {
	case reflect.TypeFor[auth.OriginCheckOff](), reflect.TypeFor[auth.RefreshCache]():
		return scalar(n)
	}
	return n.value
}
