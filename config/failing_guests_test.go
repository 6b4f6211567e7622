package config

const guests = `{"plugins":{"anonymous":{`

var enter = post("/sign-in/anonymous", `{}`)

// guestFailures are those of the plugins about sessions.
var guestFailures = []failure{
	{name: "name of an anonymous user", options: []string{"generateName"}, config: guests + `"generateName":HOOK}}}`, run: enter, status: 500},
	{name: "address of an anonymous user", options: []string{"generateRandomEmail"}, config: guests + `"generateRandomEmail":HOOK}}}`, run: enter, status: 500},
	{
		name: "name of the last method", options: []string{"customResolveMethod"}, config: `{"plugins":{"last-login-method":{"customResolveMethod":HOOK}}}`,
		run: post("/sign-up/email", signUpAnn), status: 500,
	},
	{
		name: "cookie with the last method", options: []string{"beforeStoreCookie"}, config: `{"plugins":{"last-login-method":{"beforeStoreCookie":HOOK}}}`,
		run: post("/sign-up/email", signUpAnn), status: 200, body: ann, logged: "beforeStoreCookie failed",
		after: func(p *played) {
			if _, ok := p.c.Jar["better-auth.last_used_login_method"]; ok {
				p.Error("the cookie is set")
			}
		},
	},
	{
		name: "session of one's own", options: []string{"fn"}, config: `{"plugins":{"custom-session":{"fn":HOOK}}}`,
		before: signUp, run: get("/get-session"), status: 500,
	},
	{
		// The sign-up stays, and so does the anonymous user with its cookie.
		name: "linking of an anonymous user", options: []string{"anonymous.onLinkAccount"}, config: guests + `"onLinkAccount":HOOK}}}`,
		before: func(p *played) { enter(p) }, run: post("/sign-up/email", signUpAnn), status: 500,
		after: func(p *played) {
			wantUser(true)(p)
			p.c.Get("/get-session").Want(200, "user.isAnonymous", true)
		},
	},
}
