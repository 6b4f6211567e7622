package config

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

var hookFailures = []failure{
	{name: "before hook", options: []string{"hooks.*"}, config: `{"hooks":{"before":HOOK}}`, run: get("/ok"), status: 500},
	{name: "after hook", options: []string{"hooks.*"}, config: `{"hooks":{"after":HOOK}}`, run: get("/ok"), status: 500},
	{
		name: "row hook before", options: []string{"databaseHooks.*"}, config: `{"databaseHooks":{"user":{"create":{"before":HOOK}}}}`,
		run: post("/sign-up/email", signUpAnn), status: 422, body: "FAILED_TO_CREATE_USER", after: wantUser(false),
	},
	{
		name: "row hook after", options: []string{"databaseHooks.*"}, config: `{"databaseHooks":{"user":{"create":{"after":HOOK}}}}`,
		run: post("/sign-up/email", signUpAnn), status: 500, after: wantUser(true),
	},
	{
		name: "row hook before a change", options: []string{"databaseHooks.*"}, config: `{"databaseHooks":{"user":{"update":{"before":HOOK}}}}`,
		before: signUp, run: post("/update-user", `{"name":"Other"}`), status: 500,
		after: func(p *played) {
			if name := p.user()["name"]; name != "Test" {
				p.Errorf("the name became %v", name)
			}
		},
	},
	{
		name: "row hook before a deletion", options: []string{"databaseHooks.*"},
		config: `{"user":{"deleteUser":{"enabled":true}},"databaseHooks":{"user":{"delete":{"before":HOOK}}}}`,
		before: signUp, run: post("/delete-user", `{}`), status: 500, after: wantUser(true),
	},
	{
		// A callback that is called with an error cannot change it.
		name: "told of an error", options: []string{"onAPIError.onError"}, config: `{"onAPIError":{"onError":HOOK}}`,
		run: post("/sign-in/email", "{"), status: 400, body: "*", logged: "onAPIError.onError failed",
	},
}

const google = `"socialProviders":{"google":{"clientId":"c","clientSecret":"s","verifyIdToken":GOOD,"getUserInfo":GOOD`

// googleAnswers make every ID token belong to Ann.
var googleAnswers = map[string]string{
	".verifyIdToken": `{"result":true}`,
	".getUserInfo":   `{"result":{"user":{"id":"g-1","name":"Ann","email":"` + ann + `","emailVerified":true},"data":{"sub":"g-1"}}}`,
}

var (
	idToken = post("/sign-in/social", `{"provider":"google","idToken":{"token":"t"}}`)
	linkAll = `,"account":{"accountLinking":{"requireLocalEmailVerified":false`
)

var decisionFailures = []failure{
	{
		name: "validation of a user", options: []string{"validateUserInfo"}, config: `{"user":{"validateUserInfo":HOOK}}`,
		run: post("/sign-up/email", signUpAnn), status: 403, body: "validation_failed", after: wantUser(false),
	},
	{
		name: "trusted origins", options: []string{"trustedOrigins"}, config: `{"trustedOrigins":HOOK}`,
		before: signUp, run: post("/sign-in/email", signInAnn), status: 500,
	},
	{
		name: "trusted providers", options: []string{"trustedProviders"},
		config: `{` + google + `}}` + linkAll + `,"trustedProviders":HOOK}}}`, answers: googleAnswers,
		before: signUp, run: idToken, status: 500,
		after: func(p *played) {
			if n, err := p.srv.Store.Count(p.Context(), "account"); err != nil || n != 1 {
				p.Errorf("%d accounts, %v", n, err)
			}
		},
	},
	{
		name: "limit", options: []string{"customRules"}, config: `{"rateLimit":{"enabled":true,"customRules":{"/ok":HOOK}}}`,
		run: get("/ok"), status: 500,
	},
	{
		name: "storage of the limiter", options: []string{"customStorage.consume"}, config: `{"rateLimit":{"enabled":true,"customStorage":{"consume":HOOK}}}`,
		run: get("/get-session"), status: 503, body: "SERVICE_UNAVAILABLE",
	},
	{
		name: "storage of the limiter, nothing to limit", options: []string{"customStorage.consume"}, config: `{"rateLimit":{"enabled":true,"customStorage":{"consume":HOOK}}}`,
		run: get("/ok"), status: 200, body: "*",
	},
	{
		name: "version of the session cache", options: []string{"cookieCache.version"},
		config: `{"session":{"cookieCache":{"enabled":true,"version":HOOK}}}`, answers: map[string]string{".version": `{"result":"1"}`},
		before: signUp, run: get("/get-session"), status: 500, body: "FAILED_TO_GET_SESSION",
	},
	{
		// Not a 401, which would sign the client out.
		name: "version of the session cache, where a session is needed", options: []string{"cookieCache.version"},
		config: `{"session":{"cookieCache":{"enabled":true,"version":HOOK}}}`, answers: map[string]string{".version": `{"result":"1"}`},
		before: signUp, run: get("/list-accounts"), status: 500, body: "FAILED_TO_GET_SESSION",
	},
	{
		name: "id token", options: []string{"verifyIdToken"},
		config: `{"socialProviders":{"google":{"clientId":"c","clientSecret":"s","verifyIdToken":HOOK}}}`,
		run:    idToken, status: 401, body: "INVALID_TOKEN", after: wantUser(false),
	},
	{
		name: "signature of a wallet", options: []string{"verifyMessage"}, config: wallets + `"verifyMessage":HOOK}}}`, answers: walletAnswers,
		before: sentNonce, run: useWallet, status: 401, body: "Something went wrong", after: wantUser(false), logged: "could not be verified",
	},
	{
		name: "name of a wallet", options: []string{"ensLookup"}, config: wallets + `"verifyMessage":GOOD,"ensLookup":HOOK}}}`, answers: walletAnswers,
		before: sentNonce, run: useWallet, status: 401, body: "Something went wrong", after: wantUser(false), logged: "could not be verified",
	},
	{name: "client of a device", options: []string{"validateClient"}, config: devices + `"validateClient":HOOK}}}`, run: askDevice, status: 500},
	{name: "request of a device", options: []string{"onDeviceAuthRequest"}, config: devices + `"onDeviceAuthRequest":HOOK}}}`, run: askDevice, status: 500},
}

var captchaFailures = []failure{
	{
		name: "verdict of BotID", options: []string{"checkBotId"}, config: `{"plugins":{"captcha":{"provider":"vercel-botid","checkBotId":HOOK}}}`,
		run: post("/sign-up/email", signUpAnn), status: 500, body: "UNKNOWN_ERROR", after: wantUser(false),
	},
	{
		name: "decision about a robot", options: []string{"validateRequest"}, config: `{"plugins":{"captcha":{"provider":"vercel-botid","checkBotId":GOOD,"validateRequest":HOOK}}}`,
		run: post("/sign-up/email", signUpAnn), status: 500, body: "UNKNOWN_ERROR", after: wantUser(false),
	},
}

var localeFailures = []failure{
	{
		name: "locale", options: []string{"getLocale"}, config: `{"plugins":{"i18n":{"locales":["de"],"detection":["callback"],"getLocale":HOOK}}}`,
		run: post("/sign-in/email", signInAnn), status: 500,
	},
}

// defaultID checks that a sign-up creates a user with an id of the default form.
func defaultID(p *played) {
	if id, _ := p.user()["id"].(string); len(id) != 32 || strings.Contains(id, "-") {
		p.Errorf("the id is %q", id)
	}
}

// wantFactors checks how many users have an authenticator app.
func wantFactors(n int) func(p *played) {
	return func(p *played) { p.srv.WantRows(n, "twoFactor") }
}

const (
	links = `{"plugins":{"magic-link":{"sendMagicLink":GOOD,`
	codes = `{"plugins":{"email-otp":{"sendVerificationOTP":GOOD,`
	once  = `{"plugins":{"one-time-token":{`
	spare = `{"plugins":{"two-factor":{"backupCodeOptions":{`
	keys  = `{"plugins":{"jwt":{`

	devices = `{"plugins":{"device-authorization":{`
	wallets = `{"plugins":{"siwe":{"domain":"app.example.com","getNonce":GOOD,`
)

var (
	askLink  = post("/sign-in/magic-link", `{"email":"`+ann+`"}`)
	askCode  = post("/email-otp/send-verification-otp", `{"email":"`+ann+`","type":"sign-in"}`)
	useCode  = post("/sign-in/email-otp", `{"email":"`+ann+`","otp":"000000"}`)
	askToken = get("/token")

	askDevice = post("/device/code", `{"client_id":"tv"}`)
	askNonce  = post("/siwe/nonce", "")
	useWallet = post("/siwe/verify", `{"signature":"0x","message":"app.example.com wants you to sign in with your Ethereum account:\n`+
		`0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A\n\n\nURI: https://app.example.com\nVersion: 1\nChain ID: 1\nNonce: nonce0001\nIssued At: 2026-11-24T12:00:00Z"}`)
	enable = post("/two-factor/enable", `{"password":"password1234"}`)
)

// walletAnswers make every signature valid.
var walletAnswers = map[string]string{".getNonce": `{"result":"nonce0001"}`, ".verifyMessage": `{"result":true}`}

func sentNonce(p *played) {
	if a := askNonce(p); a.Status != 200 {
		p.Fatalf("%d %s", a.Status, a.Body)
	}
}

func sentCode(p *played) {
	if a := askCode(p); a.Status != 200 {
		p.Fatalf("%d %s", a.Status, a.Body)
	}
}

var makerFailures = []failure{
	{
		name: "ids", options: []string{"advanced.generateId"}, config: `{"advanced":{"generateId":HOOK}}`,
		run: post("/sign-up/email", signUpAnn), status: 200, body: ann, after: defaultID, logged: "generateId failed",
	},
	{
		name: "ids of the database", options: []string{"generateId"}, config: `{"advanced":{"database":{"generateId":HOOK}}}`,
		run: post("/sign-up/email", signUpAnn), status: 200, body: ann, after: defaultID, logged: "generateId failed",
	},
	{
		name: "pretended user", options: []string{"customSyntheticUser"}, config: `{"emailAndPassword":{"autoSignIn":false,"customSyntheticUser":HOOK}}`,
		before: signUp, run: post("/sign-up/email", signUpAnn), status: 500,
	},
	{name: "token of a link", options: []string{"generateToken"}, config: links + `"generateToken":HOOK}}}`, run: askLink, status: 500},
	{name: "hash of a link's token", options: []string{"storeToken.hash"}, config: links + `"storeToken":{"type":"custom-hasher","hash":HOOK}}}}`, run: askLink, status: 500},
	{
		name: "one-time token", options: []string{"generateToken"}, config: once + `"generateToken":HOOK}}}`,
		before: signUp, run: get("/one-time-token/generate"), status: 500,
	},
	{
		name: "hash of a one-time token", options: []string{"storeToken.hash"}, config: once + `"storeToken":{"type":"custom-hasher","hash":HOOK}}}}`,
		before: signUp, run: get("/one-time-token/generate"), status: 500,
	},
	{
		name: "hash of an identifier", options: []string{"storeIdentifier.hash"},
		config: `{"verification":{"storeIdentifier":{"hash":HOOK}},"plugins":{"magic-link":{"sendMagicLink":GOOD}}}`, run: askLink, status: 500,
	},
	{name: "code", options: []string{"generateOTP"}, config: codes + `"generateOTP":HOOK}}}`, run: askCode, status: 500},
	{name: "hash of a code", options: []string{"storeOTP.*"}, config: codes + `"storeOTP":{"hash":HOOK}}}}`, run: askCode, status: 500},
	{
		name: "hash of a guess", options: []string{"storeOTP.*"}, config: codes + `"storeOTP":{"hash":HOOK}}}}`, answers: map[string]string{".hash": `{"result":"kept"}`},
		before: sentCode, run: useCode, status: 500, after: wantUser(false),
	},
	{name: "encryption of a code", options: []string{"storeOTP.*"}, config: codes + `"storeOTP":{"encrypt":HOOK,"decrypt":GOOD}}}}`, run: askCode, status: 500},
	{
		name: "decryption of a code", options: []string{"storeOTP.*"}, config: codes + `"storeOTP":{"encrypt":GOOD,"decrypt":HOOK}}}}`, answers: map[string]string{".encrypt": `{"result":"kept"}`},
		before: sentCode, run: useCode, status: 500, after: wantUser(false),
	},
	{name: "device code", options: []string{"generateDeviceCode"}, config: devices + `"generateDeviceCode":HOOK}}}`, run: askDevice, status: 500},
	{name: "user code", options: []string{"generateUserCode"}, config: devices + `"generateUserCode":HOOK}}}`, run: askDevice, status: 500},
	{name: "nonce", options: []string{"getNonce"}, config: `{"plugins":{"siwe":{"domain":"app.example.com","getNonce":HOOK}}}`, run: post("/siwe/nonce", ""), status: 500},
	{
		name: "encryption of a second factor's code", options: []string{"storeOTP.*"},
		config: `{"plugins":{"two-factor":{"otpOptions":{"sendOTP":GOOD,"storeOTP":{"encrypt":HOOK,"decrypt":GOOD}}}}}`,
		before: signUp, run: post("/two-factor/send-otp", `{}`), status: 500,
	},
	{
		name: "backup codes", options: []string{"customBackupCodesGenerate"}, config: spare + `"customBackupCodesGenerate":HOOK}}}}`,
		before: signUp, run: enable, status: 500, after: wantFactors(0),
	},
	{
		name: "encryption of backup codes", options: []string{"storeBackupCodes.*"}, config: spare + `"storeBackupCodes":{"encrypt":HOOK,"decrypt":GOOD}}}}}`,
		before: signUp, run: enable, status: 500, after: wantFactors(0),
	},
	{
		name: "decryption of backup codes", options: []string{"storeBackupCodes.*"}, config: spare + `"storeBackupCodes":{"encrypt":GOOD,"decrypt":HOOK}}}}}`,
		answers: map[string]string{".encrypt": `{"result":"kept"}`},
		before:  func(p *played) { signUp(p); enable(p) },
		run:     post("/two-factor/verify-backup-code", `{"code":"kept"}`), status: 500, after: wantFactors(1),
	},
	{name: "claims", options: []string{"jwt.*"}, config: keys + `"jwt":{"definePayload":HOOK}}}}`, before: signUp, run: askToken, status: 500},
	{name: "subject", options: []string{"jwt.*"}, config: keys + `"jwt":{"getSubject":HOOK}}}}`, before: signUp, run: askToken, status: 500},
	{
		name: "signature", options: []string{"jwt.*"},
		config: keys + `"jwks":{"remoteUrl":"https://keys.example/jwks","keyPairConfig":{"alg":"ES256"}},"jwt":{"sign":HOOK}}}}`,
		before: signUp, run: askToken, status: 500,
	},
	{name: "keys", options: []string{"adapter.*"}, config: keys + `"adapter":{"getJwks":HOOK,"createJwk":GOOD}}}}`, run: get("/jwks"), status: 500},
	{
		name: "new key", options: []string{"adapter.*"}, config: keys + `"adapter":{"getJwks":GOOD,"createJwk":HOOK}}}}`,
		answers: map[string]string{".getJwks": `{"result":[]}`}, run: get("/jwks"), status: 500,
	},
}

var storageFailures = []failure{
	{name: "reading", options: []string{"secondaryStorage.*"}, config: storageWith("get"), before: signUp, run: get("/get-session"), status: 503, body: "SERVICE_UNAVAILABLE"},
	{name: "writing", options: []string{"secondaryStorage.*"}, config: storageWith("set"), before: signUp, run: post("/sign-in/email", signInAnn), status: 503, body: "SERVICE_UNAVAILABLE"},
	{name: "deleting", options: []string{"secondaryStorage.*"}, config: storageWith("delete"), before: signUp, run: post("/revoke-sessions", `{}`), status: 503, body: "SERVICE_UNAVAILABLE"},
	{
		name: "taking", options: []string{"secondaryStorage.*"}, config: storageWith("getAndDelete"), status: 503, body: "SERVICE_UNAVAILABLE", after: wantUser(false),
		before: func(p *played) { askLink(p); p.notes["token"] = p.token("plugins.magic-link.sendMagicLink") },
		run: func(p *played) *authtest.Answer {
			return p.c.Get("/magic-link/verify?token=" + p.notes["token"])
		},
	},
	{name: "counting", options: []string{"secondaryStorage.*"}, config: storageWith("increment"), run: get("/get-session"), status: 503, body: "SERVICE_UNAVAILABLE"},
	{name: "counting, nothing to limit", options: []string{"secondaryStorage.*"}, config: storageWith("increment"), run: get("/ok"), status: 200, body: "*"},
}

// storageWith returns a storage of which one webhook fails.
func storageWith(name string) string {
	var parts []string
	for _, n := range []string{"get", "set", "delete", "getAndDelete", "increment"} {
		part := `"` + n + `":GOOD`
		if n == name {
			part = `"` + n + `":HOOK`
		}
		parts = append(parts, part)
	}
	return `{"secondaryStorage":{` + strings.Join(parts, ",") + `},"rateLimit":{"enabled":true,"storage":"secondary-storage"},"plugins":{"magic-link":{"sendMagicLink":GOOD}}}`
}

// redirected converts a redirect to an answer with its URL, so that failures can check it.
func redirected(a *authtest.Answer) *authtest.Answer {
	a.Body = a.Header.Get("Location")
	return a
}
