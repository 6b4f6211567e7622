package console_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/auditlog"
	"github.com/seed-32bd42cb/betterauth/plugin/console"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/mailer"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const (
	root = "root@example.com"
	help = "help@example.com"
	bob  = "bob@example.com"
)

// world is a server with the console and everything that it shows.
type world struct {
	*authtest.Server
	console *console.Plugin
	log     *auditlog.Plugin
	resets  *[]auth.LinkMail
}

func refuse(context.Context, *mail.Envelope) (callback.Nothing, error) {
	return callback.Nothing{}, errors.New("refused")
}

func roles() access.Roles {
	r := admin.Roles()
	r["helper"] = access.Statements{"user": {"list"}}
	r["support"] = access.Statements{"user": {"list", "get", "update"}, "session": {"list", "revoke"}}
	return r
}

func open(t testing.TB, o auth.Options, opts console.Options) *world {
	t.Helper()
	m, err := mail.New(mail.Settings{Config: mail.Config{From: "a@example.com", Webhook: refuse}, Now: authtest.Start})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	w := &world{console: console.New(opts), log: auditlog.New(auditlog.Options{}), resets: &[]auth.LinkMail{}}
	o.EmailAndPassword.SendResetPassword = func(_ context.Context, in auth.LinkMail) (callback.Nothing, error) {
		*w.resets = append(*w.resets, in)
		return callback.Nothing{}, nil
	}
	o.Plugins = append(o.Plugins, admin.New(admin.Options{Roles: roles()}), w.console, w.log, jwt.New(jwt.Options{}), organization.New(organization.Options{}),
		apikey.New(apikey.Options{}), passkey.New(passkey.Options{}), twofactor.New(twofactor.Options{}), mailer.New(mailer.Options{Mailer: m, Table: true}))
	if o.SecondaryStorage == nil || o.Session.StoreSessionInDatabase { // which oauth-provider needs
		o.Plugins = append(o.Plugins, oauthprovider.New(oauthprovider.Options{
			LoginPage: "/sign-in", ConsentPage: "/consent", Scopes: []string{"openid", "profile", "email", "offline_access", "files:read"},
			Prefix: oauthprovider.Prefix{ClientSecret: "cs_"}, CachedTrustedClients: []string{"trusted"},
			AllowDynamicClientRegistration: true, AllowUnauthenticatedClientRegistration: true,
		}))
	}
	w.Server = authtest.New(t, authtest.PlainPasswords(o))
	return w
}

// as creates a user of a role, signs in as it, and returns the browser and the id.
func (w *world) as(email, role string) (*authtest.Client, string) {
	w.T.Helper()
	body := map[string]any{"name": "Test", "email": email, "password": authtest.Password, "role": role}
	if _, err := w.Call(w.T.Context(), "createUser", auth.Input{Body: body}); err != nil {
		w.T.Fatal(err)
	}
	c := w.Client()
	c.SignIn(email)
	return c, w.ID("user", store.Is("email", email))
}

// letter puts a message into the queue, in a state of package mail.
func (w *world) letter(state, subject string) string {
	w.T.Helper()
	text, err := json.Marshal(mail.Envelope{Kind: "sign-in-code", To: bob, Subject: subject, Code: "482913", URL: "https://example.com/t/secretlink"})
	if err != nil {
		w.T.Fatal(err)
	}
	row, err := w.Store.Create(w.T.Context(), "betterauthMail", store.Record{
		"state": state, "content": js.Obj("text", string(text)), "attempts": 3.0, "dueAt": w.Now(), "createdAt": w.Now(), "cause": "550 482913 no such user",
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return row.Text("id")
}

func (w *world) events() string {
	w.T.Helper()
	if err := w.log.Flush(w.T.Context()); err != nil {
		w.T.Fatal(err)
	}
	var out []string
	if err := w.log.Each(w.T.Context(), 0, func(e *auditlog.Entry) error {
		out = append(out, e.EventType)
		return nil
	}); err != nil {
		w.T.Fatal(err)
	}
	return strings.Join(out, " ")
}

// An administrator sees everything once, on every database.
func TestFlow(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, console.Options{})
		w.console.Describe(console.About{Version: "1.2.3", Database: "SQLite", Problems: func(context.Context) []string { return []string{"the disk is full"} }})
		c, own := w.as(root, "admin")
		b, id := w.as(bob, "user")
		b.Post("/organization/create", `{"name":"Acme <b>","slug":"acme"}`).Want(200)
		b.Post("/organization/invite-member", `{"email":"new@example.com","role":"member"}`).Want(200)
		key := b.Post("/api-key/create", `{"name":"Robot"}`).Want(200).Text("id")

		w.Advance(time.Minute)
		got := c.Get("/console/overview").Want(200, "version", "1.2.3", "database", "SQLite", "uptimeSeconds", 60.0, "counts.users", 2.0,
			"counts.organizations", 1.0, "counts.apiKeys", 1.0, "problems", []any{"the disk is full"}, "audit", true, "you.id", own, "you.may.keys", true)
		if o.SecondaryStorage == nil || o.Session.StoreSessionInDatabase {
			got.Want(200, "counts.sessions", 2.0)
		} else {
			got.Want(200, "counts.sessions", nil)
		}
		if !strings.Contains(got.Body, `"plugins":["admin","console","audit-log"`) || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %v", got, got.Header)
		}

		c.Get("/console/organizations").Want(200, "total", 1.0, "organizations.0.slug", "acme", "organizations.0.name", "Acme <b>", "organizations.0.members", 1.0)
		c.Get("/console/organizations?search=CME").Want(200, "total", 1.0)
		c.Get("/console/organizations?search=%25").Want(200, "total", 0.0, "organizations", authtest.Len(0))
		c.Get("/console/organizations?limit=1&offset=1").Want(200, "total", 1.0, "organizations", authtest.Len(0))
		org := w.ID("organization")
		c.Get("/console/organization?id="+org).Want(200, "organization.slug", "acme", "membersTotal", 1.0, "members.0.userId", id, "members.0.role", "owner",
			"members.0.user.email", bob, "invitations", authtest.Len(1), "invitations.0.email", "new@example.com", "invitations.0.status", "pending")
		c.Get("/console/organization?id=nobody").WantCode(404, "CONSOLE_NOT_FOUND")

		c.Get("/console/api-keys").Want(200, "total", 1.0, "apiKeys.0.id", key, "apiKeys.0.owner", "user", "apiKeys.0.ownerName", "Test", "apiKeys.0.enabled", true, "apiKeys.0.key", authtest.Absent)
		c.Get("/console/api-keys?search=rob&userId="+id).Want(200, "total", 1.0)
		c.Get("/console/api-keys?userId=nobody").Want(200, "total", 0.0)
		c.Post("/console/api-key/disable", `{"id":"`+key+`"}`).Want(200, "success", true)
		w.WantRows(1, "apikey", store.Is("enabled", false))
		c.Post("/console/api-key/delete", `{"id":"`+key+`"}`).Want(200, "success", true)
		w.WantRows(0, "apikey")
		c.Post("/console/api-key/delete", `{"id":"`+key+`"}`).WantCode(404, "CONSOLE_NOT_FOUND")
		c.Post("/console/api-key/disable", `{"id":"nobody"}`).WantCode(404, "CONSOLE_NOT_FOUND")

		c.Get("/console/user?id="+id).Want(200, "user.email", bob, "accounts", authtest.Len(1), "accounts.0.providerId", "credential", "accounts.0.password", authtest.Absent,
			"twoFactor", false, "passkeys", authtest.Len(0), "lastSignIn", authtest.Start())
		c.Get("/console/user?id=nobody").WantCode(404, "USER_NOT_FOUND")
		c.Post("/console/user/send-reset", `{"id":"`+id+`","redirectTo":"/new-password"}`).Want(200, "success", true)
		if len(*w.resets) != 1 || (*w.resets)[0].User.Email != bob || !strings.Contains((*w.resets)[0].URL, "new-password") {
			t.Errorf("%+v", *w.resets)
		}

		c.Get("/console/keys").Want(200, "keys", authtest.Len(0), "remote", false)
		first := c.Post("/console/keys/rotate", `{}`).Want(200, "key.state", "signing").Text("key.id")
		w.Advance(time.Second)
		c.Post("/console/keys/rotate", ``).Want(200)
		c.Get("/console/keys").Want(200, "keys", authtest.Len(2), "keys.0.state", "signing", "keys.0.alg", "EdDSA", "keys.1.state", "verifying", "keys.1.id", first, "keys.1.privateKey", authtest.Absent)
		w.Advance(40 * 24 * time.Hour)
		c.SignIn(root)
		c.Get("/console/keys").Want(200, "keys.1.state", "expired")

		events := w.events()
		c.Get("/console/audit?limit=2").Want(200, "entries", authtest.Len(2), "next", authtest.Any)
		for _, want := range []string{"api_key_updated", "api_key_deleted", "password_reset_requested console_password_reset_sent", "console_keys_rotated console_keys_rotated"} {
			if !strings.Contains(events, want) {
				t.Errorf("no %s in %s", want, events)
			}
		}
		c.Get("/console/audit?event=console_password_reset_sent&userId="+id).Want(200, "entries", authtest.Len(1), "entries.0.actorId", own, "entries.0.path", "/console/user/send-reset", "next", nil)
		last := c.Get("/console/audit?limit=1").Value("next")
		c.Get("/console/audit?limit=200&before="+js.String(last)).Want(200, "entries.0.seq", last.(float64)-1)
		c.Get("/console/audit/verify").Want(200, "ok", true, "problem", "")
		w.Change("auditLog", store.Record{"eventType": "nothing_happened"}, store.Is("seq", 2.0))
		c.Get("/console/audit/verify").Want(200, "ok", false, "problem", authtest.Like("entry 2 was changed.*"))
	})
}

func TestMail(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, console.Options{})
		c, _ := w.as(root, "admin")
		c.Get("/console/mail").Want(200, "waiting", 0.0, "failed", 0.0, "messages", authtest.Len(0))
		failed, waiting := w.letter("failed", "482913 is your code"), w.letter("queued", "Hello")
		got := c.Get("/console/mail").Want(200, "waiting", 1.0, "failed", 1.0, "messages", authtest.Len(2), "messages.0.id", failed, "messages.0.state", "failed",
			"messages.0.to", bob, "messages.0.kind", "sign-in-code", "messages.0.subject", "•••••• is your code", "messages.0.attempts", 3.0,
			"messages.0.lastError", "550 •••••• no such user", "messages.1.state", "waiting")
		if strings.Contains(got.Body, "secretlink") || strings.Contains(got.Body, "482913") {
			t.Errorf("a link or a code is shown: %s", got)
		}
		c.Get("/console/overview").Want(200, "problems", []any{"Messages that could not be sent: 1."})
		c.Post("/console/mail/retry", `{"ids":["`+failed+`","`+waiting+`","nobody"]}`).Want(200, "done", 1.0, "failed", []any{waiting, "nobody"})
		w.WantRows(2, "betterauthMail", store.Is("state", "queued"))
		c.Post("/console/mail/delete", `{"ids":["`+failed+`","`+waiting+`","nobody"]}`).Want(200, "done", 2.0, "failed", []any{"nobody"})
		w.WantRows(0, "betterauthMail")
		c.Post("/console/mail/delete", `{"ids":[]}`).WantCode(400, "VALIDATION_ERROR")
		if events := w.events(); !strings.HasSuffix(events, "console_mail_retried console_mail_deleted") {
			t.Error(events)
		}
	}, everywhere.Databases()...)
}

func TestRateLimits(t *testing.T) {
	on := true
	for _, storage := range []string{"memory", "database", "secondary-storage"} {
		t.Run(storage, func(t *testing.T) {
			o := everywhere.Memory.Options(t)
			if storage == "secondary-storage" {
				o = everywhere.SecondaryStorage.Options(t)
			}
			o.RateLimit = auth.RateLimitOptions{Enabled: &on, Storage: storage, CustomRules: auth.CustomRules{{Path: "/get-session", Window: 30, Max: 2}, {Path: "/console/*", Off: true}}}
			w := open(t, o, console.Options{})
			c, _ := w.as(root, "admin")
			none := any(authtest.Len(0))
			if storage == "secondary-storage" {
				none = nil
			}
			c.Get("/console/rate-limits").Want(200, "enabled", true, "storage", storage, "limited", none, "rules.0.path", "/get-session", "rules.0.max", 2.0, "rules.0.source", "options")
			for range 3 {
				w.Client().Get("/get-session")
			}
			got := c.Get("/console/rate-limits")
			switch storage {
			case "memory":
				got.Want(200, "limited", authtest.Len(1), "limited.0.path", nil, "limited.0.until", w.Now().Add(30*time.Second))
			case "database":
				got.Want(200, "limited", authtest.Len(1), "limited.0.path", "/get-session", "limited.0.key", "127.0.0.1", "limited.0.until", w.Now().Add(30*time.Second))
			}
			w.Advance(31 * time.Second)
			c.Get("/console/rate-limits").Want(200, "limited", none)
		})
	}
}

// Keys at their limit whose names are no address are shown as a hash.
func TestLimitedAccountIsHashed(t *testing.T) {
	on := true
	w := open(t, auth.Options{RateLimit: auth.RateLimitOptions{
		Enabled: &on, Storage: "database", Account: auth.AccountLimit{Max: 2}, CustomRules: auth.CustomRules{{Path: "*", Off: true}},
	}}, console.Options{})
	c, _ := w.as(root, "admin")
	for range 3 {
		w.Client().TrySignIn(bob, "wrong password")
	}
	key := w.Row("rateLimit", store.Where{Field: "key", Op: store.StartsWith, Value: "account|"}).Text("key")
	w.Advance(11 * time.Second) // the limit of the address has ended
	got := c.Get("/console/rate-limits").Want(200, "limited", authtest.Len(1), "limited.0.path", nil)
	if shown := got.Text("limited.0.key"); len(shown) != 16 || strings.Contains(key, shown) {
		t.Errorf("%q of %q", shown, key)
	}
}

func TestFigures(t *testing.T) {
	w := open(t, auth.Options{}, console.Options{})
	c, _ := w.as(root, "admin") // one sign-in
	w.Advance(3 * time.Minute)
	w.Client().TrySignIn(root, "wrong password").Want(401)
	w.Client().TrySignIn(root, authtest.Password).Want(200)
	got := c.Get("/console/figures?minutes=5").Want(200, "stepSeconds", 60.0, "from", w.Now().Truncate(time.Minute).Add(-4*time.Minute),
		"series.signIns", []any{0.0, 1.0, 0.0, 0.0, 1.0}, "series.signInFailures", []any{0.0, 0.0, 0.0, 0.0, 1.0}, "series.failures5xx", []any{0.0, 0.0, 0.0, 0.0, 0.0})
	if n, ok := got.Value("series.requests").([]any); !ok || len(n) != 5 || n[1] != 1.0 || n[4] != 2.0 {
		t.Errorf("%v", got.Value("series.requests"))
	}
	for _, name := range []string{"p50", "p99", "hashing"} {
		if list, ok := got.Value("series." + name).([]any); !ok || len(list) != 5 {
			t.Errorf("%s: %v", name, got.Value("series."+name))
		}
	}
	c.Get("/console/figures").Want(200, "series.requests", authtest.Len(60))
	c.Get("/console/figures?minutes=1440").Want(200, "stepSeconds", 720.0, "series.requests", authtest.Len(120))
	for _, minutes := range []string{"0", "1441", "x", "-1", "1.5"} {
		c.Get("/console/figures?minutes="+minutes).WantCode(400, "VALIDATION_ERROR")
	}
}

// The answers say what the caller may do, with this user too.
func TestRights(t *testing.T) {
	w := open(t, auth.Options{}, console.Options{})
	c, own := w.as(root, "admin")
	_, other := w.as("other@example.com", "admin")
	_, id := w.as(bob, "user")
	c.Get("/console/user?id="+id).Want(200, "may.update", true, "may.ban", true, "may.remove", true, "may.impersonate", true, "may.sendReset", true, "may.revokeSessions", true)
	c.Get("/console/user?id="+own).Want(200, "may.update", true, "may.ban", false, "may.remove", false, "may.impersonate", false)
	c.Get("/console/user?id="+other).Want(200, "may.ban", true, "may.impersonate", false)
	h, _ := w.as(help, "helper")
	for _, path := range []string{"keys", "mail", "api-keys", "oauth-clients", "oauth-consents"} {
		c.Get("/console/"+path).Want(200, "may", true)
		h.Get("/console/"+path).Want(200, "may", false)
	}
}

// The console needs the plugin admin, and roles that it knows.
func TestStart(t *testing.T) {
	for want, o := range map[string]auth.Options{
		"needs the plugin admin": {Database: memstore.New(), Plugins: []auth.Plugin{console.New(console.Options{})}},
		`has no role "editor"`:   {Database: memstore.New(), Plugins: []auth.Plugin{admin.New(admin.Options{}), console.New(console.Options{Role: admin.RoleNames{"editor"}})}},
		"needs a database":       {Plugins: []auth.Plugin{admin.New(admin.Options{}), console.New(console.Options{})}},
	} {
		o.Mode = auth.Development
		if _, err := betterauth.New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// What is not configured is a 404 with a code, and the rest works.
func TestWithoutOtherPlugins(t *testing.T) {
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{admin.New(admin.Options{}), console.New(console.Options{})}}))
	c := s.Client()
	c.SignUp(root)
	s.Change("user", store.Record{"role": "admin"})
	for _, path := range []string{"organizations", "organization?id=x", "api-keys", "keys", "mail", "audit", "audit/verify", "oauth-clients", "oauth-client?id=x", "oauth-consents"} {
		c.Get("/console/"+path).WantCode(404, "CONSOLE_PLUGIN_MISSING")
	}
	for _, path := range []string{"update", "disable", "enable", "rotate-secret", "delete"} {
		c.Post("/console/oauth-client/"+path, `{"id":"x"}`).WantCode(404, "CONSOLE_PLUGIN_MISSING")
	}
	c.Post("/console/oauth-client/create", `{"name":"x"}`).WantCode(404, "CONSOLE_PLUGIN_MISSING")
	c.Post("/console/oauth-consent/revoke", `{"id":"x"}`).WantCode(404, "CONSOLE_PLUGIN_MISSING")
	for path, body := range map[string]string{"api-key/disable": `{"id":"x"}`, "api-key/delete": `{"id":"x"}`, "keys/rotate": `{}`, "mail/retry": `{"ids":["x"]}`, "mail/delete": `{"ids":["x"]}`} {
		c.Post("/console/"+path, body).WantCode(404, "CONSOLE_PLUGIN_MISSING")
	}
	c.Get("/console/overview").Want(200, "audit", false, "counts.organizations", nil, "counts.apiKeys", nil, "problems", authtest.Len(0))
	c.Get("/console/user?id="+s.ID("user")).Want(200, "passkeys", authtest.Len(0))
	c.Get("/console/rate-limits").Want(200, "enabled", false)
}
