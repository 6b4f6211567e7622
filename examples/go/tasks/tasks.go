// Package tasks is the tasks API of the examples: a list for each user, in
// memory. A func identifies the caller, so the package does not depend on tokens
// or sessions.
package tasks

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Caller returns the id of the user who sent a request.
type Caller func(r *http.Request) (userID string, ok bool)

type task struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Done  bool   `json:"done"`
}

// API serves /api/{user}/tasks.
type API struct {
	caller Caller
	mux    *http.ServeMux

	mu    sync.Mutex
	lists map[string][]task // by user id; in a real program, a table with a user_id column
}

// New returns the API for the users that caller identifies.
func New(caller Caller) *API {
	a := &API{caller: caller, mux: http.NewServeMux(), lists: map[string][]task{}}
	a.mux.HandleFunc("GET /api/{user}/tasks", a.owner(a.list))
	a.mux.HandleFunc("POST /api/{user}/tasks", a.owner(a.add))
	a.mux.HandleFunc("PATCH /api/{user}/tasks/{id}", a.owner(a.change))
	a.mux.HandleFunc("DELETE /api/{user}/tasks/{id}", a.owner(a.delete))
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// owner passes a request on if its path names its caller.
func (a *API) owner(next func(w http.ResponseWriter, r *http.Request, user string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, ok := a.caller(r)
		switch {
		case !ok:
			refuse(w, http.StatusUnauthorized, "invalid_token", "a bearer token is required")
		case user != r.PathValue("user"):
			refuse(w, http.StatusForbidden, "forbidden", "these tasks are another user's")
		default:
			next(w, r, user)
		}
	}
}

func (a *API) list(w http.ResponseWriter, _ *http.Request, user string) {
	a.mu.Lock()
	list := append([]task{}, a.lists[user]...)
	a.mu.Unlock()
	answer(w, http.StatusOK, list)
}

func (a *API) add(w http.ResponseWriter, r *http.Request, user string) {
	in, ok := read(w, r)
	if !ok {
		return
	}
	title, ok := in.title()
	if !ok {
		badTitle(w)
		return
	}
	t := task{ID: rand.Text(), Title: title}
	a.mu.Lock()
	a.lists[user] = append(a.lists[user], t)
	a.mu.Unlock()
	answer(w, http.StatusCreated, t)
}

func (a *API) change(w http.ResponseWriter, r *http.Request, user string) {
	in, ok := read(w, r)
	if !ok {
		return
	}
	title, ok := in.title()
	if in.Title != nil && !ok {
		badTitle(w)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.index(user, r.PathValue("id"))
	if i < 0 {
		notFound(w)
		return
	}
	t := &a.lists[user][i]
	if in.Title != nil {
		t.Title = title
	}
	if in.Done != nil {
		t.Done = *in.Done
	}
	answer(w, http.StatusOK, *t)
}

func (a *API) delete(w http.ResponseWriter, r *http.Request, user string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.index(user, r.PathValue("id"))
	if i < 0 {
		notFound(w)
		return
	}
	a.lists[user] = slices.Delete(a.lists[user], i, i+1)
	w.WriteHeader(http.StatusNoContent)
}

func (a *API) index(user, id string) int {
	return slices.IndexFunc(a.lists[user], func(t task) bool { return t.ID == id })
}

type input struct {
	Title *string `json:"title"`
	Done  *bool   `json:"done"`
}

func (in input) title() (string, bool) {
	if in.Title == nil {
		return "", false
	}
	title := strings.TrimSpace(*in.Title)
	return title, title != "" && utf8.RuneCountInString(title) <= 200
}

func read(w http.ResponseWriter, r *http.Request) (in input, ok bool) {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10)).Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", "the request could not be read")
		return in, false
	}
	return in, true
}

func badTitle(w http.ResponseWriter) {
	refuse(w, http.StatusBadRequest, "invalid_request", "a task needs a title of 1 to 200 characters")
}

func notFound(w http.ResponseWriter) {
	refuse(w, http.StatusNotFound, "not_found", "there is no such task")
}

func refuse(w http.ResponseWriter, status int, code, text string) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	answer(w, status, map[string]string{"error": code, "error_description": text})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// CORS allows pages of the origins to call next with a bearer token.
func CORS(origins []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		if !slices.Contains(origins, origin) {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Origin", origin)
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
	})
}
