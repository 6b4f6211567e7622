package config

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/captcha"
	"github.com/seed-32bd42cb/betterauth/store"
)

func environ(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func load(t *testing.T, name, text string, pairs ...string) (*File, error) {
	t.Helper()
	l := Loader{Env: environ(pairs...), ReadFile: func(path string) ([]byte, error) {
		if path == "dir/key" || path == "/run/key" {
			return []byte("  from-a-file\n"), nil
		}
		if path == "dir/keys" {
			return []byte("2:new-secret,1:old-secret\n"), nil
		}
		return nil, fs.ErrNotExist
	}}
	return l.Parse(name, []byte(text))
}

const sample = `
# everything that has a shape of its own
appName: Acme
baseURL:
  allowedHosts: ["*.example.com"]
  fallback: https://example.com
secret: ${AUTH_KEY}
mode: development
database: { url: "sqlite:test.db", pool: { max: 5, idleTimeout: 30s }, queryTimeout: 2.5, connectTimeout: 700ms, synchronous: normal }
secondaryStorage: { url: "redis://a,b,c", timeout: 2s }
emailAndPassword:
  enabled: true
  minPasswordLength: 10
  autoSignIn: false
  sendResetPassword: { webhook: "https://hooks.example.com/reset", timeout: 2s }
user:
  modelName: people
  fields: { email: email_address }
  additionalFields:
    zeta: { type: string, required: false, defaultValue: null }
    alpha: { type: [admin, member], defaultValue: member }
    beta: { type: number }
session:
  expiresIn: ${TTL:-3600}
  freshAge: 0
  cookieCache: { enabled: true, refreshCache: { updateAge: 60 } }
rateLimit:
  customRules:
    /sign-in/email: { window: 60, max: 5 }
    /get-session: false
advanced:
  database: { generateId: uuid }
  defaultCookieAttributes: { sameSite: none, secure: true }
verification:
  storeIdentifier: { default: hashed, overrides: { otp: plain } }
databaseHooks: { user: { create: { before: "https://hooks.example.com/user" } } }
onAPIError: { customizeDefaultErrorPage: { colors: { primary: "#f00" } } }
telemetry: { enabled: true }
plugins:
  bearer: {}
  jwt: { jwt: { expirationTime: 10m } }
`

func TestSample(t *testing.T) {
	f, err := load(t, "betterauth.yaml", sample, "AUTH_KEY", "a-secret-of-the-environment-000000")
	if err != nil {
		t.Fatal(err)
	}
	o := f.Options
	type row struct{ what, got, want any }
	names := []string{}
	for _, a := range o.User.AdditionalFields {
		names = append(names, a.Name)
	}
	zeta := o.User.AdditionalFields[0]
	for _, r := range []row{
		{"appName", o.AppName, "Acme"},
		{"secret", o.Secret, "a-secret-of-the-environment-000000"},
		{"mode", o.Mode, auth.Development},
		{"dynamic", o.BaseURL.IsDynamic(), true},
		{"fallback", o.BaseURL.Fallback, "https://example.com"},
		{"database", f.DatabaseURL(), "sqlite:test.db"},
		{"pool", f.Database.Pool.Max, 5},
		{"idle", int64(f.Database.Pool.IdleTimeout), int64(30e9)},
		{"query timeout", int64(f.Database.QueryTimeout), int64(2500e6)},
		{"connect timeout", int64(f.Database.ConnectTimeout), int64(700e6)},
		{"synchronous", f.Database.Synchronous, "normal"},
		{"storage", f.SecondaryStorage.Provider + " " + f.SecondaryStorage.URL, "redis redis://a,b,c"},
		{"storage timeout", int64(f.SecondaryStorage.Timeout), int64(2e9)},
		{"min", o.EmailAndPassword.MinPasswordLength, 10},
		{"autoSignIn", *o.EmailAndPassword.AutoSignIn, false},
		{"webhook", o.EmailAndPassword.SendResetPassword.Webhook().URL, "https://hooks.example.com/reset"},
		{"modelName", o.User.ModelName, "people"},
		{"fields", o.User.Fields["email"], "email_address"},
		{"field order", strings.Join(names, " "), "zeta alpha beta"},
		{"default of null", zeta.HasDefault && zeta.DefaultValue == nil && !*zeta.Required, true},
		{"no default", o.User.AdditionalFields[2].HasDefault, false},
		{"enum", strings.Join(o.User.AdditionalFields[1].Type.Enum, " "), "admin member"},
		{"expiresIn", o.Session.ExpiresIn, 3600},
		{"freshAge", *o.Session.FreshAge, 0},
		{"refreshCache", *o.Session.CookieCache.RefreshCache.UpdateAge, 60},
		{"customRules", o.RateLimit.CustomRules[0].Max, 5},
		{"no rule", o.RateLimit.CustomRules[1].Off, true},
		{"generateId", o.Advanced.Database.GenerateID.Kind, store.UUID},
		{"sameSite", *o.Advanced.DefaultCookieAttributes.SameSite, "none"},
		{"storeIdentifier", o.Verification.StoreIdentifier.Default.Hashed, true},
		{"error page", string(o.OnAPIError.CustomizeDefaultErrorPage.Colors.Primary), "#f00"},
		{"plugins", f.Plugins[0].ID + " " + f.Plugins[1].ID, "bearer jwt"},
		{"built plugins", len(o.Plugins), 2},
	} {
		if r.got != r.want {
			t.Errorf("%v: got %v, want %v", r.what, r.got, r.want)
		}
	}
	if want := []string{"telemetry is ignored: this server sends no telemetry"}; !cmp.Equal(f.Notes, want) {
		t.Error(cmp.Diff(want, f.Notes))
	}
}

func TestMistakesComeAtOnce(t *testing.T) {
	_, err := load(t, "dir/betterauth.yaml", `emailAndPasword: {}
emailAndPassword:
  enabled: "yes"
  minPasswordLength: 8.5
  password: { hash: https://hooks.example.com/hash }
session:
  cookieCache: { strategy: jwk, refreshCache: { updateAg: 3 } }
secret: ${NOT_THERE}
trustedOrigins: [https://a.example, 7]
socialProviders: { github: { clientid: x } }
rateLimit: { customRules: { /a: { window: 1, maxi: 2 } } }
user:
  additionalFields: { x: { type: text }, y: { type: string, validator: { input: z } } }
plugins: { jwt: { jwt: { isuer: x } }, scim: {}, jvt: {} }
secretFile: nowhere
`)
	want := `dir/betterauth.yaml:1:1: emailAndPasword: unknown key (did you mean emailAndPassword?)
dir/betterauth.yaml:3:12: emailAndPassword.enabled: must be true or false, not a text
dir/betterauth.yaml:4:22: emailAndPassword.minPasswordLength: must be a whole number
dir/betterauth.yaml:5:21: emailAndPassword.password.hash: can only be set from Go: it is given passwords, which are not sent to webhooks
dir/betterauth.yaml:7:28: session.cookieCache.strategy: must be one of compact, jwt, jwe, not "jwk"
dir/betterauth.yaml:7:49: session.cookieCache.refreshCache.updateAg: unknown key (did you mean updateAge?)
dir/betterauth.yaml:8:9: secret: NOT_THERE is not set in the environment (write ${NOT_THERE:-…} for a default)
dir/betterauth.yaml:9:37: trustedOrigins.1: must be a text, not a number
dir/betterauth.yaml:10:30: socialProviders.github.clientid: unknown key (did you mean clientId?)
dir/betterauth.yaml:11:46: rateLimit.customRules./a.maxi: unknown key (did you mean max?)
dir/betterauth.yaml:13:34: user.additionalFields.x.type: must be string, number, boolean, date, json, string[], number[] or a list, not "text"
dir/betterauth.yaml:13:81: user.additionalFields.y.validator.input: can only be set from Go: it is called for every request
dir/betterauth.yaml:14:26: plugins.jwt.jwt.isuer: unknown key (did you mean issuer?)
dir/betterauth.yaml:14:40: plugins.scim: the plugin scim is not built yet
dir/betterauth.yaml:14:50: plugins.jvt: there is no such plugin (did you mean jwt?)
dir/betterauth.yaml:15:1: secretFile: secret is set too; use only one of them`
	if err == nil {
		t.Fatal("accepted")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(err, ErrNotBuilt) || !errors.Is(err, ErrGoOnly) {
		t.Error("the kinds of the mistakes are lost")
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"broken JSON", "c.json", "{\n  \"a\": tru\n}", "c.json:2:"},
		{"cut JSON", "c.json", `{"appName": "x"`, "the file ends in the middle"},
		{"two JSON values", "c.json", `{} {}`, "text after the end"},
		{"key twice", "c.json", `{"appName":"a","appName":"b"}`, `"appName" appears twice`},
		{"list as file", "c.json", `[]`, "must be a map of options"},
		{"JSON place", "c.json", "{\n  \"session\": {\n    \"expiresIn\": \"x\"\n  }\n}", "c.json:3:18: session.expiresIn: must be a number"},
		{"broken YAML", "c.yaml", "a: [1, 2", "c.yaml:1:"},
		{"alias", "c.yaml", "a: &x 1\nb: *x", "anchors, aliases"},
		{"two documents", "c.yaml", "appName: a\n---\nappName: b\n", "a second document"},
		{"mode", "c.yaml", "mode: prod", "must be one of development, test, production"},
		{"builtin", "c.yaml", "emailAndPassword: { sendResetPassword: email }", `emailAndPassword.sendResetPassword: there is no built-in "email" here`},
		{"mail without a server", "c.yaml", "emailAndPassword: { sendResetPassword: mail }", "mail: is needed, because emailAndPassword.sendResetPassword is sent by mail"},
		{"retries of a hook", "c.yaml", "hooks: { before: { webhook: https://h.example, retries: 2 } }", "retries are only for webhooks whose answer is not used"},
		{"provider", "c.yaml", "database: { provider: postgres, url: 'sqlite:x.db' }", "postgres does not go with the url"},
		{"storage", "c.yaml", "secondaryStorage: {provider: redis}", "must begin with redis:"},
		{"half a storage", "c.yaml", "secondaryStorage: {get: https://h.example}", "secondaryStorage.set: is missing"},
		{"plugin list", "c.yaml", "plugins: [jwt]", "must be a map of plugins"},
		{"empty secret file", "c.yaml", "secretFile: nowhere", "secretFile: file does not exist"},
		{"unclosed", "c.yaml", "appName: ${X", "without a closing }"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, c.file, c.text)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q in it", err, c.want)
			}
		})
	}
}

func TestSecretsInFiles(t *testing.T) {
	f, err := load(t, "dir/c.yaml", "secretFile: key\nemailAndPassword: { sendResetPassword: { webhook: https://h.example, secretFile: /run/key } }\nappName: a$${b}\nsecretsFile: keys\nplugins: { captcha: { provider: hcaptcha, secretKeyFile: /run/key } }\n")
	if err != nil {
		t.Fatal(err)
	}
	o := f.Options
	if o.Secret != "from-a-file" || o.EmailAndPassword.SendResetPassword.Webhook().Secret != "from-a-file" || o.AppName != "a${b}" {
		t.Errorf("secret %q, webhook %+v, appName %q", o.Secret, o.EmailAndPassword.SendResetPassword.Webhook(), o.AppName)
	}
	if key := f.Plugins[0].Options.(*captcha.Options).SecretKey; key != "from-a-file" {
		t.Errorf("secret key %q", key)
	}
	if len(o.Secrets) != 2 || o.Secrets[0].Version != 2 || o.Secrets[1].Value != "old-secret" {
		t.Errorf("secrets %+v", o.Secrets)
	}
}

func TestMode(t *testing.T) {
	for _, c := range []struct {
		name, flag, file string
		env              []string
		want             auth.Mode
	}{
		{"nothing", "", "", nil, auth.Production},
		{"NODE_ENV", "", "", []string{"NODE_ENV", "development"}, auth.Development},
		{"another NODE_ENV", "", "", []string{"NODE_ENV", "staging"}, auth.Production},
		{"ours before NODE_ENV", "", "", []string{"NODE_ENV", "development", "BETTER_AUTH_MODE", "test"}, auth.Test},
		{"file before environment", "", "mode: production", []string{"BETTER_AUTH_MODE", "test"}, auth.Production},
		{"flag before file", "development", "mode: production", nil, auth.Development},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Loader{Env: environ(c.env...), Mode: c.flag}.Parse("c.yaml", []byte(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if f.Options.Mode != c.want {
				t.Errorf("got %q from %s, want %q", f.Options.Mode, f.ModeFrom, c.want)
			}
		})
	}
	if _, err := (Loader{Mode: "prod"}).Parse("c.yaml", nil); err == nil {
		t.Error("--mode prod was accepted")
	}
	if _, err := (Loader{NeedBaseURL: true}).Parse("c.yaml", nil); err == nil {
		t.Error("no address in production was accepted")
	}
	if _, err := (Loader{NeedBaseURL: true, Env: environ("BETTER_AUTH_URL", "https://a.example")}).Parse("c.yaml", nil); err != nil {
		t.Error(err)
	}
}

// FuzzParse: any bytes give options or an error with a position, never a panic.
func FuzzParse(f *testing.F) {
	f.Add("c.yaml", []byte(sample))
	f.Add("c.json", []byte(`{"user":{"additionalFields":{"a":{"type":["x"],"defaultValue":{"webhook":1}}}},"secondaryStorage":{"get":{"webhook":"https://x"}}}`))
	f.Add("c", []byte("? [a]\n: &b {<<: *b}\n"))
	f.Add("c.yaml", []byte("a: !!binary |\n  R0\n"))
	f.Add("c.json", []byte(`{"plugins":{"jwt":{"jwt":{"audience":[1,null]}}},"advanced":{"cookies":{"a":null}}}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		l := Loader{ReadFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist }}
		file, err := l.Parse(name, data)
		if (err == nil) == (file == nil) {
			t.Errorf("file %v, error %v", file, err)
		}
	})
}
