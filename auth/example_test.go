package auth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// exampleOptions are those of a server in memory.
func exampleOptions(plugins ...auth.Plugin) auth.Options {
	return auth.Options{
		Mode: auth.Development, BaseURL: auth.Static("http://localhost:8080"), Database: memstore.New(),
		EmailAndPassword: auth.EmailAndPassword{Enabled: true}, Plugins: plugins,
	}
}

// postTo posts a body to an endpoint, and prints the answer.
func postTo(o auth.Options, path, body string) {
	a, err := betterauth.New(o)
	if err != nil {
		log.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.HasPrefix(path, "/sign-up") {
		fmt.Println(w.Code, w.Body)
	}
}

// A plugin with one endpoint. A manifest that needs no state is a plugin as it is.
func ExampleManifest() {
	type request struct {
		Name string `json:"name" minLength:"1"`
	}
	type answer struct {
		Hello string `json:"hello"`
	}
	greeter := auth.Manifest{
		ID: "greeter",
		Endpoints: []auth.Endpoint{auth.Handle(auth.Route{
			ID: "greet", Methods: []string{http.MethodPost}, Path: "/greet", Session: auth.Public,
		}, func(_ *auth.Context, in *request) (*answer, error) {
			return &answer{Hello: in.Name}, nil
		})},
		RateLimits: []auth.RateLimit{{On: []string{"/greet"}, Window: 60, Max: 10}},
	}
	postTo(exampleOptions(greeter), "/greet", `{"name":"Ada"}`)
	postTo(exampleOptions(greeter), "/greet", `{"name":""}`)
	// Output:
	// 200 {"hello":"Ada"}
	// 400 {"message":"[body.name] Too small: expected string to have >=1 characters","code":"VALIDATION_ERROR"}
}

// A hook before an endpoint refuses some calls.
func ExampleHook() {
	invited := auth.Code{Name: "NOT_INVITED", Message: "Only members of example.com may sign up"}
	closed := auth.Manifest{
		ID: "invitations",
		Before: []auth.Hook{{On: []string{"/sign-up/email"}, Do: func(c *auth.Context) error {
			body, _ := c.Body.(*js.Object)
			if body == nil {
				return nil // the endpoint refuses it
			}
			email, _ := body.Get("email")
			if !strings.HasSuffix(js.String(email), "@example.com") {
				return auth.Forbidden(invited)
			}
			return nil
		}}},
		Codes: []auth.Code{invited},
	}
	postTo(exampleOptions(closed), "/sign-up/email", `{"name":"Eve","email":"eve@elsewhere.example","password":"correct horse"}`)
	// Output: 403 {"message":"Only members of example.com may sign up","code":"NOT_INVITED"}
}

// Events are for audit logs and metrics.
func ExampleEvent() {
	o := exampleOptions()
	o.OnEvent = func(_ context.Context, e auth.Event) {
		fmt.Println(e.Name, e.Method, e.Path, e.UserID != "")
	}
	postTo(o, "/sign-up/email", `{"name":"Ada","email":"ada@example.com","password":"correct horse"}`)
	// Output:
	// user_created email-password /sign-up/email true
	// user_signed_in email-password /sign-up/email true
}

// A program calls an endpoint without HTTP.
func ExampleInvoke() {
	a, err := betterauth.New(exampleOptions())
	if err != nil {
		log.Fatal(err)
	}
	type signedUp struct {
		User struct{ Name, Email string }
	}
	got, err := auth.Invoke[signedUp](context.Background(), a, "signUpEmail", auth.Input{
		Body: map[string]any{"name": "Ada", "email": "Ada@example.com", "password": "correct horse"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.User.Name, got.User.Email)
	// Output: Ada ada@example.com
}
