package config

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

const apiKeys = `{"plugins":{"api-key":{"configurations":[{`

// sendKey calls an endpoint with a key that may stand for a session.
func sendKey(p *played) *authtest.Answer {
	p.c.Header.Set("X-API-Key", strings.Repeat("k", 64))
	return p.c.Get("/get-session")
}

func wantKeys(n int64) func(p *played) {
	return func(p *played) {
		if got, err := p.srv.Store.Count(p.Context(), "apikey"); err != nil || got != n {
			p.Errorf("%d keys, %v", got, err)
		}
	}
}

var keyFailures = []failure{
	{
		name: "key of a request", options: []string{"customAPIKeyGetter"}, config: apiKeys + `"enableSessionForAPIKeys":true,"customAPIKeyGetter":HOOK}]}}}`,
		answers: map[string]string{".customAPIKeyGetter": `{"result":null}`}, before: signUp, run: get("/get-session"), status: 500,
	},
	{
		name: "a key that may be used", options: []string{"customAPIKeyValidator"}, config: apiKeys + `"enableSessionForAPIKeys":true,"customAPIKeyValidator":HOOK}]}}}`,
		run: sendKey, status: 500,
	},
	{
		name: "a new key", options: []string{"customKeyGenerator"}, config: apiKeys + `"customKeyGenerator":HOOK}]}}}`,
		before: signUp, run: post("/api-key/create", `{}`), status: 500, after: wantKeys(0),
	},
	{
		name: "permissions of a new key", options: []string{"defaultPermissions"}, config: apiKeys + `"permissions":{"defaultPermissions":HOOK}}]}}}`,
		before: signUp, run: post("/api-key/create", `{}`), status: 500, after: wantKeys(0),
	},
	{
		name: "storage of keys", options: []string{"customStorage.*"}, config: apiKeys + `"storage":"secondary-storage","customStorage":{"get":HOOK,"set":GOOD,"delete":GOOD}}]}}}`,
		before: signUp, run: get("/api-key/list"), status: 500,
	},
}
