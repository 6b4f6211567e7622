package config

import (
	"net/url"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

// generic returns a provider of generic-oauth whose tokens and user come from webhooks.
func generic(more string) string {
	return `{"plugins":{"generic-oauth":{"config":[{"providerId":"idp","clientId":"c","authorizationUrl":"https://idp.example/a","tokenUrl":"https://idp.example/t",` + more + `}]}}}`
}

var genericAnswers = map[string]string{
	".getToken":         `{"result":{"accessToken":"a","refreshToken":"r"}}`,
	".getUserInfo":      `{"result":{"id":"1","name":"Ann","email":"` + ann + `","emailVerified":true}}`,
	".mapProfileToUser": `{"result":{}}`,
}

// callBack runs a sign-in with the provider up to the callback.
func callBack(p *played) *authtest.Answer { return callBackOf(p, "idp") }

func callBackOf(p *played, provider string) *authtest.Answer {
	p.Helper()
	a := p.c.Post("/sign-in/social", `{"provider":"`+provider+`","callbackURL":"/dash","errorCallbackURL":"/failed"}`)
	address, _ := a.JSON(p)["url"].(string)
	u, err := url.Parse(address)
	if err != nil || address == "" {
		p.Fatalf("%d %s", a.Status, a.Body)
	}
	return redirected(p.c.Get("/callback/" + provider + "?code=c&state=" + url.QueryEscape(u.Query().Get("state"))))
}

// linked gives Ann an account at a provider with an expired access token.
func linked(provider string) func(p *played) {
	return func(p *played) {
		signUp(p)
		row, err := p.srv.Store.Create(p.Context(), "account", store.Record{
			"providerId": provider, "accountId": "1", "userId": p.user()["id"], "accessToken": "a", "refreshToken": "r",
			"createdAt": at(), "updatedAt": at(),
		})
		if err != nil {
			p.Fatal(err)
		}
		p.notes["account"], _ = row["id"].(string)
	}
}

func refresh(p *played) *authtest.Answer {
	return p.c.Post("/refresh-token", `{"accountId":"`+p.notes["account"]+`"}`)
}

// unsignedToken is an ID token of Ann, for a webhook that accepts it.
const unsignedToken = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJnLTEiLCJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1lIjoiQW5uIn0.c2ln"

var providerFailures = []failure{
	{
		name: "tokens", options: []string{"getToken"}, config: generic(`"getToken":HOOK,"getUserInfo":GOOD`), answers: genericAnswers,
		run: callBack, status: 302, body: "/failed?error=invalid_code", after: wantUser(false),
	},
	{
		name: "user of a generic provider", options: []string{"getUserInfo"}, config: generic(`"getToken":GOOD,"getUserInfo":HOOK`), answers: genericAnswers,
		run: callBack, status: 500, after: wantUser(false),
	},
	{
		name: "mapping of a generic provider", options: []string{"mapProfileToUser"},
		config: generic(`"getToken":GOOD,"getUserInfo":GOOD,"mapProfileToUser":HOOK`), answers: genericAnswers,
		run: callBack, status: 500, after: wantUser(false),
	},
	{
		name: "id of the account", options: []string{"accountSubject"},
		config: generic(`"getToken":GOOD,"getUserInfo":GOOD,"accountSubject":HOOK`), answers: genericAnswers,
		run: callBack, status: 302, body: "/failed?error=unable_to_get_user_info", after: wantUser(false),
	},
	{
		name: "assertion", options: []string{"getClientAssertion"},
		config: generic(`"tokenEndpointAuth":{"method":"private_key_jwt","getClientAssertion":HOOK},"getUserInfo":GOOD`), answers: genericAnswers,
		run: callBack, status: 302, body: "/failed?error=invalid_code", after: wantUser(false),
	},
	{
		name: "parameters of a refresh", options: []string{"refreshTokenParams"}, config: generic(`"clientSecret":"s","refreshTokenParams":HOOK,"getUserInfo":GOOD`),
		before: linked("idp"), run: refresh, status: 400, body: "FAILED_TO_REFRESH_ACCESS_TOKEN",
	},
	{
		name: "refresh", options: []string{"refreshAccessToken"},
		config: `{"socialProviders":{"google":{"clientId":"c","clientSecret":"s","refreshAccessToken":HOOK}}}`,
		before: linked("google"), run: refresh, status: 400, body: "FAILED_TO_REFRESH_ACCESS_TOKEN",
	},
	{
		name: "user", options: []string{"getUserInfo"},
		config: `{"socialProviders":{"google":{"clientId":"c","clientSecret":"s","verifyIdToken":GOOD,"getUserInfo":HOOK}}}`, answers: googleAnswers,
		run: idToken, status: 500, after: wantUser(false),
	},
	{
		name: "mapping", options: []string{"mapProfileToUser"},
		config:  `{"socialProviders":{"google":{"clientId":"c","clientSecret":"s","verifyIdToken":GOOD,"mapProfileToUser":HOOK}}}`,
		answers: googleAnswers, status: 500, after: wantUser(false),
		run: post("/sign-in/social", `{"provider":"google","idToken":{"token":"`+unsignedToken+`"}}`),
	},
	{
		name: "assertion of a refresh", options: []string{"clientAssertion"},
		config: `{"socialProviders":{"microsoft":{"clientId":"c","clientAssertion":HOOK,"getUserInfo":GOOD}}}`,
		before: linked("microsoft"), run: refresh, status: 400, body: "FAILED_TO_REFRESH_ACCESS_TOKEN",
	},
	{
		name: "assertion of a social provider", options: []string{"clientAssertion"},
		config:  `{"socialProviders":{"microsoft":{"clientId":"c","clientAssertion":HOOK,"getUserInfo":GOOD}}}`,
		answers: googleAnswers, status: 302, body: "/failed?error=invalid_code", after: wantUser(false),
		run: func(p *played) *authtest.Answer { return callBackOf(p, "microsoft") },
	},
}
