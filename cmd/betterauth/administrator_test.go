package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// The overview shows what only the program knows, and nothing of the database but its kind.
func TestOverviewOfProgram(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "conf.yaml")
	if err := os.WriteFile(path, []byte("mode: test\nbaseURL: http://localhost\nsecret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\ndatabase: sqlite:"+filepath.Join(dir, "hidden.db")+
		"\nemailAndPassword: { enabled: true }\nplugins: { admin: {}, console: {} }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := &world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, env: func(string) string { return "" }, now: time.Now, ctx: t.Context()}
	confs, err := w.readAll(configFlags{Config: path})
	if err != nil {
		t.Fatal(err)
	}
	log := confs[0].plainLogger(w)
	all := newSites(&serveCmd{Migrate: true}, w, confs, log, log)
	if err := all.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(all.Close)
	handler, err := all.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	res, err := client.Post(server.URL+"/api/auth/sign-up/email", "application/json", strings.NewReader(`{"name":"Root","email":"root@example.com","password":"password1234"}`))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	res.Body.Close()
	if _, err := all.list[0].srv.Store.Update(t.Context(), "user", []store.Where{store.Is("email", "root@example.com")}, store.Record{"role": "admin"}); err != nil {
		t.Fatal(err)
	}
	overview := func() (map[string]any, string) {
		t.Helper()
		res, err := client.Get(server.URL + "/api/auth/console/overview")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		var out map[string]any
		if err := json.Unmarshal(text, &out); err != nil {
			t.Fatalf("%d %s", res.StatusCode, text)
		}
		return out, string(text)
	}
	got, text := overview()
	if got["version"] != version() || got["database"] != "SQLite" || got["mode"] != "test" || len(got["problems"].([]any)) != 0 {
		t.Error(text)
	}
	if strings.Contains(text, "hidden.db") || strings.Contains(text, dir) {
		t.Errorf("the place of the database is shown: %s", text)
	}
}
