package base_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

// TestBehindPgBouncer runs several users at once through a pooler in transaction mode that serves ten connections
// with three of its own: nobody gets values of another user. The URL does not mention the pooler.
func TestBehindPgBouncer(t *testing.T) {
	address := testserver.PgBouncer(t)
	for _, round := range []string{"first", "restarted"} { // the pooler still has the earlier statements
		db := everywhere.Open(t, address)
		server := authtest.New(t, authtest.PlainPasswords(auth.Options{Database: db}))
		users := make([]*visitor, 8)
		for i := range users {
			users[i] = &visitor{t: t, server: server, email: fmt.Sprintf("%s-%d@example.com", round, i), phone: server.Client(), laptop: server.Client()}
		}
		atOnce(users, (*visitor).arrives)
		server.Advance(25 * time.Hour) // sessions are a day old: reading them extends them
		atOnce(users, (*visitor).renews)
		// Somebody else migrates the database while all users are active.
		atOnce(append(users, nil), func(v *visitor) {
			if v == nil {
				if _, err := db.SQL().ExecContext(t.Context(), `ALTER TABLE "user" ADD COLUMN "`+round+`" text`); err != nil {
					t.Error(err)
				}
				return
			}
			v.works()
		})
		atOnce(users, (*visitor).leaves)
	}
}

func atOnce(users []*visitor, do func(v *visitor)) {
	var wg sync.WaitGroup
	for _, v := range users {
		wg.Go(func() { do(v) })
	}
	wg.Wait()
}

// visitor is a user with two devices.
type visitor struct {
	t             *testing.T
	server        *authtest.Server
	email         string
	phone, laptop *authtest.Client
}

// wants reports an answer that is not 200, or that does not contain a text.
func (v *visitor) wants(what string, a *authtest.Answer, texts ...string) {
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			v.t.Errorf("%s: %s: %s is missing in %s", v.email, what, text, a.Body)
		}
	}
	if a.Status != 200 {
		v.t.Errorf("%s: %s: %d %s", v.email, what, a.Status, a.Body)
	}
}

func (v *visitor) signIn(c *authtest.Client) {
	v.wants("sign-in", c.Post("/sign-in/email", `{"email":"`+v.email+`","password":"password1234"}`), v.email)
}

func (v *visitor) arrives() {
	v.wants("sign-up", v.phone.Post("/sign-up/email", `{"name":"`+v.email+`","email":"`+v.email+`","password":"password1234"}`), v.email)
	v.signIn(v.laptop)
	for range 5 {
		v.wants("get-session", v.phone.Get("/get-session"), `"email":"`+v.email+`"`, `"name":"`+v.email+`"`)
	}
	v.wants("list-sessions", v.laptop.Get("/list-sessions"))
	if n := strings.Count(v.laptop.Get("/list-sessions").Body, `"token"`); n != 2 {
		v.t.Errorf("%s: %d sessions", v.email, n)
	}
}

func (v *visitor) renews() {
	a := v.phone.Get("/get-session")
	v.wants("get-session", a, v.email)
	a.Want(200, "session.expiresAt", authtest.Like("^2026-12-02T13:00")) // a week from now
}

func (v *visitor) works() {
	for i := range 10 {
		v.wants("update-user", v.phone.Post("/update-user", fmt.Sprintf(`{"name":"%s %d"}`, v.email, i)))
		v.wants("get-session", v.laptop.Get("/get-session"), fmt.Sprintf(`"name":"%s %d"`, v.email, i))
	}
}

func (v *visitor) leaves() {
	v.wants("revoke-other-sessions", v.laptop.Post("/revoke-other-sessions", `{}`), "true")
	if a := v.phone.Get("/get-session"); a.Body != "null" {
		v.t.Errorf("%s: the revoked session lives: %s", v.email, a.Body)
	}
	v.wants("get-session", v.laptop.Get("/get-session"), v.email)
	v.wants("sign-out", v.laptop.Post("/sign-out", `{}`), "true")
	v.signIn(v.phone)
	v.wants("revoke-sessions", v.phone.Post("/revoke-sessions", `{}`), "true")
	if a := v.phone.Get("/get-session"); a.Body != "null" {
		v.t.Errorf("%s: signed in after all was revoked: %s", v.email, a.Body)
	}
}
