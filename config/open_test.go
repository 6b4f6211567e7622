package config

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
)

func at() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// TestServes creates a server from a file and signs up, with a hook over HTTP.
func TestServes(t *testing.T) {
	var mu sync.Mutex
	var events []string
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var call struct{ Event string }
		data, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(data, &call)
		mu.Lock()
		events = append(events, call.Event)
		mu.Unlock()
		io.WriteString(w, `{}`)
	}))
	defer hooks.Close()
	f, err := FromJSON([]byte(`{
		"mode": "test", "secret": "0123456789-0123456789-0123456789-x", "baseURL": "http://localhost:3210",
		"database": {"provider": "sqlite", "url": "file:`+filepath.Join(t.TempDir(), "x.sqlite")+`"},
		"emailAndPassword": {"enabled": true},
		"databaseHooks": {"user": {"create": {"before": {"webhook": "`+hooks.URL+`"}}}},
		"plugins": {"jwt": {"jwt": {"getSubject": "`+hooks.URL+`"}}, "bearer": {}}
	}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	o, res, err := f.Open(ctx, Runtime{Now: at})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	a, err := betterauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Options.CheckSchema(a); err == nil {
		t.Error("an empty database passed the check")
	}
	plan, err := res.DB.Plan(ctx, a.Store.Tables())
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(ctx); err != nil {
		t.Fatal(err)
	}
	if err := res.Ping(ctx); err != nil {
		t.Error(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost:3210/api/auth/sign-up/email", strings.NewReader(`{"name":"A","email":"a@example.com","password":"password1234"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(events) == 0 || events[0] != "databaseHooks.user.create.before" {
		t.Errorf("events %v", events)
	}
}

// TestWebhookStorage stores texts with five webhooks, one of which returns an object, like a storage that parses JSON
// itself.
func TestWebhookStorage(t *testing.T) {
	var calls []string
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		calls = append(calls, string(data))
		switch r.URL.Path {
		case "/get":
			io.WriteString(w, `{"result":{"a":1,"at":"2026-01-02T03:04:05.000Z"}}`)
		case "/take":
			io.WriteString(w, `{"result":null}`)
		case "/increment":
			io.WriteString(w, `{"result":3}`)
		default:
			io.WriteString(w, `{}`)
		}
	}))
	defer hooks.Close()
	u := hooks.URL
	f, err := FromJSON([]byte(`{"mode":"test","database":"none","secondaryStorage":{"get":"`+u+`/get","set":"`+u+`/set","delete":"`+u+`/delete","getAndDelete":"`+u+`/take","increment":"`+u+`/increment"}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	o, res, err := f.Open(ctx, Runtime{Now: at})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	if o.Database != nil {
		t.Error("database none opened one")
	}
	store := o.SecondaryStorage
	if v, ok, err := store.Get(ctx, "k"); err != nil || !ok || v != `{"a":1,"at":"2026-01-02T03:04:05.000Z"}` {
		t.Errorf("Get: %q %v %v", v, ok, err)
	}
	if _, ok, err := store.Take(ctx, "k"); err != nil || ok {
		t.Errorf("Take: %v %v", ok, err)
	}
	if n, err := store.Increment(ctx, "k", 10*time.Second); err != nil || n != 3 {
		t.Errorf("Increment: %d %v", n, err)
	}
	if err := store.Set(ctx, "k", "v", 1500*time.Millisecond); err != nil {
		t.Error(err)
	}
	if err := store.Set(ctx, "k", "v", 0); err != nil {
		t.Error(err)
	}
	if err := store.Delete(ctx, "k"); err != nil {
		t.Error(err)
	}
	want := []string{
		`{"event":"secondaryStorage.get","data":["k"]}`, `{"event":"secondaryStorage.getAndDelete","data":["k"]}`,
		`{"event":"secondaryStorage.increment","data":["k",10]}`, `{"event":"secondaryStorage.set","data":["k","v",2]}`,
		`{"event":"secondaryStorage.set","data":["k","v"]}`, `{"event":"secondaryStorage.delete","data":["k"]}`,
	}
	if got := strings.Join(calls, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}
