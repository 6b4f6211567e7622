package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"

	"example.com/notes"
)

func env(t *testing.T) func(string) string {
	values := map[string]string{
		"BETTER_AUTH_MODE": "development", "BETTER_AUTH_SECRET": "notes-secret-0123456789-abcdefghij",
		"CAMPUS_SECRET": "secret",
	}
	return func(name string) string { return values[name] }
}

// file copies the example's config file, changed, into a folder of the test.
func file(t *testing.T, replace ...string) string {
	t.Helper()
	text, err := os.ReadFile("../../betterauth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "betterauth.yaml")
	replace = append(replace, "sqlite:notes.db", "sqlite:"+filepath.Join(filepath.Dir(path), "notes.db"))
	if err := os.WriteFile(path, []byte(strings.NewReplacer(replace...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The review is a webhook here, and the table has another name: the code of the
// plugin knows neither.
func TestConfigFile(t *testing.T) {
	var asked struct {
		Event string
		Data  []notes.ReviewRequest
	}
	reviewer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &asked)
		_, _ = io.WriteString(w, `{"result":{"refused":true,"reason":"Not today"}}`)
	}))
	defer reviewer.Close()
	f, err := load(file(t, "# review: https://example.com/hooks/review", "review: "+reviewer.URL), env(t))
	if err != nil {
		t.Fatal(err)
	}
	a, resources, err := open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer resources.Close()
	jar := map[string]string{}
	send := func(path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "http://localhost:8000/api/auth"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", "http://localhost:8000")
		for name, value := range jar {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			jar[c.Name] = c.Value
		}
		return w
	}
	if got := send("/sign-up/email", `{"name":"Ada","email":"ada@example.com","password":"password1234"}`); got.Code != http.StatusOK {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
	if got := send("/notes/create", `{"title":"Hello"}`); got.Code != http.StatusBadRequest || !strings.Contains(got.Body.String(), "Not today") {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if asked.Event != "plugins.notes.review" || len(asked.Data) != 1 || asked.Data[0].Title != "Hello" || asked.Data[0].UserID == "" {
		t.Errorf("the webhook was sent %+v", asked)
	}
	renamed(t, a)
	if a.Providers.Find("campus") == nil {
		t.Error("the provider is missing")
	}
}

// renamed looks at the table's real name, and at the note that welcomes the user.
func renamed(t *testing.T, a *auth.Auth) {
	t.Helper()
	table := a.Store.Table("note")
	if table.Name != "memos" || table.Column("title").Physical != "headline" {
		t.Errorf("table %s, column %s", table.Name, table.Column("title").Physical)
	}
	rows, err := a.Store.Find(t.Context(), "note", store.Query{})
	if err != nil || len(rows) != 1 || rows[0]["title"] != "Welcome" {
		t.Errorf("%v %v", rows, err)
	}
}

func TestMistakes(t *testing.T) {
	for wrong, want := range map[string]string{"maxNotes: many": "plugins.notes.maxNotes", "maxNote: 1": "maxNotes", "maxNotes: -1": "betterauth.yaml:12:15: plugins.notes.maxNotes: must be at least 1"} {
		f, err := load(file(t, "maxNotes: 50", wrong), env(t))
		if err == nil {
			var resources io.Closer
			if _, resources, err = open(t.Context(), f); err == nil {
				resources.Close()
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
