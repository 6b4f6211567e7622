package apikey_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/store"
)

// atOnce runs a func a hundred times at once.
func atOnce(run func()) {
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(run)
	}
	wg.Wait()
}

// outcomes verifies a key a hundred times at once and counts the results.
func outcomes(s *authtest.Server, key any) map[string]int {
	var mu sync.Mutex
	got := map[string]int{}
	atOnce(func() {
		code := verified(s, key, nil)
		mu.Lock()
		defer mu.Unlock()
		got[code]++
	})
	return got
}

// CVE-2025-61928: without a session nobody can create or change a key, not even with the id of a user in the body.
func TestAttackKeyForAnotherUser(t *testing.T) {
	s := server(t, auth.Options{}, apikey.Configuration{EnableSessionForAPIKeys: true})
	victim, id := user(s, ann)
	key := post(victim, "/api-key/create", body{}).Want(200)
	other, _ := user(s, bob)
	for name, c := range map[string]*authtest.Client{"stranger": s.Client(), "other": other} {
		post(c, "/api-key/create", body{"userId": id}).WantCode(401, "UNAUTHORIZED_SESSION")
		post(c, "/api-key/update", body{"userId": id, "keyId": key.Text("id"), "name": name}).WantCode(401, "UNAUTHORIZED_SESSION")
		post(c, "/api-key/create", body{"userId": ""}).WantCode(401, "UNAUTHORIZED_SESSION")
		post(c, "/api-key/create", body{"userId": nil}).WantCode(401, "UNAUTHORIZED_SESSION")
	}
	post(s.Client(), "/api-key/create", body{}).WantCode(401, "UNAUTHORIZED_SESSION")
	post(s.Client(), "/api-key/update", body{"keyId": key.Text("id"), "name": "x"}).WantCode(401, "UNAUTHORIZED_SESSION")
	post(other, "/api-key/update", body{"keyId": key.Text("id"), "name": "x"}).WantCode(404, "KEY_NOT_FOUND")
	post(other, "/api-key/delete", body{"keyId": key.Text("id")}).WantCode(404, "KEY_NOT_FOUND")
	other.Get("/api-key/get?id="+key.Text("id")).WantCode(404, "KEY_NOT_FOUND")
	other.Get("/api-key/list").Want(200, "total", 0.0)
	s.WantRows(1, "apikey")
	if row := s.Row("apikey"); row["name"] != nil {
		t.Errorf("the name is %v", row["name"])
	}
}

// Clients cannot give their keys permissions, quotas or limits.
func TestAttackKeyWithMoreRights(t *testing.T) {
	s := server(t, auth.Options{})
	c, _ := user(s, ann)
	id := post(c, "/api-key/create", body{}).Want(200).Text("id")
	for name, v := range map[string]any{
		"permissions": body{"files": []string{"delete"}}, "remaining": 100, "refillAmount": 100, "refillInterval": 1,
		"rateLimitMax": 1_000_000, "rateLimitTimeWindow": 1, "rateLimitEnabled": false,
	} {
		post(c, "/api-key/create", body{name: v}).WantCode(400, "SERVER_ONLY_PROPERTY")
		post(c, "/api-key/update", body{"keyId": id, name: v}).WantCode(400, "SERVER_ONLY_PROPERTY")
	}
	post(c, "/api-key/update", body{"keyId": id, "permissions": nil}).WantCode(400, "SERVER_ONLY_PROPERTY")
	s.WantRows(1, "apikey")
}

// Of a hundred simultaneous callers, one gets the last use of a key, on every database.
func TestAttackLastUseOfAKey(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o)
		_, id := user(s, ann)
		if got := outcomes(s, made(s, id, body{"remaining": 1})["key"]); got[""] != 1 || got["USAGE_EXCEEDED"]+got["INVALID_API_KEY"] != 99 {
			t.Errorf("one use left: %v", got)
		}
		key := made(s, id, body{"remaining": 0, "refillAmount": 7, "refillInterval": 1})["key"]
		s.Advance(time.Second)
		if got := outcomes(s, key); got[""] != 7 || got["USAGE_EXCEEDED"] != 93 {
			t.Errorf("seven refilled: %v", got)
		}
	}, everywhere.Databases()...)
}

// A hundred simultaneous callers stay within the rate limit of a key, on every database.
func TestAttackRateLimitOfAKey(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o)
		_, id := user(s, ann)
		if got := outcomes(s, made(s, id, body{"rateLimitMax": 10, "rateLimitTimeWindow": 3_600_000})["key"]); got[""] != 10 || got["RATE_LIMITED"] != 90 {
			t.Errorf("%v", got)
		}
	}, everywhere.Databases()...)
}

// The last use is one use too if the secondary storage is the only place of keys.
func TestAttackLastUseInSecondaryStorage(t *testing.T) {
	s := server(t, everywhere.SecondaryStorage.Options(t), apikey.Configuration{Storage: "secondary-storage"})
	_, id := user(s, ann)
	if got := outcomes(s, made(s, id, body{"remaining": 1})["key"]); got[""] != 1 {
		t.Errorf("%v", got)
	}
}

// A key that is disabled, expired, deleted or of a banned user stands for no session.
func TestAttackSessionOfARefusedKey(t *testing.T) {
	s := server(t, auth.Options{}, apikey.Configuration{EnableSessionForAPIKeys: true})
	owner, id := user(s, ann)
	key := made(s, id, body{"rateLimitMax": 100})
	c := s.Client()
	c.Header.Set("X-API-Key", key["key"].(string))
	c.Get("/get-session").Want(200, "user.id", id)
	post(owner, "/api-key/update", body{"keyId": key["id"], "enabled": false}).Want(200)
	c.Get("/get-session").WantCode(401, "KEY_DISABLED")
	post(owner, "/api-key/delete", body{"keyId": key["id"]}).Want(200)
	c.Get("/get-session").WantCode(401, "INVALID_API_KEY")
	c.Header.Set("X-API-Key", strings.ToUpper(key["key"].(string)))
	c.Get("/get-session").WantCode(401, "INVALID_API_KEY")
}

// A key of a user who was banned after it was created stands for no session.
func TestAttackKeyOfABannedUser(t *testing.T) {
	s := server(t, auth.Options{User: auth.UserOptions{ModelOptions: auth.ModelOptions{AdditionalFields: auth.AdditionalFields{
		{Name: "banned", Type: auth.FieldType{Type: store.Boolean}, Required: new(false)},
		{Name: "banExpires", Type: auth.FieldType{Type: store.Date}, Required: new(false)},
	}}}}, apikey.Configuration{EnableSessionForAPIKeys: true})
	_, id := user(s, ann)
	c := s.Client()
	c.Header.Set("X-API-Key", made(s, id, nil)["key"].(string))
	c.Get("/get-session").Want(200, "user.id", id)
	s.Change("user", store.Record{"banned": true}, store.Is("id", id))
	c.Get("/get-session").WantCode(401, "USER_BANNED")
	s.Change("user", store.Record{"banExpires": s.Now().Add(-time.Second)}, store.Is("id", id))
	c.Get("/get-session").Want(200, "user.id", id)
}

// GHSA-737v-mqg7-c878: members of metadata with the names of JavaScript's prototypes are data like all others.
func TestAttackPollutedMetadata(t *testing.T) {
	s := server(t, auth.Options{}, apikey.Configuration{EnableMetadata: true})
	c, _ := user(s, ann)
	c.Post("/api-key/create", `{"metadata":{"__proto__":{"banned":false,"permissions":"x"},"constructor":{"prototype":{"enabled":false}}}}`).Want(200, "enabled", true)
	key := post(c, "/api-key/create", body{}).Want(200, "metadata", nil, "permissions", nil, "enabled", true)
	if code := verified(s, key.Text("key"), nil); code != "" {
		t.Error(code)
	}
}
