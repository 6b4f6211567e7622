package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const homeConfig = `mode: development
secret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe
database: "sqlite::memory:"
emailAndPassword: { enabled: true, sendResetPassword: mail }
plugins: { jwt: {} }
`

// part fetches a part of the data of the first page.
func part(t *testing.T, s *realmServer, name string, into any) {
	t.Helper()
	status, body := s.ask("", http.MethodGet, "/_ui/home.json?part="+name, "")
	if status != http.StatusOK {
		t.Fatalf("%s: %d %s", name, status, body)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func TestHome(t *testing.T) {
	s := serveRealms(t, homeConfig)
	if status, body := s.ask("", http.MethodGet, "/", ""); status != http.StatusOK || !strings.Contains(body, `"home":true`) {
		t.Fatalf("%d %s", status, body)
	}
	s.ask("", http.MethodPost, "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`)
	if status, body := s.ask("", http.MethodPost, "/api/auth/request-password-reset", `{"email":"ann@example.com"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	var box struct{ Messages []letter }
	for range 200 {
		if part(t, s, "outbox", &box); len(box.Messages) > 0 {
			break
		}
	}
	if len(box.Messages) != 1 || box.Messages[0].To != "ann@example.com" || !strings.Contains(box.Messages[0].URL, "/api/auth/reset-password/") {
		t.Errorf("%+v", box)
	}
	var api struct {
		Paths map[string]map[string]struct {
			Description string
			Responses   any
			RequestBody struct{ Content map[string]any }
		}
	}
	part(t, s, "api", &api)
	signIn := api.Paths["/sign-in/email"]["post"]
	if signIn.Description == "" || signIn.RequestBody.Content["application/json"] == nil || signIn.Responses != nil {
		t.Errorf("%+v", signIn)
	}
	var about map[string]any
	part(t, s, "server", &about)
	if about["outbox"] != true || !strings.HasSuffix(about["config"].(string), "conf.yaml") {
		t.Errorf("%v", about)
	}
	var doctor struct{ Findings []finding }
	part(t, s, "doctor", &doctor)
	if len(doctor.Findings) < 3 || doctor.Findings[0].Severity != severityOK || doctor.Findings[0].Check != "config" {
		t.Errorf("%+v", doctor)
	}
	for _, path := range []string{"/_ui/home.json", "/_ui/home.json?part=secret", "/_ui/manifest.json"} {
		if status, _ := s.ask("", http.MethodGet, path, ""); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := s.ask("", http.MethodPost, "/_ui/home.json?part=server", "{}"); status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", status)
	}
}

func TestHomeConfig(t *testing.T) {
	s := serveRealms(t, homeConfig+"appName: Acme\nsession: { expiresIn: 60 }\ntrustedOrigins: [https://app.example.com]\n"+
		"user: { additionalFields: { role: { type: string, input: false } } }\nsocialProviders: { github: { clientId: a, clientSecret: b } }\n")
	var got struct{ Settings []setting }
	part(t, s, "config", &got)
	have := map[string]setting{}
	for _, one := range got.Settings {
		have[one.Path] = one
	}
	for _, want := range []setting{
		{"mode", "development, from mode in the config file", true},
		{"secret", "(set), from the config", true},
		{"appName", "Acme", true},
		{"basePath", "/api/auth", false},
		{"session.expiresIn", "60 seconds", true},
		{"session.updateAge", "86400 seconds", false},
		{"trustedOrigins", "https://app.example.com", true},
		{"emailAndPassword.sendResetPassword", "mail", true},
		{"user.additionalFields.role.type", "string", true},
		{"socialProviders.github", "on", true},
		{"plugins.jwt", "on", true},
		{"plugins.jwt.jwks.jwksPath", "/jwks", false},
	} {
		if have[want.Path] != want {
			t.Errorf("got %+v, want %+v", have[want.Path], want)
		}
	}
}

// TestAttackHomeFromElsewhere checks that only a browser on this machine reads the data of the first page, which contains
// links that sign users in: not another machine, not a front end that passes requests on, not a page on the internet
// that points its own name here (DNS rebinding) or includes the data, and nobody in production.
func TestAttackHomeFromElsewhere(t *testing.T) {
	for mode, open := range map[string]int{"development": 200, "test": 404, "production": 404} {
		s := serveRealms(t, strings.Replace(homeConfig, "mode: development", "mode: "+mode+"\nbaseURL: http://localhost\nui: { enabled: true }\nmail: { webhook: 'http://localhost:1/', from: a@example.com }", 1))
		for _, c := range []struct {
			remote, host, header string
			status               int
		}{
			{"127.0.0.1:1", "localhost:3210", "", open},
			{"[::1]:1", "[::1]:3210", "", open},
			{"127.0.0.1:1", "127.0.0.1:3210", "Sec-Fetch-Site: same-origin", open},
			{"127.0.0.1:1", "localhost:3210", "Sec-Fetch-Site: cross-site", 404},
			{"127.0.0.1:1", "localhost:3210", "Sec-Fetch-Site: same-site", 404},
			{"127.0.0.1:1", "rebound.evil.example:3210", "", 404},
			{"127.0.0.1:1", "localhost.evil.example:3210", "", 404},
			{"127.0.0.1:1", "evil.example", "Sec-Fetch-Site: same-origin", 404},
			{"127.0.0.1:1", "", "", 404},
			{"192.0.2.1:1", "localhost:3210", "", 404},
			{"", "localhost:3210", "", 404},
			{"127.0.0.1:1", "localhost:3210", "X-Forwarded-For: 192.0.2.1", 404},
			{"127.0.0.1:1", "localhost:3210", "X-Forwarded-Host: evil.example", 404},
			{"127.0.0.1:1", "localhost:3210", "X-Forwarded-Proto: https", 404},
			{"127.0.0.1:1", "localhost:3210", "X-Real-IP: 192.0.2.1", 404},
			{"127.0.0.1:1", "localhost:3210", "Forwarded: for=192.0.2.1", 404},
			{"127.0.0.1:1", "localhost:3210", "Via: 1.1 front", 404},
		} {
			for _, name := range []string{"server", "outbox", "config", "api", "doctor"} {
				r := httptest.NewRequest(http.MethodGet, "/_ui/home.json?part="+name, nil)
				r.RemoteAddr, r.Host = c.remote, c.host
				if key, value, ok := strings.Cut(c.header, ": "); ok {
					r.Header.Set(key, value)
				}
				w := httptest.NewRecorder()
				s.http.Config.Handler.ServeHTTP(w, r)
				if w.Code != c.status {
					t.Errorf("%s, %s from %s to %s, %s: %d", mode, name, c.remote, c.host, c.header, w.Code)
				}
				if h := w.Header(); w.Code == 200 && (h.Get("Access-Control-Allow-Origin") != "" || h.Get("Cross-Origin-Resource-Policy") != "same-origin") {
					t.Errorf("%s: other origins may read it: %v", name, h)
				}
			}
		}
	}
}

// TestAttackSecretsOnFirstPage puts a mark into every option that may be a secret, and looks for it in all that the
// first page gets.
func TestAttackSecretsOnFirstPage(t *testing.T) {
	const mark = "hunter2"
	s := serveRealms(t, `
mode: development
secret: hunter2-3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe
database: "sqlite::memory:"
secondaryStorage: { provider: memory, keyPrefix: hunter2 }
emailAndPassword:
  enabled: true
  onPasswordReset: { webhook: "http://localhost:1/hunter2", secret: hunter2 }
session: { cookieCache: { enabled: true, version: hunter2 } }
advanced: { defaultCookieAttributes: { path: / } }
trustedOrigins: ["https://user:hunter2@app.example.com"]
socialProviders:
  github: { clientId: hunter2, clientSecret: hunter2 }
  microsoft: { clientId: hunter2, clientSecret: hunter2, tenantId: hunter2 }
mail:
  from: a@example.com
  smtp: { host: localhost, port: 1, user: hunter2, password: hunter2, tls: none }
plugins:
  jwt: {}
  two-factor: {}
  captcha: { provider: hcaptcha, secretKey: hunter2, siteKey: hunter2, endpoints: [/sign-up/email] }
  oauth-proxy: { secret: hunter2, productionURL: "https://u:hunter2@example.com" }
  api-key: { verifyRoute: { secret: hunter2-Zp8yTn1xWb6cRd4fGh2jLm5aQe3vKq0s } }
  generic-oauth:
    config:
      - providerId: one
        authorizationUrl: "https://example.com/authorize?key=hunter2"
        tokenUrl: https://example.com/token?key=hunter2
        userInfoUrl: https://u:hunter2@example.com/me
        clientId: hunter2
        clientSecret: hunter2
        authorizationHeaders: { X-Key: hunter2 }
        authorizationUrlParams: { key: hunter2 }
`)
	for _, path := range []string{"/", "/_ui/home.json?part=server", "/_ui/home.json?part=config", "/_ui/home.json?part=api", "/_ui/home.json?part=doctor", "/_ui/home.json?part=outbox"} {
		status, body := s.ask("", http.MethodGet, path, "")
		if at := strings.Index(body, mark); status != http.StatusOK || at >= 0 {
			t.Errorf("%s: %d, a secret in: …%s", path, status, body[max(0, at-200):min(len(body), at+60)])
		}
	}
	var got struct{ Settings []setting }
	part(t, s, "config", &got)
	hides := 0
	for _, one := range got.Settings {
		if one.Value == hidden {
			hides++
		}
	}
	if hides < 10 {
		t.Errorf("only %d options are hidden: the test is without meaning", hides)
	}
}
