package main

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/scrypt"
	"golang.org/x/text/unicode/norm"
)

const week = 7 * 24 * time.Hour

// hashes limits how many passwords are hashed at once: each takes 32 MiB.
var hashes = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))

func hash(password, salt string) string {
	hashes <- struct{}{}
	defer func() { <-hashes }()
	key, err := scrypt.Key(norm.NFKC.Bytes([]byte(password)), []byte(salt), 16384, 16, 1, 64)
	if err != nil {
		return ""
	}
	return hex.EncodeToString(key)
}

type credentials struct{ Name, Email, Password string }

func (f *floor) signIn(w http.ResponseWriter, r *http.Request) {
	var in credentials
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	u, stored, err := f.rows.byEmail(r.Context(), in.Email)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	salt, key, _ := strings.Cut(stored, ":")
	if subtle.ConstantTimeCompare([]byte(hash(in.Password, salt)), []byte(key)) != 1 {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	f.begin(w, r, u, true)
}

func (f *floor) signUp(w http.ResponseWriter, r *http.Request) {
	var in credentials
	if json.NewDecoder(r.Body).Decode(&in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	_, _, err := f.rows.byEmail(r.Context(), in.Email)
	if err == nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	salt := hex.EncodeToString(random(16))
	u, err := f.rows.addUser(r.Context(), in.Name, in.Email, salt+":"+hash(in.Password, salt))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	f.begin(w, r, u, false)
}

// begin creates a session and answers like sign-in and sign-up.
func (f *floor) begin(w http.ResponseWriter, r *http.Request, u user, redirect bool) {
	token := newID()
	if err := f.rows.addSession(r.Context(), token, u.ID, r.UserAgent()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	f.setCookie(w, token, int(week.Seconds()))
	body, _ := json.Marshal(struct {
		Redirect *bool  `json:"redirect,omitempty"`
		Token    string `json:"token"`
		User     user   `json:"user"`
	}{map[bool]*bool{true: new(bool)}[redirect], token, u})
	answer(w, body)
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func newID() string { return hex.EncodeToString(random(16)) }
