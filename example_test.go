package betterauth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// Example is the program of README.md; docs_test.go checks that both are equal.
func Example() {
	ctx := context.Background()
	db, err := sqlstore.Open(ctx, "sqlite:auth.db", sqlstore.Options{})
	if err != nil {
		log.Fatal(err)
	}
	a, err := betterauth.New(auth.Options{
		Mode: auth.Development, BaseURL: auth.Static("http://localhost:8080"), Database: db,
		EmailAndPassword: auth.EmailAndPassword{Enabled: true},
		Plugins:          []auth.Plugin{jwt.New(jwt.Options{})},
	})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := db.Plan(ctx, a.Store.Tables())
	if err != nil || plan.Apply(ctx) != nil {
		log.Fatal("could not create the tables")
	}
	http.Handle("/api/auth/", a)
	http.Handle("/me", a.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "Hello,", auth.CurrentUser(r.Context()).Name)
	})))
	log.Fatal(http.ListenAndServe("localhost:8080", nil))
}

// ExampleNew signs a user up and reads the session, without a network.
func ExampleNew() {
	a, err := betterauth.New(auth.Options{
		Mode: auth.Development, BaseURL: auth.Static("http://localhost:8080"),
		EmailAndPassword: auth.EmailAndPassword{Enabled: true},
	})
	if err != nil {
		log.Fatal(err)
	}
	signUp := httptest.NewRequest(http.MethodPost, "http://localhost:8080/api/auth/sign-up/email",
		strings.NewReader(`{"name":"Ada","email":"ada@example.com","password":"correct horse"}`))
	signUp.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	a.ServeHTTP(answer, signUp)

	next := httptest.NewRequest(http.MethodGet, "http://localhost:8080/me", nil)
	for _, c := range answer.Result().Cookies() {
		next.AddCookie(c)
	}
	_, user, err := a.Session(next)
	if err != nil || user == nil {
		log.Fatal("not signed in")
	}
	fmt.Println(answer.Code, user.Name)
	// Output: 200 Ada
}
