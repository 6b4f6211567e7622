package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// A server that stops writes what its jobs have in memory, after its last request.
func TestStopWritesLastUses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "conf.yaml")
	conf := "mode: test\nbaseURL: http://localhost:3210\nsecret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\nemailAndPassword: { enabled: true }\n" +
		"database: \"sqlite:" + filepath.Join(t.TempDir(), "app.db") + "\"\n" +
		"plugins: { api-key: { configurations: [{ rateLimit: { enabled: false }, lastRequestInterval: 86400, enableSessionForAPIKeys: true }] } }\n"
	if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	var log lockedLog
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	w := &world{stdin: strings.NewReader(""), stdout: &log, stderr: &log, env: func(string) string { return "" }, now: time.Now, ctx: ctx}
	confs, err := w.readAll(configFlags{Config: path})
	if err != nil {
		t.Fatal(err)
	}
	logger := confs[0].plainLogger(w)
	all := newSites(&serveCmd{Migrate: true}, w, confs, logger, logger)
	defer all.Close()
	if err := all.Start(); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- w.serve(all, listener, 0, func() error { return nil }) }()

	send := func(method, path, body string, header map[string]string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+listener.Addr().String()+"/api/auth"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", "http://localhost:3210")
		for name, value := range header {
			r.Header.Set(name, value)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		if res.StatusCode != 200 {
			t.Fatalf("%s: %d %s", path, res.StatusCode, text)
		}
		return res, string(text)
	}
	res, _ := send(http.MethodPost, "/sign-up/email", `{"name":"A","email":"a@example.com","password":"password1234"}`, nil)
	var cookies []string
	for _, c := range res.Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	_, made := send(http.MethodPost, "/api-key/create", "{}", map[string]string{"Cookie": strings.Join(cookies, "; ")})
	_, key, _ := strings.Cut(made, `"key":"`)
	key, _, _ = strings.Cut(key, `"`)
	send(http.MethodGet, "/get-session", "", map[string]string{"X-Api-Key": key})
	last := func() any {
		row, err := all.list[0].open.Load().Store.Get(t.Context(), "apikey", store.Is("prefix", nil))
		if err != nil {
			t.Fatal(err)
		}
		return row["lastRequest"]
	}
	if last() != nil {
		t.Fatal("the use was written at once")
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if last() == nil {
		t.Errorf("the use was not written:\n%s", log.String())
	}
}
