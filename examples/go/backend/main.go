// Command backend is a tasks API for the users of a Better Auth server. It needs
// only that server's address, no secret and no database.
//
//	PORT                  port to listen on (8000)
//	BETTER_AUTH_URL       the auth server's public address (http://localhost:3000)
//	BETTER_AUTH_JWKS_URL  address of its keys ($BETTER_AUTH_URL/api/auth/jwks)
//	ALLOWED_ORIGINS       origins of pages that may call, comma separated ($BETTER_AUTH_URL)
package main

import (
	"cmp"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/examples/go/tasks"
	"github.com/seed-32bd42cb/betterauth/verify"
)

func main() {
	handler, err := handler(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		Addr:              "127.0.0.1:" + cmp.Or(os.Getenv("PORT"), "8000"),
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
	}
	log.Print("tasks at http://", server.Addr)
	log.Fatal(server.ListenAndServe())
}

func handler(env func(string) string) (http.Handler, error) {
	options, err := verify.ServerOptions(cmp.Or(env("BETTER_AUTH_URL"), "http://localhost:3000"))
	if err != nil {
		return nil, err
	}
	options.JWKS = cmp.Or(env("BETTER_AUTH_JWKS_URL"), options.JWKS)
	options.OnError = func(err error) { log.Print(err) }
	verifier, err := verify.New(options)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, `{"status":"ok"}`) })
	mux.Handle("/api/", verifier.Require(tasks.New(caller)))
	origins := strings.Split(cmp.Or(env("ALLOWED_ORIGINS"), options.Issuer[0]), ",")
	return tasks.CORS(origins, mux), nil
}

func caller(r *http.Request) (string, bool) {
	claims, ok := verify.FromContext(r.Context())
	if !ok {
		return "", false
	}
	return claims.Subject, true
}
