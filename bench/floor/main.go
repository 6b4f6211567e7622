// Command floor is a minimal net/http server for the benchmark. For each request
// it does only what every server has to do: check the signatures, run the
// statements as prepared queries, sign, hash, write the answer. It has no router,
// options, validation or plugins, so the time that a real server needs beyond it
// is that server's own cost. It supports only the load of the benchmark and is
// not for real use.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"log"
	"net/http"
	"os"
	"runtime/debug"
)

// growth and room are the garbage collector's settings of this server, so that
// the two programs differ only in their work.
const (
	growth = 400
	room   = 128 << 20
)

func main() {
	debug.SetGCPercent(growth)
	debug.SetMemoryLimit(int64(cap(hashes))<<25 + room)
	db, err := open(os.Getenv("BENCH_DATABASE"))
	if err != nil {
		log.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	setup := os.Getenv("BENCH_SETUP")
	f := &floor{
		rows: db, secret: []byte(os.Getenv("BENCH_SECRET")), key: private,
		cached: setup == "cached", withJWT: setup == "header",
		jwks: []byte(`{"keys":[{"alg":"EdDSA","crv":"Ed25519","x":"` + base64.RawURLEncoding.EncodeToString(public) + `","kty":"OKP","kid":"floor"}]}`),
	}
	log.Fatal(http.ListenAndServe(os.Getenv("BENCH_LISTEN"), f))
}

// ServeHTTP implements http.Handler.
func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/auth/ok":
		answer(w, []byte(`{"ok":true}`))
	case "/api/auth/jwks":
		answer(w, f.jwks)
	case "/api/auth/get-session":
		f.getSession(w, r)
	case "/api/auth/token":
		f.token(w, r)
	case "/api/auth/sign-in/email":
		f.signIn(w, r)
	case "/api/auth/sign-up/email":
		f.signUp(w, r)
	case "/api/auth/oauth2/token", "/api/auth/oauth2/introspect", "/api/auth/oauth2/userinfo":
		f.oauth(w, r)
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
}
