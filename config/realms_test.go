package config

import (
	"strings"
	"testing"
	"time"
)

// twoRealms is a file with sites; PLACE stands for more options above them, and ONE and TWO for more in them.
const twoRealms = `
mode: production
database: { url: "postgres://auth:pw@db/auth", pool: { max: 3 } }
secondaryStorage: { url: "redis://cache", timeout: 5s }
emailAndPassword: { enabled: true, minPasswordLength: 10 }
advanced: { cookiePrefix: x, trustedProxyHeaders: true }
plugins: { jwt: {}, bearer: {}, last-login-method: }
realms:
  - name: shop
    baseURL: https://shop.example.com
    secret: aK3vQ9xT7mZ2wL5raK3vQ9xT7mZ2wL5r-one
    database: { schemaName: shop }
  - name: forum
    path: /forum
    baseURL: https://example.com
    secret: aK3vQ9xT7mZ2wL5raK3vQ9xT7mZ2wL5r-two
    database: { tablePrefix: forum_, pool: { max: 7 } }
    emailAndPassword: { minPasswordLength: 12 }
    plugins: { jwt: false, username: {} }
  - name: lab
    host: [lab.example.com, "lab.example.com:8443"]
    baseURL: https://lab.example.com
    secrets: [{ version: 1, value: aK3vQ9xT7mZ2wL5raK3vQ9xT7mZ2wL5r-three }]
    database: sqlite:lab.db
    secondaryStorage: memory
`

func TestRealms(t *testing.T) {
	env := map[string]string{"BETTER_AUTH_SECRET": "of-all", "BETTER_AUTH_URL": "https://all.example.com", "DATABASE_URL": "sqlite:all.db", "OTHER": "seen"}
	f, err := loadRealms(t, twoRealms, env)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Realms) != 3 || f.Options.Mode != "" || !f.Options.Advanced.TrustedProxyHeaders {
		t.Fatalf("%d realms, mode %q", len(f.Realms), f.Options.Mode)
	}
	shop, forum, lab := f.Realms[0], f.Realms[1], f.Realms[2]
	for _, c := range []struct{ what, got, want string }{
		{"host of the base URL", strings.Join(shop.Hosts, " "), "shop.example.com"},
		{"hosts", strings.Join(lab.Hosts, " "), "lab.example.com lab.example.com:8443"},
		{"host beside a path", strings.Join(forum.Hosts, " "), "example.com"},
		{"database", shop.File.DatabaseURL(), "postgres://auth:pw@db/auth"},
		{"schema", shop.File.Database.SchemaName, "shop"},
		{"prefix", forum.File.Options.Advanced.Database.TablePrefix, "forum_"},
		{"own database", lab.File.DatabaseURL(), "sqlite:lab.db"},
		{"base path", forum.File.Options.BasePath, "/forum/api/auth"},
		{"base path of a host", shop.File.Options.BasePath, ""},
		{"cookies of a host", shop.File.Options.Advanced.CookiePrefix, "x"},
		{"cookies of a path", forum.File.Options.Advanced.CookiePrefix, "x-forum"},
		{"keys", *shop.File.SecondaryStorage.KeyPrefix, "better-auth:shop:"},
		{"storage", shop.File.SecondaryStorage.URL, "redis://cache"},
		{"own storage", lab.File.SecondaryStorage.Provider, "memory"},
		{"plugins", plugins(shop.File), "jwt bearer last-login-method"},
		{"own plugins", plugins(forum.File), "bearer last-login-method username"},
		{"secret of the environment", shop.File.Options.Environ("BETTER_AUTH_SECRET"), ""},
		{"address of the environment", shop.File.Options.Environ("BETTER_AUTH_URL"), ""},
		{"the environment", shop.File.Options.Environ("OTHER"), "seen"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	if n := []int{shop.File.Database.Pool.Max, forum.File.Database.Pool.Max, lab.File.Database.Pool.Max}; n[0] != 3 || n[1] != 7 || n[2] != 3 {
		t.Errorf("pools: %v", n)
	}
	if a, b := shop.File.Options.EmailAndPassword, forum.File.Options.EmailAndPassword; !a.Enabled || !b.Enabled || a.MinPasswordLength != 10 || b.MinPasswordLength != 12 {
		t.Errorf("merged options: %+v, %+v", a, b)
	}
	if err := f.Check(func() time.Time { return time.Unix(1e9, 0) }); err != nil {
		t.Error(err)
	}
}

func loadRealms(t *testing.T, text string, env map[string]string) (*File, error) {
	t.Helper()
	return Loader{Env: func(name string) string { return env[name] }, NeedBaseURL: true}.Parse("c.yaml", []byte(text))
}

func plugins(f *File) string {
	var names []string
	for _, p := range f.Plugins {
		names = append(names, p.ID)
	}
	return strings.Join(names, " ")
}

// TestRealmsRefused: what would let realms cross, or leave one without what is its own, is refused with a message that
// names the realm's place in the file.
func TestRealmsRefused(t *testing.T) {
	const secret1, secret2 = "aK3vQ9xT7mZ2wL5raK3vQ9xT7mZ2wL5r-one", "aK3vQ9xT7mZ2wL5raK3vQ9xT7mZ2wL5r-two"
	one := `name: one, baseURL: "https://one.example", secret: ` + secret1 + `, database: "sqlite:one.db"`
	two := `name: two, baseURL: "https://two.example", secret: ` + secret2 + `, database: "sqlite:two.db"`
	path := strings.NewReplacer("https://one.example", "https://x.example", "https://two.example", "https://x.example")
	with := func(text, old, new string) string {
		t.Helper()
		if !strings.Contains(text, old) {
			t.Fatalf("%s is not in %s", old, text)
		}
		return strings.Replace(text, old, new, 1)
	}
	for _, c := range []struct{ top, one, two, want string }{
		{"", with(one, ", secret: "+secret1, ""), two, "realms.0: needs a secret of its own"},
		{"", with(one, "secret: "+secret1, "secret: "), two, "realms.0: needs a secret of its own"},
		{"secret: " + secret1, one, two, "secret: each realm needs a secret of its own"},
		{"plugins: { oauth-proxy: { secret: " + secret1 + " } }", one, two, "plugins.oauth-proxy.secret: each realm needs a secret of its own"},
		{"rateLimit: { customStorage: { consume: 'https://h.example' } }", one, two, "rateLimit.customStorage: each realm needs a storage of its own"},
		{"plugins: { api-key: { configurations: [{ customStorage: { get: 'https://h.example', set: 'https://h.example', delete: 'https://h.example' } }] } }", one, two, "plugins.api-key.configurations.0.customStorage: each realm needs a storage of its own"},
		{"plugins: { jwt: { adapter: { getJwks: 'https://h.example' } } }", one, two, "plugins.jwt.adapter: each realm needs keys of its own"},
		{"", one, with(two, secret2, secret1), "realms.1: it has a secret of the realm one"},
		{"", one, with(two, "secret: "+secret2, "secrets: [{version: 2, value: "+secret2+"}, {version: 1, value: "+secret1+"}]"), "realms.1: it has a secret of the realm one"},
		{"", with(one, `, database: "sqlite:one.db"`, ""), two, "realms.0: needs a database of its own"},
		{"", with(one, `"sqlite:one.db"`, ""), two, "realms.0: needs a database of its own"},
		{`database: "sqlite:all.db"`, with(one, `, database: "sqlite:one.db"`, ""), two, "realms.0: needs a database of its own"},
		{`database: "sqlite:all.db"`, with(one, `"sqlite:one.db"`, "{ pool: { max: 3 } }"), two, "realms.0.database: needs a url, schemaName or tablePrefix"},
		{"", one, with(two, "sqlite:two.db", "sqlite:./one.db"), "realms.1: has the database of the realm one"},
		{"database: \"postgres://h/d\"", with(one, `"sqlite:one.db"`, "{ schemaName: public }"), with(two, `"sqlite:two.db"`, `"postgresql://h:5432/d"`), "realms.1: has the database of the realm one"},
		{"database: \"postgres://h/d\"", with(one, `"sqlite:one.db"`, "{ tablePrefix: x_ }"), with(two, `"sqlite:two.db"`, "{ tablePrefix: X_ }"), "realms.1: has the database of the realm one"},
		{"", with(one, `"sqlite:one.db"`, `{ url: "sqlite:one.db", tablePrefix: 1x }`), two, "realms.0.database.tablePrefix: must be at most 32"},
		{"", one, with(two, "two.example", "one.example"), "realms.1: it has the host and path of the realm one (one.example)"},
		{"", one, with(two, "name: two", `name: two, host: ["one.example.:443"]`), "realms.1: it has the host and path of the realm one"},
		{"", one, with(two, "name: two", "name: one"), "there are two realms of this name"},
		{"", path.Replace(with(one, "name: one", "name: one, path: /x, advanced: { cookiePrefix: a }")), path.Replace(with(two, "name: two", "name: two, path: /y, advanced: { cookiePrefix: a }")), "browsers would send it the cookie a.session_token"},
		{"", path.Replace(with(one, "name: one", "name: one, path: /x, advanced: { cookies: { session_token: { name: two.session_token } } }")), path.Replace(with(two, "name: two", "name: two, path: /y")), "browsers would send it the cookie two.session_token"},
		{"", with(one, "name: one", `name: one, host: "h.example:81"`), with(two, "name: two", `name: two, host: "h.example:82"`), "the cookie better-auth.session_token of the realm one"},
		{"", with(with(one, "one.example", "example.com"), "name: one", "name: one, advanced: { crossSubDomainCookies: { enabled: true } }"), with(two, "two.example", "a.example.com"), "the cookie better-auth.session_token of the realm one"},
		{"", with(one, "name: one", `name: one, advanced: { defaultCookieAttributes: { domain: example } }`), two, "the cookie better-auth.session_token of the realm one"},
		{"", with(one, "name: one", "name: One"), two, `realms.0: the name "One" must be`},
		{"", with(one, "name: one, ", ""), two, `realms.0: the name "" must be`},
		{"", with(one, "name: one", `name: one, host: "*.example"`), two, "has a wildcard"},
		{"", with(one, "name: one", `name: one, host: "https://one.example"`), two, "must be a host alone"},
		{"", with(one, "name: one", "name: one, path: /a/"), two, `the path "/a/" must be like /shop`},
		{"", with(one, "name: one", "name: one, path: /readyz"), two, "belongs to the server itself"},
		{"", with(one, "name: one", "name: one, path: /a, basePath: /b"), two, "the endpoints are at /b, which is not below the path /a"},
		{"", with(one, "name: one", "name: one, path: /on") + ", basePath: /one", two, "the endpoints are at /one, which is not below the path /on"},
		{"", with(one, "name: one", "name: one, mode: test"), two, "realms.0.mode: is for all realms"},
		{"", with(one, "name: one", "name: one, advanced: { trustedProxyHeaders: true }"), two, "realms.0.advanced.trustedProxyHeaders: is for all realms"},
		{"", with(one, "name: one", "name: one, realms: []"), two, "realms.0.realms: is for all realms"},
		{"", with(one, "name: one", "name: one, sesion: {}"), two, "realms.0.sesion: unknown key (did you mean session?)"},
		{"sesion: {}", one, two, "c.yaml:2:1: sesion: unknown key"},
		{"baseURL: https://x.example", with(one, `baseURL: "https://one.example", `, ""), two, "realms.0: needs a baseURL of its own"},
		{"", with(one, `baseURL: "https://one.example", `, ""), two, "realms.0.baseURL: is needed in production: the public address of the server, like https://example.com"},
		{`secondaryStorage: "redis://r"`, one, with(two, "name: two", `name: two, secondaryStorage: { keyPrefix: "better-auth:" }`), "realms.1: has the secondaryStorage.keyPrefix of the realm one"},
	} {
		text := "mode: production\n" + c.top + "\nrealms:\n  - { " + c.one + " }\n  - { " + c.two + " }\n"
		_, err := loadRealms(t, text, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, c.want)
		} else if n := strings.Count(err.Error(), "\n"); n > 0 {
			t.Errorf("%d more messages: %v\n%s", n, err, text)
		}
		if strings.Contains(err.Error(), secret1) || strings.Contains(err.Error(), secret2) {
			t.Errorf("a secret is in the message: %v", err)
		}
	}
	for _, bad := range []string{"realms: []", "realms: { a: 1 }", "realms: [a]"} {
		if _, err := loadRealms(t, bad, nil); err == nil || !strings.Contains(err.Error(), "must be a") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
