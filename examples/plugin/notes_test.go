package notes_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"

	"example.com/notes"
)

// server is a server with the plugin, and the events that it reported.
type server struct {
	*authtest.Server
	events []auth.Event
}

func newServer(t *testing.T, o notes.Options, more ...func(*auth.Options)) *server {
	t.Helper()
	s := &server{}
	var mu sync.Mutex // calls may come at the same time
	all := auth.Options{
		Plugins: []auth.Plugin{notes.New(o)},
		OnEvent: func(_ context.Context, e auth.Event) {
			mu.Lock()
			defer mu.Unlock()
			s.events = append(s.events, e)
		},
	}
	for _, change := range more {
		change(&all)
	}
	s.Server = authtest.New(t, all)
	return s
}

// reported lists the names of the events since it was called last.
func (s *server) reported() []string {
	var names []string
	for _, e := range s.events {
		names = append(names, e.Name)
	}
	s.events = nil
	return names
}

func (s *server) count(model string, where ...store.Where) int64 {
	s.T.Helper()
	n, err := s.Store.Count(s.T.Context(), model, where...)
	if err != nil {
		s.T.Fatal(err)
	}
	return n
}

// write creates a note and returns its id.
func write(t *testing.T, c *authtest.Client, body string) string {
	t.Helper()
	got := c.Post("/notes/create", body)
	if got.Status != http.StatusOK {
		t.Fatalf("create: %d %s", got.Status, got.Body)
	}
	return got.JSON(t)["id"].(string)
}

func TestCreate(t *testing.T) {
	s := newServer(t, notes.Options{MaxNotes: 2})
	c := s.Client()
	c.SignUp("ada@example.com")
	for _, tc := range []struct {
		name, body string
		status     int
		answer     string // a part of it
	}{
		{"no title", `{}`, 400, `"code":"VALIDATION_ERROR"`},
		{"empty title", `{"title":""}`, 400, `[body.title]`},
		{"too many days", `{"title":"a","keepDays":400}`, 400, `[body.keepDays]`},
		{"first", `{"title":"Buy milk","text":"two","keepDays":2}`, 200, `"title":"Buy milk","text":"two","public":false,"createdAt":"2026-11-24T12:00:00.000Z","remindAt":null,"expiresAt":"2026-11-26T12:00:00.000Z"`},
		{"second", `{"title":"Call Bob"}`, 200, `"text":null`},
		{"one too many", `{"title":"Third"}`, 403, `"code":"TOO_MANY_NOTES"`},
	} {
		got := c.Post("/notes/create", tc.body)
		if got.Status != tc.status || !strings.Contains(got.Body, tc.answer) {
			t.Errorf("%s: %d %s", tc.name, got.Status, got.Body)
		}
	}
	if got := s.Client().Post("/notes/create", `{"title":"a"}`); got.Status != http.StatusUnauthorized {
		t.Errorf("a stranger: %d %s", got.Status, got.Body)
	}
}

// Of many calls at the same time no more than the limit allows succeed.
func TestRacingCreates(t *testing.T) {
	s := newServer(t, notes.Options{MaxNotes: 3})
	c := s.Client()
	c.SignUp("ada@example.com")
	var racers sync.WaitGroup
	for range 12 {
		racer := s.Client()
		racer.Jar = maps.Clone(c.Jar)
		racers.Go(func() { racer.Post("/notes/create", `{"title":"a"}`) })
	}
	racers.Wait()
	if n := s.count("note"); n != 3 {
		t.Errorf("%d notes", n)
	}
}

func TestListAndRead(t *testing.T) {
	s := newServer(t, notes.Options{})
	ada, bob := s.Client(), s.Client()
	ada.SignUp("ada@example.com")
	bob.SignUp("bob@example.com")
	private := write(t, ada, `{"title":"Private"}`)
	public := write(t, ada, `{"title":"Public","public":true}`)
	for _, tc := range []struct {
		name   string
		client *authtest.Client
		path   string
		status int
		answer string
	}{
		{"all", ada, "/notes/list?search=P&limit=1", 200, `{"notes":[{"id":`},
		{"found by title", ada, "/notes/list?search=Pub", 200, public},
		{"limit is no number", ada, "/notes/list?limit=x", 400, "[query.limit]"},
		{"somebody else's list", bob, "/notes/list", 200, `{"notes":[]}`},
		{"own", ada, "/notes/" + private, 200, "Private"},
		{"somebody else's", bob, "/notes/" + private, 404, "NOTE_NOT_FOUND"},
		{"public, signed in", bob, "/notes/" + public, 200, "Public"},
		{"public, not signed in", s.Client(), "/notes/" + public, 200, "Public"},
		{"private, not signed in", s.Client(), "/notes/" + private, 404, "NOTE_NOT_FOUND"},
		{"no such note", ada, "/notes/nothing", 404, "NOTE_NOT_FOUND"},
		{"export needs a session", s.Client(), "/notes/export", 401, ""},
		{"export is of one's own", bob, "/notes/export?userId=" + ownerOf(t, ada), 200, `{"notes":[]}`},
	} {
		if got := tc.client.Get(tc.path); got.Status != tc.status || !strings.Contains(got.Body, tc.answer) {
			t.Errorf("%s: %d %s", tc.name, got.Status, got.Body)
		}
	}
	for client, status := range map[*authtest.Client]int{bob: 404, s.Client(): 401, ada: 200} {
		if got := client.Post("/notes/"+private+"/delete", `{}`); got.Status != status {
			t.Errorf("delete: %d %s, not %d", got.Status, got.Body, status)
		}
	}
	if n := s.count("note"); n != 1 {
		t.Errorf("%d notes are left", n)
	}
}

func ownerOf(t *testing.T, c *authtest.Client) string {
	t.Helper()
	return c.Get("/get-session").JSON(t)["user"].(map[string]any)["id"].(string)
}

// A program calls an endpoint without HTTP, and without a session where the rule is
// RequestSession.
func TestExportFromGo(t *testing.T) {
	s := newServer(t, notes.Options{})
	c := s.Client()
	c.SignUp("ada@example.com")
	write(t, c, `{"title":"Mine"}`)
	type answer struct{ Notes []notes.Note }
	got, err := auth.Invoke[answer](t.Context(), s.Auth, "exportNotes", auth.Input{Query: map[string]any{"userId": ownerOf(t, c)}})
	if err != nil || len(got.Notes) != 1 || got.Notes[0].Title != "Mine" {
		t.Errorf("%+v %v", got, err)
	}
}

// The list may come from a session that stands in the cookie alone; deleting may not.
func TestStoredSession(t *testing.T) {
	s := newServer(t, notes.Options{}, func(o *auth.Options) { o.Session.CookieCache.Enabled = new(true) })
	c := s.Client()
	c.SignUp("ada@example.com")
	id := write(t, c, `{"title":"Mine"}`)
	if err := s.Sessions.EndAll(t.Context(), ownerOf(t, c)); err != nil {
		t.Fatal(err)
	}
	if got := c.Get("/notes/list"); got.Status != http.StatusOK {
		t.Errorf("list: %d %s", got.Status, got.Body)
	}
	if got := c.Post("/notes/"+id+"/delete", `{}`); got.Status != http.StatusUnauthorized {
		t.Errorf("delete: %d %s", got.Status, got.Body)
	}
}

func TestShare(t *testing.T) {
	s := newServer(t, notes.Options{})
	c := s.Client()
	c.SignUp("ada@example.com")
	id := write(t, c, `{"title":"Secret"}`)
	share := func() string {
		link := c.Post("/notes/"+id+"/share", `{}`).JSON(t)["url"].(string)
		return strings.TrimPrefix(link, authtest.Origin+"/api/auth")
	}
	link, stranger := share(), s.Client()
	for i, status := range []int{200, 400} {
		if got := stranger.Get(link); got.Status != status {
			t.Errorf("use %d: %d %s", i+1, got.Status, got.Body)
		}
	}
	link = share()
	s.Advance(25 * time.Hour)
	if got := stranger.Get(link); got.Code() != "NOTE_LINK_INVALID" {
		t.Errorf("after a day: %d %s", got.Status, got.Body)
	}
}

func TestMotto(t *testing.T) {
	s := newServer(t, notes.Options{})
	signUp := func(more string) *authtest.Answer {
		return s.Client().Post("/sign-up/email", `{"name":"Ada","email":"ada@example.com","password":"password1234",`+more+`}`)
	}
	if got := signUp(`"motto":"` + strings.Repeat("é", 81) + `"`); got.Code() != "MOTTO_TOO_LONG" {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if got := signUp(`"motto":"Onward","notesSuspended":true`); got.Code() != "FIELD_NOT_ALLOWED" {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	got := signUp(`"motto":"Onward"`)
	user := got.JSON(t)["user"].(map[string]any)
	if _, shown := user["notesPin"]; user["motto"] != "Onward" || shown {
		t.Errorf("%s", got.Body)
	}
}

func TestNotesLeft(t *testing.T) {
	s := newServer(t, notes.Options{MaxNotes: 5})
	c := s.Client()
	c.SignUp("ada@example.com")
	if got := c.Post("/notes/create", `{"title":"a"}`); got.Header.Get("X-Notes-Left") != "4" {
		t.Errorf("%v", got.Header)
	}
}

func TestWelcome(t *testing.T) {
	s := newServer(t, notes.Options{Welcome: "Hello"})
	c := s.Client()
	c.SignUp("ada@example.com")
	if got := c.Get("/notes/list"); !strings.Contains(got.Body, `"title":"Hello"`) {
		t.Errorf("%s", got.Body)
	}
}

func TestRateLimit(t *testing.T) {
	s := newServer(t, notes.Options{RateLimit: auth.RuleSize{Max: 2, Window: 60}}, func(o *auth.Options) { o.RateLimit.Enabled = new(true) })
	c := s.Client()
	for i, status := range []int{401, 401, 429} {
		if got := c.Post("/notes/create", `{"title":"a"}`); got.Status != status {
			t.Errorf("call %d: %d %s", i+1, got.Status, got.Body)
		}
	}
	s.Advance(time.Minute)
	if got := c.Post("/notes/create", `{"title":"a"}`); got.Status != http.StatusUnauthorized {
		t.Errorf("after a minute: %d %s", got.Status, got.Body)
	}
}

// The option is a func here, and a webhook in config_test.go.
func TestReview(t *testing.T) {
	s := newServer(t, notes.Options{Review: func(_ context.Context, in notes.ReviewRequest) (notes.Verdict, error) {
		return notes.Verdict{Refused: in.Title == "spam", Reason: "No " + in.Title}, nil
	}})
	c := s.Client()
	c.SignUp("ada@example.com")
	if got := c.Post("/notes/create", `{"title":"spam"}`); got.Status != 400 || got.Body != `{"message":"No spam","code":"NOTE_REFUSED"}` {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	write(t, c, `{"title":"ham"}`)
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]notes.Options{
		"negative":      {MaxNotes: -1},
		"unknown table": {Schema: map[string]auth.ModelOptions{"memo": {ModelName: "memos"}}},
		"unknown field": {Schema: map[string]auth.ModelOptions{"note": {Fields: map[string]string{"body": "text"}}}},
	} {
		_, err := auth.New(auth.Options{Secret: authtest.Secret, BaseURL: auth.Static(authtest.Origin), Now: time.Now, Plugins: []auth.Plugin{notes.New(o)}})
		if err == nil || !strings.Contains(err.Error(), "notes") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWellKnown(t *testing.T) {
	s := newServer(t, notes.Options{MaxNotes: 7})
	get := func(method, query string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, authtest.Origin+"/.well-known/notes"+query, nil)
		r.Header.Set("Origin", "https://anywhere.example")
		if method == http.MethodOptions {
			r.Header.Set("Access-Control-Request-Method", http.MethodGet)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	got := get(http.MethodGet, "")
	if got.Code != 200 || got.Body.String() != `{"notes_endpoint":"http://localhost:3210/api/auth/notes","max_notes":7,"version":1}` {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{"GET": got, "preflight": get(http.MethodOptions, "")} {
		if h := w.Header(); h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %v", name, h)
		}
	}
	got = get(http.MethodGet, "?version=2")
	if got.Code != 400 || !strings.HasPrefix(got.Body.String(), `{"error":"invalid_request","error_description":"[query.version]`) {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if got := s.Client().Get("/.well-known/notes"); got.Status != http.StatusNotFound {
		t.Errorf("below the base path: %d", got.Status)
	}
	if !s.IsRoot("/.well-known/notes") {
		t.Error("a mux is not told of the path")
	}
}
