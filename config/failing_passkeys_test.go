package config

import (
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/passkeytest"
)

const passkeys = `{"plugins":{"passkey":{`

func addPasskey(p *played, key *passkeytest.Key) *authtest.Answer {
	response := key.Create(p.c.Get("/passkey/generate-register-options").Text("challenge"))
	return p.c.Post("/passkey/verify-registration", `{"response":`+response+`}`)
}

// passkeyFailures returns the rows of the plugin passkey; each play has a key of its own.
func passkeyFailures() []failure {
	var key *passkeytest.Key
	return []failure{
		{
			name: "a passkey that was verified", options: []string{"registration.afterVerification"},
			config: passkeys + `"registration":{"afterVerification":HOOK}}}}`, before: signUp,
			run: func(p *played) *authtest.Answer {
				return addPasskey(p, passkeytest.New(passkeytest.EdDSA, authtest.Origin))
			},
			status: 500, body: "FAILED_TO_VERIFY_REGISTRATION",
			after: func(p *played) { p.c.Get("/passkey/list-user-passkeys").Want(200, "", []any{}) },
		},
		{
			name: "a sign-in with a passkey", options: []string{"authentication.afterVerification"},
			config: passkeys + `"authentication":{"afterVerification":HOOK}}}}`,
			before: func(p *played) {
				signUp(p)
				key = passkeytest.New(passkeytest.EdDSA, authtest.Origin)
				addPasskey(p, key).Want(200)
				p.c = p.srv.Client()
			},
			run: func(p *played) *authtest.Answer {
				response := key.Get(p.c.Get("/passkey/generate-authenticate-options").Text("challenge"))
				return p.c.Post("/passkey/verify-authentication", `{"response":`+response+`}`)
			},
			status: 400, body: "AUTHENTICATION_FAILED",
			after: func(p *played) {
				if p.c.SignedIn() {
					p.Error("signed in")
				}
			},
		},
		{
			name: "extensions of a passkey", options: []string{"extensions"}, config: passkeys + `"authentication":{"extensions":HOOK}}}}`,
			run: get("/passkey/generate-authenticate-options"), status: 500,
		},
		{
			name: "user of a passkey", options: []string{"resolveUser"}, config: passkeys + `"registration":{"requireSession":false,"resolveUser":HOOK}}}}`,
			run: get("/passkey/generate-register-options"), status: 500,
		},
	}
}
