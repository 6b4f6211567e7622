package config

import (
	"errors"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing to say", "secondaryStorage: memory\nplugins: { jwt: {} }", ""},
		{"discovery", "plugins: { generic-oauth: { config: [{ providerId: p, clientId: c, discoveryUrl: https://p.example/.well-known }] } }", ""},
		{"contradictions", "emailAndPassword: { minPasswordLength: 200 }\nplugins: { jwt: { jwt: { sign: https://h.example } } }",
			"c.yaml:2:40: emailAndPassword.minPasswordLength is 200, but maxPasswordLength is 128: no password can satisfy both"},
		{"of a plugin", "plugins: { jwt: { jwt: { sign: https://h.example } } }",
			"c.yaml:2:32: plugin jwt: jwt.sign needs jwks.remoteUrl, where verifiers find the keys"},
		{"of no option", "secret: short", "c.yaml: the secret has fewer than 32 characters: generate one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := load(t, "c.yaml", "baseURL: https://auth.example.com\n"+c.text)
			if err != nil {
				t.Fatal(err)
			}
			err = f.Check(at)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			problems, ok := errors.AsType[*Errors](err)
			if !ok || !strings.HasPrefix(problems.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
