package console_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/console"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const verifier = "a-verifier-that-is-long-enough-0123456789-0123456789"

// consent writes a consent of a user to a client, and returns its id.
func (w *world) consent(clientID, userID string, reference any) string {
	w.T.Helper()
	row, err := w.Store.Create(w.T.Context(), "oauthConsent", store.Record{
		"clientId": clientID, "userId": userID, "referenceId": reference, "scopes": []any{"files:read", "offline_access"}, "createdAt": w.Now(), "updatedAt": w.Now(),
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return row.Text("id")
}

// token sends a form to an endpoint of OAuth as a client.
func (w *world) token(path, clientID, plain string, pairs ...string) *authtest.Answer {
	w.T.Helper()
	body := url.Values{"client_id": {clientID}, "client_secret": {plain}}
	for i := 0; i < len(pairs); i += 2 {
		body.Set(pairs[i], pairs[i+1])
	}
	return w.Client().Do(http.MethodPost, "/oauth2/"+path, "application/x-www-form-urlencoded", body.Encode())
}

// tokens redeems a code of a user, who is signed in, and returns an opaque access token and a refresh token.
func (w *world) tokens(clientID, plain, userID string) (access, refresh string) {
	w.T.Helper()
	query := js.Obj("client_id", clientID, "scope", "files:read offline_access", "redirect_uri", "https://app.example.com/callback", "response_type", "code",
		"code_challenge", secret.Digest(verifier), "code_challenge_method", "S256")
	code := secret.ID(32)
	value := js.Obj("type", "authorization_code", "query", query, "userId", userID, "sessionId", w.Rows("session", store.Is("userId", userID))[0]["id"], "authTime", float64(w.Now().UnixMilli()))
	if err := w.Once.Put(w.T.Context(), secret.Digest(code), string(js.Marshal(value)), w.Now().Add(10*time.Minute)); err != nil {
		w.T.Fatal(err)
	}
	got := w.token("token", clientID, plain, "grant_type", "authorization_code", "code", code, "code_verifier", verifier, "redirect_uri", "https://app.example.com/callback").Want(200)
	return got.Text("access_token"), got.Text("refresh_token")
}

// basic sends a form to an endpoint of OAuth as a client that authenticates in the header, as those of the console do.
func (w *world) basic(path, clientID, plain string, pairs ...string) *authtest.Answer {
	w.T.Helper()
	body := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		body.Set(pairs[i], pairs[i+1])
	}
	c := w.Client()
	c.Header = http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(clientID+":"+plain))}}
	return c.Do(http.MethodPost, "/oauth2/"+path, "application/x-www-form-urlencoded", body.Encode())
}

// An operator sees the clients of everybody, and makes, changes, disables and deletes them.
func TestClients(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		var log bytes.Buffer
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		w := open(t, o, console.Options{})
		c, own := w.as(root, "admin")
		b, id := w.as(bob, "user")
		c.Get("/console/oauth-clients").Want(200, "clients", authtest.Len(0), "total", 0.0, "may", true, "scopes", authtest.Len(5), "clientCredentialsScopes", []any{"files:read"})

		if _, err := w.Call(t.Context(), "operatorCreateOAuthClient", auth.Input{Body: js.Obj("client_name", "By command", "redirect_uris", []any{"https://cli.example.com/cb"})}); err != nil {
			t.Fatal(err)
		}
		w.Advance(time.Second)
		b.Post("/oauth2/create-client", `{"redirect_uris":["https://bob.example.com/cb"],"client_name":"Of Bob"}`).Want(201)
		w.Advance(time.Second)
		w.Client().Post("/oauth2/register", `{"redirect_uris":["https://itself.example.com/cb"],"client_name":"By itself","token_endpoint_auth_method":"none"}`).Want(201)
		w.Advance(time.Second)
		made := c.Post("/console/oauth-client/create", `{"name":"Wiki 100%","redirectUris":["https://wiki.example.com/cb"],"scopes":["openid","files:read"],"clientCredentialsScopes":["files:read"],"skipConsent":true}`).
			Want(200, "secret", authtest.Like("^cs_[A-Za-z]{32}$"), "clientId", authtest.Any)
		if made.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("a secret may be cached: %v", made.Header)
		}
		row, clientID, plain := made.Text("id"), made.Text("clientId"), made.Text("secret")

		c.Get("/console/oauth-clients").Want(200, "total", 4.0, "clients.0.name", "Wiki 100%", "clients.0.userId", nil, "clients.0.public", false, "clients.0.hasSecret", true,
			"clients.1.name", "By itself", "clients.1.public", true, "clients.1.hasSecret", false, "clients.2.name", "Of Bob", "clients.2.userId", id, "clients.2.ownerName", "Test",
			"clients.3.name", "By command", "clients.3.userId", nil, "clients.3.redirectUris", []any{"https://cli.example.com/cb"})
		c.Get("/console/oauth-clients?search=OF%20b").Want(200, "total", 1.0, "clients.0.name", "Of Bob")
		c.Get("/console/oauth-clients?search=%25").Want(200, "total", 1.0, "clients.0.id", row)
		c.Get("/console/oauth-clients?search="+clientID[3:20]).Want(200, "total", 1.0, "clients.0.id", row)
		c.Get("/console/oauth-clients?userId="+id).Want(200, "total", 1.0, "clients.0.name", "Of Bob")
		c.Get("/console/oauth-clients?search=wiki&userId="+id).Want(200, "total", 0.0)
		c.Get("/console/oauth-clients?limit=1&offset=1").Want(200, "total", 4.0, "clients", authtest.Len(1), "clients.0.name", "By itself")
		c.Get("/console/oauth-client?id="+row).Want(200, "client.clientId", clientID, "client.authMethod", "client_secret_basic", "client.redirectUris", []any{"https://wiki.example.com/cb"},
			"client.grantTypes", []any{"authorization_code", "refresh_token", "client_credentials"}, "client.scopes", []any{"openid", "files:read"}, "client.clientCredentialsScopes", []any{"files:read"},
			"client.skipConsent", true, "client.disabled", false, "client.fixed", false, "client.document", false, "consents", 0.0, "refreshTokens", 0.0, "may", true)
		c.Get("/console/oauth-client?id=nobody").WantCode(404, "CONSOLE_NOT_FOUND")

		forItself := func(plain string) *authtest.Answer {
			return w.basic("token", clientID, plain, "grant_type", "client_credentials")
		}
		token := forItself(plain).Want(200, "scope", "files:read").Text("access_token")
		second := c.Post("/console/oauth-client/rotate-secret", `{"id":"`+row+`"}`).Want(200).Text("secret")
		forItself(plain).Want(401)
		forItself(second).Want(200)
		w.basic("introspect", clientID, second, "token", token).Want(200, "active", true)
		c.Post("/console/oauth-client/disable", `{"id":"`+row+`"}`).Want(200, "success", true)
		forItself(second).Want(401, "error_description", "client is disabled")
		c.Get("/console/oauth-client?id="+row).Want(200, "client.disabled", true)
		c.Post("/console/oauth-client/enable", `{"id":"`+row+`"}`).Want(200, "success", true)
		w.basic("introspect", clientID, second, "token", token).Want(200, "active", true)

		c.Post("/console/oauth-client/update", `{"id":"`+row+`","name":"Other wiki","redirectUris":["https://a.example.com/cb","https://b.example.com/cb"]}`).Want(200, "success", true)
		c.Get("/console/oauth-client?id="+row).Want(200, "client.name", "Other wiki", "client.redirectUris", []any{"https://a.example.com/cb", "https://b.example.com/cb"}, "client.clientCredentialsScopes", []any{"files:read"}, "client.skipConsent", true)
		for body, want := range map[string]string{
			`"redirectUris":["javascript:alert(1)"]`: "javascript", `"redirectUris":["http://localhost:3000/cb"]`: "web clients require https redirect URIs on non-loopback hosts: http://localhost:3000/cb",
			`"redirectUris":[]`: "expected array to have >=1 items",
		} {
			c.Post("/console/oauth-client/update", `{"id":"`+row+`",`+body+`}`).Want(400, "code", "CONSOLE_CLIENT_REFUSED", "message", authtest.Like(".*"+want+".*"))
		}
		c.Get("/console/oauth-client?id="+row).Want(200, "client.redirectUris", authtest.Len(2))
		c.Post("/console/oauth-client/delete", `{"id":"`+row+`"}`).Want(200, "success", true)
		for _, action := range []string{"update", "disable", "enable", "rotate-secret", "delete"} {
			c.Post("/console/oauth-client/"+action, `{"id":"`+row+`"}`).WantCode(404, "CONSOLE_NOT_FOUND")
		}
		w.WantRows(0, "oauthAccessToken")
		forItself(second).Want(401, "error_description", "missing client")
		if got := w.events(); !strings.HasSuffix(got, "oauth_client_registered oauth_client_secret_rotated oauth_client_disabled oauth_client_enabled oauth_client_updated oauth_client_deleted") {
			t.Error(got)
		}
		c.Get("/console/audit?event=oauth_client_disabled").Want(200, "entries", authtest.Len(1), "entries.0.userId", own, "entries.0.path", "/console/oauth-client/disable", "entries.0.eventData", `{"client":"`+clientID+`"}`)
		for _, s := range []string{plain, second, secret.Digest(strings.TrimPrefix(second, "cs_"))} {
			if strings.Contains(log.String(), s) {
				t.Errorf("the log shows the secret %s", s)
			}
		}
	}, append(everywhere.Databases(), everywhere.Both)...)
}

// Kinds of clients, and what is refused.
func TestNewClients(t *testing.T) {
	w := open(t, auth.Options{}, console.Options{})
	c, _ := w.as(root, "admin")
	create := func(body string) *authtest.Answer { return c.Post("/console/oauth-client/create", body) }
	made := create(`{"name":"Phone","redirectUris":["com.example.app:/cb","http://127.0.0.1/cb"],"public":true,"native":true}`).Want(200, "secret", "")
	c.Get("/console/oauth-client?id="+made.Text("id")).Want(200, "client.public", true, "client.hasSecret", false, "client.applicationType", "native", "client.scopes", nil, "client.skipConsent", false)
	c.Post("/console/oauth-client/rotate-secret", `{"id":"`+made.Text("id")+`"}`).WantCode(400, "CONSOLE_CLIENT_REFUSED")
	made = create(`{"name":"Robot","clientCredentialsScopes":["files:read"]}`).Want(200)
	c.Get("/console/oauth-client?id="+made.Text("id")).Want(200, "client.grantTypes", []any{"client_credentials"}, "client.redirectUris", authtest.Len(0))
	for body, want := range map[string]string{
		`{"name":"x"}`: "Redirect URIs are required", `{"name":"x","redirectUris":["x"]}`: "", `{"name":"x","redirectUris":["http://example.com/cb"]}`: "HTTPS",
		`{"name":"x","redirectUris":["https://a.example/cb"],"scopes":["admin"]}`: "cannot request scope admin",
		`{"name":"x","clientCredentialsScopes":["openid"]}`:                       "client_credentials scopes are invalid: openid",
		`{"name":"x","public":true,"clientCredentialsScopes":["files:read"]}`:     "public clients cannot",
	} {
		create(body).Want(400, "code", "CONSOLE_CLIENT_REFUSED", "message", authtest.Like(".*"+want+".*"))
	}
	for _, body := range []string{`{"name":""}`, `{"redirectUris":["https://a.example/cb"]}`, `{"name":"x","redirectUris":"https://a.example/cb"}`, `{"name":"x","skipConsent":"yes"}`,
		`{"name":"x","redirectUris":["https://a.example/cb"],"scopes":[]}`} {
		create(body).WantCode(400, "VALIDATION_ERROR")
	}
	w.WantRows(2, "oauthClient")
}

// Clients that the server cannot change are shown as such; every other one can be disabled, also one whose metadata the
// server would not accept today or whose document is gone.
func TestClientsThatAreFixed(t *testing.T) {
	w := open(t, auth.Options{}, console.Options{})
	c, _ := w.as(root, "admin")
	ids := map[string]string{}
	for _, row := range []store.Record{
		{"clientId": "trusted", "name": "Trusted", "clientSecret": secret.Digest("s3cret")},
		{"clientId": "https://gone.example.com/client.json", "name": "Document", "clientDiscoveryId": "cimd"},
		{"clientId": "old", "name": "Old", "scopes": []any{"of-last-year"}},
	} {
		row["redirectUris"] = []any{"https://app.example.com/callback"}
		made, err := w.Store.Create(t.Context(), "oauthClient", row)
		if err != nil {
			t.Fatal(err)
		}
		ids[row.Text("clientId")] = made.Text("id")
	}
	of := func(clientID string) string { return `{"id":"` + ids[clientID] + `"}` }
	c.Get("/console/oauth-client?id="+ids["trusted"]).Want(200, "client.fixed", true, "client.hasSecret", true)
	for _, action := range []string{"update", "disable", "enable", "rotate-secret", "delete"} {
		c.Post("/console/oauth-client/"+action, of("trusted")).Want(400, "code", "CONSOLE_CLIENT_REFUSED", "message", "trusted clients must be updated manually")
	}
	document := "https://gone.example.com/client.json"
	c.Get("/console/oauth-client?id="+ids[document]).Want(200, "client.document", true)
	c.Post("/console/oauth-client/update", of(document)).WantCode(400, "CONSOLE_CLIENT_REFUSED")
	c.Post("/console/oauth-client/disable", of(document)).Want(200)
	w.WantRows(1, "oauthClient", store.Is("disabled", true), store.Is("clientId", document))
	c.Post("/console/oauth-client/delete", of(document)).Want(200)
	c.Post("/console/oauth-client/update", `{"id":"`+ids["old"]+`","name":"New"}`).Want(400, "message", "cannot request scope of-last-year")
	c.Post("/console/oauth-client/disable", of("old")).Want(200)
	w.WantRows(1, "oauthClient", store.Is("disabled", true))
	w.WantRows(2, "oauthClient")
}

// Revoking access ends the consents, refresh tokens and opaque access tokens of one user for one client.
func TestConsents(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, console.Options{})
		c, own := w.as(root, "admin")
		_, id := w.as(bob, "user")
		_, other := w.as("other@example.com", "user")
		var clients, secrets, rows [2]string
		for i := range clients {
			got := w.Client().Post("/oauth2/register", `{"redirect_uris":["https://app.example.com/callback"],"client_name":"App","token_endpoint_auth_method":"client_secret_post","scope":"files:read offline_access"}`).Want(201)
			clients[i], secrets[i] = got.Text("client_id"), got.Text("client_secret")
			rows[i] = w.ID("oauthClient", store.Is("clientId", clients[i]))
		}
		first := w.consent(clients[0], id, nil)
		w.Advance(time.Second)
		w.consent(clients[0], id, "an-organization")
		w.Advance(time.Second)
		w.consent(clients[0], other, nil)
		w.Advance(time.Second)
		w.consent(clients[1], id, nil)
		access, refresh := w.tokens(clients[0], secrets[0], id)
		_, ofOther := w.tokens(clients[0], secrets[0], other)
		_, elsewhere := w.tokens(clients[1], secrets[1], id)

		c.Get("/console/oauth-consents").Want(200, "total", 4.0, "may", true, "consents.0.client.id", rows[1], "consents.0.client.name", "App", "consents.0.user.email", bob, "consents.3.id", first)
		c.Get("/console/oauth-consents?limit=1&offset=1").Want(200, "total", 4.0, "consents", authtest.Len(1), "consents.0.user.id", other, "consents.0.scopes", []any{"files:read", "offline_access"})
		c.Get("/console/oauth-consents?userId="+id).Want(200, "total", 3.0)
		c.Get("/console/oauth-consents?client="+rows[0]).Want(200, "total", 3.0, "consents.1.referenceId", "an-organization")
		c.Get("/console/oauth-consents?client="+rows[0]+"&userId="+other).Want(200, "total", 1.0)
		c.Get("/console/oauth-consents?client=nobody").WantCode(404, "CONSOLE_NOT_FOUND")
		c.Get("/console/oauth-client?id="+rows[0]).Want(200, "consents", 3.0, "refreshTokens", 2.0)
		w.token("introspect", clients[0], secrets[0], "token", access).Want(200, "active", true)

		c.Post("/console/oauth-consent/revoke", `{"id":"`+first+`"}`).Want(200, "success", true)
		c.Post("/console/oauth-consent/revoke", `{"id":"`+first+`"}`).WantCode(404, "CONSOLE_NOT_FOUND")
		w.token("introspect", clients[0], secrets[0], "token", access).Want(200, "active", false)
		w.token("token", clients[0], secrets[0], "grant_type", "refresh_token", "refresh_token", refresh).Want(400, "error", "invalid_grant")
		w.token("token", clients[0], secrets[0], "grant_type", "refresh_token", "refresh_token", ofOther).Want(200)
		w.token("token", clients[1], secrets[1], "grant_type", "refresh_token", "refresh_token", elsewhere).Want(200)
		c.Get("/console/oauth-consents").Want(200, "total", 2.0, "consents.0.client.id", rows[1], "consents.1.user.id", other)
		c.Get("/console/oauth-client?id="+rows[0]).Want(200, "consents", 1.0, "refreshTokens", 1.0)
		w.events()
		c.Get("/console/audit?event=oauth_access_revoked").Want(200, "entries", authtest.Len(1), "entries.0.userId", id, "entries.0.actorId", own,
			"entries.0.eventData", `{"accessTokens":"1","client":"`+clients[0]+`","consents":"2","refreshTokens":"1"}`)
	}, append(everywhere.Databases(), everywhere.Both)...)
}
