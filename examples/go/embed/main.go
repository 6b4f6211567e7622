// Command embed is auth server and tasks API in one program: betterauth.New
// returns an http.Handler that is used beside the others. Tokens are checked as
// in a separate program, except that the keys are fetched without a network. Mail
// is kept in the outbox at /api/auth/outbox.
//
//	PORT                port to listen on (8000)
//	BETTER_AUTH_URL     public address (http://localhost:3000)
//	BETTER_AUTH_SECRET  at least 32 characters: betterauth secret
//	DATABASE_URL        postgres://…, mysql://… or sqlite:FILE (sqlite:betterauth.db)
//	ALLOWED_ORIGINS     origins of pages that may call, comma separated ($BETTER_AUTH_URL)
//	JWT_LIFETIME        lifetime of tokens (15m)
//	EXAMPLE_ID_URL      address of examples/provider, if it runs
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/examples/go/tasks"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/plugin/genericoauth"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/mailer"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
	"github.com/seed-32bd42cb/betterauth/verify"
)

func main() {
	if err := run(context.Background(), os.Getenv); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, env func(string) string) error {
	db, err := sqlstore.Open(ctx, cmp.Or(env("DATABASE_URL"), "sqlite:betterauth.db"), sqlstore.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	baseURL := cmp.Or(env("BETTER_AUTH_URL"), "http://localhost:3000")
	m, err := mail.New(mail.Settings{Config: mail.Config{Outbox: true}, Now: time.Now, Print: printMail})
	if err != nil {
		return err
	}
	defer m.Close()
	a, err := newAuth(ctx, env, db, m, baseURL)
	if err != nil {
		return err
	}
	verifier, err := ownVerifier(a, baseURL)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", a)
	mux.Handle("/.well-known/oauth-authorization-server/", a)
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, `{"status":"ok"}`) })
	origins := strings.Split(cmp.Or(env("ALLOWED_ORIGINS"), baseURL), ",")
	mux.Handle("/api/", tasks.CORS(origins, verifier.Require(tasks.New(caller))))
	server := &http.Server{
		Addr:              "127.0.0.1:" + cmp.Or(env("PORT"), "8000"),
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
	}
	log.Print("auth and tasks at http://", server.Addr)
	return server.ListenAndServe()
}

func newAuth(ctx context.Context, env func(string) string, db *sqlstore.DB, m *mail.Mailer, baseURL string) (*auth.Auth, error) {
	lifetime, err := time.ParseDuration(cmp.Or(env("JWT_LIFETIME"), "15m"))
	if err != nil {
		return nil, err
	}
	a, err := betterauth.New(auth.Options{
		AppName:  "Taskbook",
		Mode:     auth.Development,
		Secret:   env("BETTER_AUTH_SECRET"),
		BaseURL:  auth.Static(baseURL),
		Database: db,
		EmailAndPassword: auth.EmailAndPassword{
			Enabled:           true,
			SendResetPassword: mail.Callback[auth.LinkMail](m, "emailAndPassword.sendResetPassword"),
		},
		EmailVerification: auth.EmailVerification{
			SendVerificationEmail:       mail.Callback[auth.LinkMail](m, "emailVerification.sendVerificationEmail"),
			SendOnSignUp:                new(true),
			AutoSignInAfterVerification: true,
		},
		Plugins: append(exampleID(env("EXAMPLE_ID_URL")),
			jwt.New(jwt.Options{JWT: jwt.TokenOptions{ExpirationTime: jwt.In(lifetime)}}),
			bearer.New(bearer.Options{}),
			magiclink.New(magiclink.Options{SendMagicLink: mail.Callback[magiclink.Mail](m, "magic-link.sendMagicLink")}),
			passkey.New(passkey.Options{TrackLastUse: true}),
			twofactor.New(twofactor.Options{}),
			oauthprovider.New(oauthprovider.Options{
				LoginPage: "/signin", ConsentPage: "/consent",
				SelectAccount: oauthprovider.SelectAccount{Page: "/select-account"}, Signup: oauthprovider.Signup{Page: "/signup"},
			}),
			mailer.New(mailer.Options{Mailer: m, Table: true}),
		),
	})
	if err != nil {
		return nil, err
	}
	plan, err := db.Plan(ctx, a.Store.Tables())
	if err != nil {
		return nil, err
	}
	return a, plan.Apply(ctx)
}

// exampleID adds sign-in with the example's own OpenID provider.
func exampleID(url string) []auth.Plugin {
	if url == "" {
		return nil
	}
	return []auth.Plugin{genericoauth.New(genericoauth.Options{Config: []genericoauth.Config{{
		ProviderID:   "example-id",
		DiscoveryURL: url + "/.well-known/openid-configuration",
		ClientID:     "taskbook",
		ClientSecret: "taskbook-secret",
		Scopes:       []string{"openid", "profile", "email"},
	}}})}
}

func printMail(e *mail.Envelope) { log.Printf("mail to %s: %s %s", e.To, e.Subject, e.URL) }

func ownVerifier(a *auth.Auth, baseURL string) (*verify.Verifier, error) {
	options, err := verify.ServerOptions(baseURL)
	if err != nil {
		return nil, err
	}
	options.Client = &http.Client{Transport: inProcess{a}}
	return verify.New(options)
}

func caller(r *http.Request) (string, bool) {
	claims, ok := verify.FromContext(r.Context())
	if !ok {
		return "", false
	}
	return claims.Subject, true
}

// inProcess answers requests with a handler of this program.
type inProcess struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	t.handler.ServeHTTP(w, r)
	return w.Result(), nil
}
