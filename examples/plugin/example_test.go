package notes_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store/memstore"

	"example.com/notes"
)

// A program that has the plugin in it.
func ExampleNew() {
	a, err := betterauth.New(auth.Options{
		Mode: auth.Development, BaseURL: auth.Static("http://localhost:8000"), Database: memstore.New(),
		EmailAndPassword: auth.EmailAndPassword{Enabled: true},
		Plugins:          []auth.Plugin{notes.New(notes.Options{MaxNotes: 50})},
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go a.Run(ctx) // background jobs
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", a)
	mux.Handle("/.well-known/notes", a) // the endpoint below the root

	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost:8000/.well-known/notes", nil))
	fmt.Println(answer.Body)
	// Output: {"notes_endpoint":"http://localhost:8000/api/auth/notes","max_notes":50,"version":1}
}
