package apikey_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const (
	ann = "ann@example.com"
	bob = "bob@example.com"
)

func server(t testing.TB, o auth.Options, cfg ...apikey.Configuration) *authtest.Server {
	t.Helper()
	o.Plugins = append(o.Plugins, apikey.New(apikey.Options{Configurations: cfg}))
	if o.EmailAndPassword.Password.Hash == nil {
		o = authtest.PlainPasswords(o)
	}
	return authtest.New(t, o)
}

type body map[string]any

func post(c *authtest.Client, path string, b body) *authtest.Answer {
	c.Server.T.Helper()
	text, err := json.Marshal(b)
	if err != nil {
		c.Server.T.Fatal(err)
	}
	return c.Post(path, string(text))
}

// user signs a user up and returns the browser and the id.
func user(s *authtest.Server, email string) (*authtest.Client, string) {
	c := s.Client()
	return c, c.SignUp(email).Want(200).Text("user.id")
}

// call calls a server-only endpoint and returns its answer as JSON, or the code of its error.
func call(s *authtest.Server, id string, b body) map[string]any {
	s.T.Helper()
	out, err := s.Call(s.T.Context(), id, auth.Input{Body: b, Now: s.Now()})
	if err != nil {
		s.T.Fatalf("%s: %v", id, err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.JSON(), &got); err != nil {
		s.T.Fatal(err)
	}
	return got
}

// made creates a key from Go and returns it.
func made(s *authtest.Server, owner string, more body) map[string]any {
	s.T.Helper()
	b := body{"userId": owner}
	for name, v := range more {
		b[name] = v
	}
	return call(s, "createApiKey", b)
}

// verified returns "" if a key is valid, otherwise the code.
func verified(s *authtest.Server, key any, more body) string {
	s.T.Helper()
	b := body{"key": key}
	for name, v := range more {
		b[name] = v
	}
	got := call(s, "verifyApiKey", b)
	if got["valid"] == true {
		return ""
	}
	failed, _ := got["error"].(map[string]any)
	code, _ := failed["code"].(string)
	return code
}

func TestKeyOfAUser(t *testing.T) {
	s := server(t, auth.Options{}, apikey.Configuration{EnableMetadata: true})
	c, id := user(s, ann)
	got := post(c, "/api-key/create", body{"name": "ci", "prefix": "ci_", "metadata": body{"a": 1}, "expiresIn": 86400}).
		Want(200, "name", "ci", "prefix", "ci_", "referenceId", id, "metadata.a", 1.0, "enabled", true, "requestCount", 0.0)
	key := got.Text("key")
	if !strings.HasPrefix(key, "ci_") || len(key) != 67 || got.Text("start") != key[:6] {
		t.Errorf("key %s, start %s", key, got.Text("start"))
	}
	if row := s.Row("apikey"); row["key"] == key || row["key"] == "" {
		t.Errorf("stored as %v", row["key"])
	}
	keyID := got.Text("id")
	listed := c.Get("/api-key/list").Want(200, "total", 1.0, "apiKeys.0.id", keyID)
	one := c.Get("/api-key/get?id="+keyID).Want(200, "name", "ci", "metadata.a", 1.0)
	if strings.Contains(listed.Body+one.Body, `"key"`) {
		t.Error("the key is shown again")
	}
	post(c, "/api-key/update", body{"keyId": keyID, "name": "cd", "enabled": false}).Want(200, "name", "cd", "enabled", false)
	if code := verified(s, key, nil); code != "KEY_DISABLED" {
		t.Error(code)
	}
	post(c, "/api-key/update", body{"keyId": keyID, "enabled": true}).Want(200)
	if code := verified(s, key, nil); code != "" {
		t.Error(code)
	}
	post(c, "/api-key/delete", body{"keyId": keyID}).Want(200, "success", true)
	if code := verified(s, key, nil); code != "INVALID_API_KEY" {
		t.Error(code)
	}
}

// A key has exactly its quota, is filled up after its interval, and expires.
func TestQuotaRefillAndExpiry(t *testing.T) {
	s := server(t, auth.Options{})
	_, id := user(s, ann)
	refilled := made(s, id, body{"remaining": 2, "refillAmount": 3, "refillInterval": 60_000})["key"]
	for i, want := range []string{"", "", "USAGE_EXCEEDED"} {
		if code := verified(s, refilled, nil); code != want {
			t.Errorf("use %d: %q", i, code)
		}
	}
	s.Advance(61 * time.Second)
	for i, want := range []string{"", "", "", "USAGE_EXCEEDED"} {
		if code := verified(s, refilled, nil); code != want {
			t.Errorf("use %d after the refill: %q", i, code)
		}
	}
	spent := made(s, id, body{"remaining": 1})["key"]
	for i, want := range []string{"", "USAGE_EXCEEDED", "INVALID_API_KEY"} {
		if code := verified(s, spent, nil); code != want {
			t.Errorf("use %d of a key without refill: %q", i, code)
		}
	}
	short := made(s, id, body{"expiresIn": 86400})["key"]
	s.Advance(25 * time.Hour)
	if code := verified(s, short, nil); code != "KEY_EXPIRED" {
		t.Error(code)
	}
	s.WantRows(1, "apikey")
}

// A refused use changes nothing: no quota is taken for a use that the rate limit refuses.
func TestRateLimitTakesNoQuota(t *testing.T) {
	s := server(t, auth.Options{})
	_, id := user(s, ann)
	key := made(s, id, body{"remaining": 9, "rateLimitMax": 2, "rateLimitTimeWindow": 60_000})["key"]
	for i, want := range []string{"", "", "RATE_LIMITED", "RATE_LIMITED"} {
		if code := verified(s, key, nil); code != want {
			t.Errorf("use %d: %q", i, code)
		}
	}
	if row := s.Row("apikey"); row["remaining"] != 7.0 || row["requestCount"] != 2.0 {
		t.Errorf("remaining %v, requestCount %v", row["remaining"], row["requestCount"])
	}
	s.Advance(61 * time.Second)
	if code := verified(s, key, nil); code != "" {
		t.Error(code)
	}
}

func TestPermissions(t *testing.T) {
	s := server(t, auth.Options{})
	_, id := user(s, ann)
	key := made(s, id, body{"permissions": body{"files": []string{"read", "write"}, "users": []string{"read"}}})["key"]
	none := made(s, id, nil)["key"]
	for _, tc := range []struct {
		key  any
		ask  body
		want string
	}{
		{key, body{"files": []string{"read"}}, ""},
		{key, body{"files": []string{"write", "read"}, "users": []string{"read"}}, ""},
		{key, body{"files": []string{"delete"}}, "KEY_NOT_FOUND"},
		{key, body{"files": []string{"read"}, "users": []string{"write"}}, "KEY_NOT_FOUND"},
		{key, body{"files": []string{}}, "KEY_NOT_FOUND"},
		{key, body{"other": []string{"read"}}, "KEY_NOT_FOUND"},
		{key, body{}, "KEY_NOT_FOUND"},
		{key, body{"constructor": []string{"read"}}, "KEY_NOT_FOUND"},
		{none, body{"files": []string{"read"}}, "KEY_NOT_FOUND"},
	} {
		if got := verified(s, tc.key, body{"permissions": tc.ask}); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.ask, got, tc.want)
		}
	}
}

func TestSessionFromAKey(t *testing.T) {
	s := server(t, auth.Options{}, apikey.Configuration{EnableSessionForAPIKeys: true})
	_, id := user(s, ann)
	made := made(s, id, body{"rateLimitMax": 100})
	c := s.Client()
	c.Header.Set("X-API-Key", made["key"].(string))
	c.Get("/get-session").Want(200, "user.id", id, "session.id", made["id"])
	c.Get("/api-key/list").Want(200, "total", 1.0)
	post(c, "/change-password", body{"currentPassword": "password1234", "newPassword": "password5678"}).WantCode(401, "UNAUTHORIZED")
	for key, want := range map[string]string{
		strings.Repeat("a", 63): "INVALID_API_KEY", strings.Repeat("a", 64): "INVALID_API_KEY",
	} {
		c.Header.Set("X-API-Key", key)
		if got := c.Get("/get-session"); got.Code() != want {
			t.Errorf("%s: %s", key, got)
		}
	}
}

// The same keys work in each place where they can be stored.
func TestStorages(t *testing.T) {
	for name, cfg := range map[string]apikey.Configuration{
		"secondary": {Storage: "secondary-storage"},
		"both":      {Storage: "secondary-storage", FallbackToDatabase: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(t, everywhere.SecondaryStorage.Options(t), cfg)
			c, id := user(s, ann)
			one, two := made(s, id, body{"remaining": 1, "name": "b"}), made(s, id, body{"name": "a"})
			c.Get("/api-key/list?sortBy=name").Want(200, "total", 2.0, "apiKeys.0.name", "a", "apiKeys.1.name", "b")
			c.Get("/api-key/list?sortBy=name&sortDirection=desc&limit=1&offset=1").Want(200, "total", 2.0, "apiKeys.0.name", "a", "limit", 1.0)
			for i, want := range []string{"", "USAGE_EXCEEDED", "INVALID_API_KEY"} {
				if code := verified(s, one["key"], nil); code != want {
					t.Errorf("use %d: %q", i, code)
				}
			}
			post(c, "/api-key/update", body{"keyId": two["id"], "enabled": false}).Want(200, "enabled", false)
			if code := verified(s, two["key"], nil); code != "KEY_DISABLED" {
				t.Error(code)
			}
			post(c, "/api-key/delete", body{"keyId": two["id"]}).Want(200)
			c.Get("/api-key/list").Want(200, "total", 0.0)
			c.Get("/api-key/get?id="+two["id"].(string)).WantCode(404, "KEY_NOT_FOUND")
			s.WantRows(0, "apikey")
		})
	}
}

// Metadata that an old version of the reference wrote as JSON in JSON is read and rewritten.
func TestOldMetadata(t *testing.T) {
	s := server(t, auth.Options{}, apikey.Configuration{EnableMetadata: true})
	c, _ := user(s, ann)
	id := post(c, "/api-key/create", body{"metadata": body{"a": "b"}}).Want(200).Text("id")
	s.Change("apikey", store.Record{"metadata": `{"a":"c"}`}, store.Is("id", id))
	if s.Row("apikey")["metadata"] != `{"a":"c"}` {
		t.Fatal("not the old form")
	}
	c.Get("/api-key/get?id="+id).Want(200, "metadata.a", "c")
	if _, ok := s.Row("apikey")["metadata"].(*js.Object); !ok {
		t.Errorf("not rewritten: %v", s.Row("apikey")["metadata"])
	}
}
func TestRefusedOptions(t *testing.T) {
	for name, cfg := range map[string][]apikey.Configuration{
		"no name":         {{ConfigID: "a"}, {}},
		"one name":        {{ConfigID: "a"}, {ConfigID: "a"}},
		"no storage":      {{Storage: "secondary-storage"}},
		"another storage": {{Storage: "disk"}},
		"no webhooks":     {{Storage: "secondary-storage", CustomStorage: &apikey.CustomStorage{}}},
	} {
		init := apikey.New(apikey.Options{Configurations: cfg}).Manifest().Init
		if err := init(&auth.Auth{}); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	batches := apikey.Configuration{Storage: "secondary-storage", LastRequestInterval: 5}
	err := apikey.New(apikey.Options{Configurations: []apikey.Configuration{batches}}).Manifest().Init(&auth.Auth{})
	if err == nil || !strings.Contains(err.Error(), "lastRequestInterval") {
		t.Errorf("batches without a database: %v", err)
	}
}
