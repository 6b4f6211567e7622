package console_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/console"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// reads and actions are requests to every endpoint that would succeed for an administrator. ID stands for the id of a
// user, ORG for that of an organization, KEY and MAIL for those of an API key and a message, CLIENT and CONSENT for those
// of an OAuth client of the user and of a consent to it.
var (
	reads = []string{
		"/console/overview", "/console/figures", "/console/organizations", "/console/organization?id=ORG", "/console/api-keys", "/console/user?id=ID",
		"/console/keys", "/console/mail", "/console/rate-limits", "/console/audit", "/console/audit/verify",
		"/console/oauth-clients", "/console/oauth-client?id=CLIENT", "/console/oauth-consents",
	}
	actions = [][2]string{
		{"/console/user/send-reset", `{"id":"ID"}`}, {"/console/keys/rotate", `{}`}, {"/console/mail/retry", `{"ids":["MAIL"]}`},
		{"/console/mail/delete", `{"ids":["MAIL"]}`}, {"/console/api-key/disable", `{"id":"KEY"}`}, {"/console/api-key/delete", `{"id":"KEY"}`},
		{"/console/oauth-client/create", `{"name":"Of the attacker","redirectUris":["https://evil.example/cb"],"skipConsent":true}`},
		{"/console/oauth-client/update", `{"id":"CLIENT","redirectUris":["https://evil.example/cb"]}`}, {"/console/oauth-client/disable", `{"id":"CLIENT"}`},
		{"/console/oauth-client/enable", `{"id":"CLIENT"}`}, {"/console/oauth-client/rotate-secret", `{"id":"CLIENT"}`},
		{"/console/oauth-consent/revoke", `{"id":"CONSENT"}`}, {"/console/oauth-client/delete", `{"id":"CLIENT"}`},
	}
)

// target is a server with something for every action.
type target struct {
	*world
	victim string
	client store.Record // nil without oauth-provider
	ids    *strings.Replacer
}

func openTarget(t testing.TB, o auth.Options, opts console.Options) *target {
	t.Helper()
	w := open(t, o, opts)
	b, id := w.as(bob, "user")
	b.Post("/organization/create", `{"name":"<script>alert(1)</script>","slug":"acme"}`).Want(200)
	key := b.Post("/api-key/create", `{"name":"<img src=x onerror=x()>"}`).Want(200).Text("id")
	var row store.Record
	client, consent := "none", "none"
	if w.HasPlugin("oauth-provider") {
		made := b.Post("/oauth2/create-client", `{"redirect_uris":["https://app.example.com/callback"],"client_name":"<script>alert(2)</script>","token_endpoint_auth_method":"client_secret_post"}`).Want(201)
		row = w.Row("oauthClient")
		client = row.Text("id")
		consent = w.consent(made.Text("client_id"), id, nil)
		w.tokens(made.Text("client_id"), made.Text("client_secret"), id)
	}
	return &target{w, id, row, strings.NewReplacer("ID", id, "ORG", w.ID("organization"), "KEY", key, "MAIL", w.letter("failed", "Hello"), "CLIENT", client, "CONSENT", consent)}
}

// unchanged fails the test if an action was done.
func (w *target) unchanged() {
	w.T.Helper()
	w.WantRows(1, "apikey", store.Is("enabled", true))
	w.WantRows(1, "betterauthMail", store.Is("state", "failed"))
	w.WantRows(0, "jwks")
	if w.client != nil {
		if row := w.Row("oauthClient"); !reflect.DeepEqual(row, w.client) {
			w.T.Errorf("the client was changed from %v to %v", w.client, row)
		}
		for _, model := range []string{"oauthConsent", "oauthRefreshToken", "oauthAccessToken"} {
			w.WantRows(1, model)
		}
	}
	if len(*w.resets) > 0 {
		w.T.Error("a message was sent")
	}
}

// refused sends every request and expects the same refusal.
func (w *target) refused(c *authtest.Client, status int, code string) {
	w.T.Helper()
	for _, path := range reads {
		c.Get(w.ids.Replace(path)).WantCode(status, code)
	}
	for _, a := range actions {
		c.Post(a[0], w.ids.Replace(a[1])).WantCode(status, code)
	}
	w.unchanged()
}

// Every endpoint is in the lists above, so that no new one is left out of the attacks.
func TestAttackListsAreComplete(t *testing.T) {
	known := map[string]bool{}
	for _, path := range reads {
		path, _, _ = strings.Cut(path, "?")
		known["GET "+path] = true
	}
	for _, a := range actions {
		known["POST "+a[0]] = true
	}
	for _, e := range console.New(console.Options{}).Manifest().Endpoints {
		if name := e.Method() + " " + e.Path; !known[name] {
			t.Errorf("%s is attacked by no test", name)
		}
	}
	w := openTarget(t, auth.Options{}, console.Options{})
	c, _ := w.as(root, "admin")
	for _, path := range reads {
		c.Get(w.ids.Replace(path)).Want(200)
	}
	for _, a := range actions {
		c.Post(a[0], w.ids.Replace(a[1])).Want(200)
	}
}

// Strangers and ordinary users see and do nothing.
func TestAttackConsoleWithoutRole(t *testing.T) {
	w := openTarget(t, auth.Options{}, console.Options{})
	w.refused(w.Client(), 401, "UNAUTHORIZED")
	c, _ := w.as("mallory@example.com", "user")
	w.refused(c, 403, "CONSOLE_ACCESS_DENIED")
	w.Change("user", store.Record{"role": "nobody,Admin ,administrator"}, store.Is("email", "mallory@example.com"))
	w.refused(c, 403, "CONSOLE_ACCESS_DENIED")
}

// With the option role, the permission to list users is not enough.
func TestAttackConsoleOfAnotherRole(t *testing.T) {
	w := openTarget(t, auth.Options{}, console.Options{Role: admin.RoleNames{"admin"}})
	c, _ := w.as(help, "helper")
	w.refused(c, 403, "CONSOLE_ACCESS_DENIED")
	c, _ = w.as(root, "admin")
	w.Change("user", store.Record{"role": "user,admin"}, store.Is("email", root))
	c.Get("/console/overview").Want(200)
}

// Somebody who may look may not act without the permission for it.
func TestAttackActionsWithoutPermission(t *testing.T) {
	w := openTarget(t, auth.Options{}, console.Options{})
	c, _ := w.as(help, "helper")
	for _, a := range actions {
		c.Post(a[0], w.ids.Replace(a[1])).WantCode(403, "CONSOLE_ACTION_DENIED")
	}
	c.Get(w.ids.Replace("/console/user?id=ID")).WantCode(403, "CONSOLE_ACTION_DENIED")
	may := c.Get("/console/overview").Want(200).Value("you.may")
	for name, allowed := range may.(map[string]any) {
		if allowed != false {
			t.Errorf("%s is offered", name)
		}
	}
	w.unchanged()
}

// Somebody who may change users and end sessions ends the access of clients, and does nothing else with them.
func TestAttackClientsWithoutRight(t *testing.T) {
	w := openTarget(t, auth.Options{}, console.Options{})
	c, _ := w.as("support@example.com", "support")
	for _, a := range actions {
		if strings.HasPrefix(a[0], "/console/oauth-client/") {
			c.Post(a[0], w.ids.Replace(a[1])).WantCode(403, "CONSOLE_ACTION_DENIED")
		}
	}
	c.Get("/console/oauth-clients").Want(200, "may", false)
	w.unchanged()
	c.Get("/console/oauth-consents").Want(200, "may", true)
	c.Post("/console/oauth-consent/revoke", w.ids.Replace(`{"id":"CONSENT"}`)).Want(200)
	w.WantRows(0, "oauthRefreshToken")
	w.WantRows(1, "oauthClient")
}

// Somebody who impersonates a user, even an administrator, does nothing in the console.
func TestAttackConsoleWhileImpersonating(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := openTarget(t, o, console.Options{})
		c, _ := w.as(root, "admin")
		c.Post("/admin/impersonate-user", `{"userId":"`+w.victim+`"}`).Want(200)
		w.refused(c, 403, "CONSOLE_IMPERSONATING")
		w.Change("user", store.Record{"role": "admin"}, store.Is("id", w.victim)) // the session is now that of an administrator
		w.refused(c, 403, "CONSOLE_IMPERSONATING")
		c.Post("/admin/stop-impersonating", `{}`).Want(200)
		c.Get("/console/overview").Want(200)
	})
}

// Pages of other sites cause no action: not by scripts, not by forms, not with another content type.
func TestAttackConsoleCSRF(t *testing.T) {
	w := openTarget(t, auth.Options{}, console.Options{})
	c, _ := w.as(root, "admin")
	for _, a := range actions {
		body := w.ids.Replace(a[1])
		for _, from := range []string{"https://evil.example", "null", "http://localhost:3210.evil.example", ""} {
			c.Origin = from
			if got := c.Do("POST", a[0], "application/json", body); got.Status != 403 {
				t.Errorf("from %q: %s", from, got)
			}
		}
		c.Origin = authtest.Origin
		for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"} {
			if got := c.Do("POST", a[0], kind, body); got.Status != 415 {
				t.Errorf("as %s: %s", kind, got)
			}
		}
		for _, method := range []string{"GET", "PUT", "DELETE", "HEAD"} {
			if got := c.Do(method, a[0], "", ""); got.Status != 404 {
				t.Errorf("%s: %s", method, got)
			}
		}
	}
	w.unchanged()
}

// A role that was taken away, a ban and the end of a session count at once, whatever the cookies say.
func TestAttackConsoleWithOldSession(t *testing.T) {
	yes := true
	o := auth.Options{}
	o.Session.CookieCache = auth.CookieCache{Enabled: &yes}
	w := openTarget(t, o, console.Options{})
	c, own := w.as(root, "admin")
	c.Get("/console/overview").Want(200)
	w.Change("user", store.Record{"role": "user"}, store.Is("id", own))
	w.refused(c, 403, "CONSOLE_ACCESS_DENIED")
	w.Change("user", store.Record{"role": "admin"}, store.Is("id", own))
	c.Get("/console/overview").Want(200)
	if err := w.Sessions.EndAll(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	w.refused(c, 401, "UNAUTHORIZED")
}

// The session of an administrator of another site means nothing here, even with the same secret.
func TestAttackConsoleOfAnotherRealm(t *testing.T) {
	w := openTarget(t, auth.Options{}, console.Options{})
	other := open(t, auth.Options{}, console.Options{})
	c, _ := other.as(root, "admin")
	c.Get("/console/overview").Want(200)
	here := w.Client()
	here.Jar = c.Jar
	w.refused(here, 401, "UNAUTHORIZED")
}

// No answer contains what lets somebody in: hashes, tokens, keys, codes. Markup in names stays text in JSON.
func TestAttackSecretsInConsole(t *testing.T) {
	w := openTarget(t, auth.Options{}, console.Options{})
	c, _ := w.as(root, "admin")
	c.Post("/console/keys/rotate", `{}`).Want(200)
	if err := w.log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var secrets []string
	for model, fields := range map[string][]string{"account": {"password"}, "session": {"token"}, "apikey": {"key"}, "jwks": {"privateKey", "publicKey"},
		"oauthClient": {"clientSecret"}, "oauthRefreshToken": {"token"}, "oauthAccessToken": {"token"}} {
		for _, row := range w.Rows(model) {
			for _, f := range fields {
				secrets = append(secrets, row.Text(f))
			}
		}
	}
	secrets = append(secrets, "482913", "secretlink")
	for _, path := range reads {
		got := c.Get(w.ids.Replace(path)).Want(200)
		if kind := got.Header.Get("Content-Type"); kind != "application/json" || got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, got.Header)
		}
		for _, secret := range secrets {
			if secret != "" && strings.Contains(got.Body, secret) {
				t.Errorf("%s shows %s", path, secret)
			}
		}
	}
}

// Bad values are refused, or find nothing.
func TestAttackConsoleParameters(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := openTarget(t, o, console.Options{})
		c, _ := w.as(root, "admin")
		long := strings.Repeat("x", 201)
		for _, path := range []string{
			"/console/organizations?limit=101", "/console/organizations?limit=-1", "/console/organizations?offset=-1", "/console/organizations?search=" + long,
			"/console/organizations?limit=1e999", "/console/organization", "/console/organization?id=", "/console/user?id=" + long, "/console/api-keys?limit=0",
			"/console/mail?limit=201", "/console/audit?limit=201", "/console/audit?before=-1", "/console/audit?before=99999999999", "/console/figures?minutes=1e9",
			"/console/oauth-clients?limit=101", "/console/oauth-client", "/console/oauth-client?id=" + long, "/console/oauth-consents?offset=-1",
		} {
			c.Get(path).WantCode(400, "VALIDATION_ERROR")
		}
		for _, path := range []string{"/console/user?id=%00", "/console/organization?id=%27%20or%201=1--", "/console/user?id=%F0%9F%98%80", "/console/oauth-client?id=%00", "/console/oauth-consents?client=%27"} {
			if got := c.Get(path); got.Status != 404 {
				t.Errorf("%s: %s", path, got)
			}
		}
		for _, query := range []string{"api-keys?userId=%00", "api-keys?search=%25%27", "organizations?search=_", "audit?event=%00", "oauth-clients?search=%25", "oauth-clients?search=_&userId=%00", "oauth-consents?userId=%00"} {
			if got := c.Get("/console/" + query); got.Status != 200 || strings.Contains(got.Body, "acme") || strings.Contains(got.Body, "alert(2)") {
				t.Errorf("%s: %s", query, got)
			}
		}
		for _, body := range []string{`{}`, `{"id":1}`, `{"id":""}`, `{"id":["x"]}`, `[]`, `null`, `{"id":"` + long + `"}`} {
			c.Post("/console/user/send-reset", body).WantCode(400, "VALIDATION_ERROR")
			c.Post("/console/api-key/delete", body).WantCode(400, "VALIDATION_ERROR")
			c.Post("/console/oauth-client/delete", body).WantCode(400, "VALIDATION_ERROR")
			c.Post("/console/oauth-client/create", body).WantCode(400, "VALIDATION_ERROR")
		}
		c.Post("/console/user/send-reset", `{"id":"`+w.victim+`","redirectTo":"https://evil.example/"}`).WantCode(403, "INVALID_REDIRECT_URL")
		c.Post("/console/mail/delete", `{"ids":["%","'","*"]}`).Want(200, "done", 0.0)
		w.unchanged()
	}, everywhere.Databases()...)
}

// Figures of a storm neither grow nor stop the server, and an outage is counted.
func TestAttackOutageIsCounted(t *testing.T) {
	var outage authtest.Outage
	w := open(t, auth.Options{Database: outage.Driver(memstore.New())}, console.Options{})
	c, _ := w.as(root, "admin")
	outage.Begin(store.ErrUnavailable)
	c.Get("/console/overview").WantCode(503, "SERVICE_UNAVAILABLE")
	w.Client().TrySignIn(root, authtest.Password).Want(503)
	outage.End()
	c.Get("/console/figures?minutes=1").Want(200, "series.failures5xx", []any{2.0})
}
