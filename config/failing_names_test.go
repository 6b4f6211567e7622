package config

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

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

// phones returns the config of phone-number with further options.
func phones(own string) string { return `{"plugins":{"phone-number":{` + own + `}}}` }

const (
	phoneOfAnn = `"phoneNumber":"+491701234567"`
	withSender = `"sendOTP":GOOD,"sendPasswordResetOTP":GOOD,`
)

var (
	askPhone   = post("/phone-number/send-otp", `{`+phoneOfAnn+`}`)
	enterPhone = post("/sign-in/phone-number", `{`+phoneOfAnn+`,"password":"password1234"}`)
)

// numberOfAnn gives Ann a number, verified or not, and stores a code for it.
func numberOfAnn(verified bool) func(p *played) {
	return func(p *played) {
		signUp(p)
		p.change(store.Record{"phoneNumber": "+491701234567", "phoneNumberVerified": verified})
		codeOfAnn(p)
	}
}

// codeOfAnn stores codes for Ann's number.
func codeOfAnn(p *played) {
	for _, kind := range []string{"otp", "reset"} {
		if err := p.srv.Once.Put(p.Context(), "phone-number-"+kind+"-+491701234567", "123456:0", p.srv.Now().Add(time.Minute)); err != nil {
			p.Fatal(err)
		}
	}
}

var (
	usePhone   = post("/phone-number/verify", `{`+phoneOfAnn+`,"code":"123456"}`)
	resetPhone = post("/phone-number/reset-password", `{`+phoneOfAnn+`,"otp":"123456","newPassword":"password5678"}`)
)

// oldPassword checks that the password did not change.
func oldPassword(p *played) {
	if a := p.srv.Client().Post("/sign-in/email", signInAnn); a.Status != 200 {
		p.Errorf("the old password does not hold: %d %s", a.Status, a.Body)
	}
}

var phoneFailures = []failure{
	{name: "code by phone", options: []string{"sendOTP"}, config: phones(`"sendOTP":HOOK`), run: askPhone, status: 500},
	{
		name: "code by phone at a sign-in", options: []string{"sendOTP"}, config: phones(`"sendOTP":HOOK,"requireVerification":true`),
		before: numberOfAnn(false), run: enterPhone, status: 401, body: "PHONE_NUMBER_NOT_VERIFIED", logged: "plugins.phone-number.sendOTP failed",
	},
	{
		name: "reset by phone", options: []string{"sendPasswordResetOTP"}, config: phones(`"sendPasswordResetOTP":HOOK`),
		before: numberOfAnn(true), run: post("/phone-number/request-password-reset", `{`+phoneOfAnn+`}`),
		status: 200, body: `"status":true`, logged: "plugins.phone-number.sendPasswordResetOTP failed",
	},
	{name: "validator of numbers", options: []string{"phoneNumberValidator"}, config: phones(`"sendOTP":GOOD,"phoneNumberValidator":HOOK`), run: askPhone, status: 500},
	{name: "validator of numbers at a sign-in", options: []string{"phoneNumberValidator"}, config: phones(`"sendOTP":GOOD,"phoneNumberValidator":HOOK`), before: numberOfAnn(true), run: enterPhone, status: 500},
	{name: "check of a code", options: []string{"verifyOTP"}, config: phones(withSender + `"verifyOTP":HOOK`), before: numberOfAnn(true), run: usePhone, status: 500},
	{name: "check of a code for a reset", options: []string{"verifyOTP"}, config: phones(withSender + `"verifyOTP":HOOK`), before: numberOfAnn(true), run: resetPhone, status: 500, after: oldPassword},
	{name: "told of a verified number", options: []string{"callbackOnVerification"}, config: phones(withSender + `"callbackOnVerification":HOOK`), before: numberOfAnn(true), run: usePhone, status: 500},
	{name: "address of a new user", options: []string{"getTempEmail"}, config: phones(withSender + `"signUpOnVerification":{"getTempEmail":HOOK}`), before: codeOfAnn, run: usePhone, status: 500, after: wantUser(false)},
	{
		name: "name of a new user", options: []string{"getTempName"}, config: phones(withSender + `"signUpOnVerification":{"getTempEmail":GOOD,"getTempName":HOOK}`),
		answers: map[string]string{".getTempEmail": `{"result":"` + ann + `"}`}, before: codeOfAnn, run: usePhone, status: 500, after: wantUser(false),
	},
}
