package dpop_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/dpop"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// The example of RFC 9449, section 4.2, and the thumbprint of its key.
const (
	example    = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
	exampleKey = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
)

func expected() dpop.Expected {
	return dpop.Expected{Method: "POST", URL: "https://server.example.com/token", Now: time.Unix(1562262616, 0)}
}

func TestExampleOfTheStandard(t *testing.T) {
	proof, err := dpop.Verify(example, expected())
	if err != nil || proof.Thumbprint != exampleKey {
		t.Fatalf("%+v, %v", proof, err)
	}
	want := expected()
	want.Thumbprint = exampleKey
	if _, err := dpop.Verify(example, want); err != nil {
		t.Error(err)
	}
	if end := proof.ExpiresAt; !end.Equal(want.Now.Add(5 * time.Minute)) {
		t.Errorf("expires %v", end)
	}
	for name, change := range map[string]func(*dpop.Expected){
		"method": func(e *dpop.Expected) { e.Method = "GET" }, "address": func(e *dpop.Expected) { e.URL += "s" }, "query": func(e *dpop.Expected) { e.URL += "?a=b" },
		"key": func(e *dpop.Expected) { e.Thumbprint = "x" }, "token": func(e *dpop.Expected) { e.Token = "x" }, "algorithm": func(e *dpop.Expected) { e.Algorithms = []string{"RS256"} },
		"late": func(e *dpop.Expected) { e.Now = e.Now.Add(301 * time.Second) }, "early": func(e *dpop.Expected) { e.Now = e.Now.Add(-6 * time.Second) },
	} {
		want := expected()
		change(&want)
		_, err := dpop.Verify(example, want)
		var flaw dpop.Error
		if refused := errors.As(err, &flaw); refused == (name == "query") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThumbprint(t *testing.T) {
	for want, cnf := range map[string]any{"x": js.Obj("jkt", "x"), "": js.Obj("jkt", 1.0)} {
		if got := dpop.Thumbprint(cnf); got != want {
			t.Errorf("%v: %q", cnf, got)
		}
	}
	for _, cnf := range []any{nil, "x", []any{"x"}, js.Obj("x5t#S256", "x")} {
		if got := dpop.Thumbprint(cnf); got != "" {
			t.Errorf("%v: %q", cnf, got)
		}
	}
}

// FuzzVerify: no proof makes Verify fail in another way than with an Error, and one that is accepted is for the request.
func FuzzVerify(f *testing.F) {
	f.Add(example, "POST", "https://server.example.com/token")
	f.Add("..", "GET", "x")
	f.Add("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7fX0.e30.AA", "", "")
	f.Fuzz(func(t *testing.T, proof, method, url string) {
		got, err := dpop.Verify(proof, dpop.Expected{Method: method, URL: url, Now: time.Unix(1562262616, 0)})
		var flaw dpop.Error
		if err != nil {
			if got != nil || !errors.As(err, &flaw) {
				t.Errorf("%+v, %v", got, err)
			}
			return
		}
		if len(got.Thumbprint) != 43 || got.ReplayKey == "" || got.ReplayKey == secret.Digest("") {
			t.Errorf("%+v", got)
		}
	})
}
