package config

const named = `{"plugins":{"username":{`

var (
	signUpNamed = post("/sign-up/email", `{"name":"Ann","email":"`+ann+`","password":"password1234","username":"ann"}`)
	freeName    = post("/is-username-available", `{"username":"ann"}`)
)

var nameFailures = []failure{
	{name: "validator of usernames", options: []string{"usernameValidator"}, config: named + `"usernameValidator":HOOK}}}`, run: signUpNamed, status: 500, after: wantUser(false)},
	{name: "validator of usernames, asked", options: []string{"usernameValidator"}, config: named + `"usernameValidator":HOOK}}}`, run: freeName, status: 500},
	{name: "validator of display usernames", options: []string{"displayUsernameValidator"}, config: named + `"displayUsernameValidator":HOOK}}}`, run: post("/sign-up/email", `{"name":"Ann","email":"`+ann+`","password":"password1234","displayUsername":"Ann"}`), status: 500, after: wantUser(false)},
	{name: "normalization of usernames", options: []string{"usernameNormalization"}, config: named + `"usernameNormalization":HOOK}}}`, run: signUpNamed, status: 500, after: wantUser(false)},
	{name: "normalization of usernames, asked", options: []string{"usernameNormalization"}, config: named + `"usernameNormalization":HOOK}}}`, run: freeName, status: 500},
	{
		name: "normalization of display usernames", options: []string{"displayUsernameNormalization"}, config: named + `"displayUsernameNormalization":HOOK}}}`,
		run: post("/sign-up/email", `{"name":"Ann","email":"`+ann+`","password":"password1234","displayUsername":"not a name"}`), status: 500, after: wantUser(false),
	},
}
