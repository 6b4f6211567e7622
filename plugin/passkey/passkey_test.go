package passkey_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/passkeytest"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func server(t *testing.T, o auth.Options, p passkey.Options) *authtest.Server {
	o.Plugins = append(o.Plugins, passkey.New(p))
	return authtest.New(t, authtest.PlainPasswords(o))
}

func newKey() *passkeytest.Key { return passkeytest.New(passkeytest.ES256, authtest.Origin) }

func registerOptions(c *authtest.Client) *authtest.Answer {
	return c.Get("/passkey/generate-register-options")
}

func signInOptions(c *authtest.Client) *authtest.Answer {
	return c.Get("/passkey/generate-authenticate-options")
}

func sendRegistration(c *authtest.Client, response, more string) *authtest.Answer {
	return c.Post("/passkey/verify-registration", `{"response":`+response+more+`}`)
}

func sendSignIn(c *authtest.Client, response string) *authtest.Answer {
	return c.Post("/passkey/verify-authentication", `{"response":`+response+`}`)
}

// register registers a passkey in the session of c.
func register(c *authtest.Client, k *passkeytest.Key, change ...func(*passkeytest.Ceremony)) *authtest.Answer {
	c.Server.T.Helper()
	return sendRegistration(c, k.Create(registerOptions(c).Text("challenge"), change...), "")
}

// signIn signs in with a passkey.
func signIn(c *authtest.Client, k *passkeytest.Key, change ...func(*passkeytest.Ceremony)) *authtest.Answer {
	c.Server.T.Helper()
	return sendSignIn(c, k.Get(signInOptions(c).Text("challenge"), change...))
}

func signedUp(s *authtest.Server, email string) *authtest.Client {
	c := s.Client()
	c.SignUp(email)
	return c
}

func TestFlow(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, passkey.Options{})
		c := signedUp(s, "a@example.com")
		for _, alg := range []int{passkeytest.ES256, passkeytest.EdDSA, passkeytest.RS256} {
			k := passkeytest.New(alg, authtest.Origin)
			k.Flags |= passkeytest.BackupEligible | passkeytest.BackedUp
			register(c, k).Want(200, "counter", 1, "deviceType", "multiDevice", "backedUp", true, "transports", "internal,hybrid",
				"name", nil, "createdAt", authtest.Start(), "aaguid", "00000000-0000-0000-0000-000000000000")
			other := s.Client()
			signIn(other, k).Want(200, "user.email", "a@example.com", "session.userId", s.ID("user"))
			if !other.SignedIn() {
				t.Error("no cookie came with the session")
			}
			s.WantRows(1, "passkey", store.Is("counter", 2.0))
			s.Change("passkey", store.Record{"counter": 0.0}, store.Is("counter", 2.0))
		}
		c.Get("/passkey/list-user-passkeys").Want(200, "", authtest.Len(3))
		id := c.Get("/passkey/list-user-passkeys").Text("0.id")
		c.Post("/passkey/update-passkey", `{"id":"`+id+`","name":"  Phone "}`).Want(200, "passkey.name", "Phone", "passkey.id", id)
		c.Post("/passkey/delete-passkey", `{"id":"`+id+`"}`).Want(200, "", map[string]any{"status": true})
		s.WantRows(2, "passkey")
	})
}

func TestOptionsForTheBrowser(t *testing.T) {
	selection := func(residentKey, verification string, required bool) map[string]any {
		return map[string]any{"residentKey": residentKey, "userVerification": verification, "requireResidentKey": required}
	}
	for name, tc := range map[string]struct {
		o     passkey.Options
		query string
		want  []any
	}{
		"defaults": {passkey.Options{}, "", []any{
			"rp", map[string]any{"name": "Better Auth", "id": "localhost"}, "user.name", "a@example.com", "user.displayName", "a@example.com",
			"timeout", 60000, "attestation", "none", "excludeCredentials", []any{}, "authenticatorSelection", selection("preferred", "preferred", false),
			"extensions", map[string]any{"credProps": true}, "hints", []any{}, "pubKeyCredParams.0.alg", -8, "pubKeyCredParams.1.alg", -7, "pubKeyCredParams.2.alg", -257,
			"challenge", authtest.Like(`^[\w-]{43}$`), "user.id", authtest.Like(`^[\w-]{43}$`),
		}},
		"site":      {passkey.Options{RPID: "example.com", RPName: "Acme"}, "", []any{"rp", map[string]any{"name": "Acme", "id": "example.com"}}},
		"name":      {passkey.Options{}, "?name=Ada", []any{"user.name", "Ada", "user.displayName", "a@example.com"}},
		"selection": {passkey.Options{AuthenticatorSelection: passkey.AuthenticatorSelection{ResidentKey: "required", UserVerification: "discouraged"}}, "", []any{"authenticatorSelection", selection("required", "discouraged", true)}},
		"attachment of the request": {
			passkey.Options{AuthenticatorSelection: passkey.AuthenticatorSelection{AuthenticatorAttachment: "platform"}}, "?authenticatorAttachment=cross-platform",
			[]any{"authenticatorSelection.authenticatorAttachment", "cross-platform"},
		},
		"extensions": {
			passkey.Options{Registration: passkey.RegistrationOptions{Extensions: passkey.Extensions{Fixed: js.Obj("minPinLength", true, "credProps", false)}}}, "",
			[]any{"extensions", map[string]any{"minPinLength": true, "credProps": true}},
		},
		"extensions of a func": {
			passkey.Options{Registration: passkey.RegistrationOptions{Extensions: passkey.Extensions{Func: func(_ context.Context, in passkey.ExtensionsRequest) (*js.Object, error) {
				return js.Obj("path", in.Call.Route.Path), nil
			}}}}, "", []any{"extensions.path", "/passkey/generate-register-options"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(t, auth.Options{}, tc.o)
			c := signedUp(s, "a@example.com")
			c.Get("/passkey/generate-register-options"+tc.query).Want(200, tc.want...).
				WantCookie("better-auth.better-auth-passkey", "HttpOnly", "SameSite=Lax", "Max-Age=300")
		})
	}
}

func TestSignInOptions(t *testing.T) {
	s := server(t, auth.Options{}, passkey.Options{Authentication: passkey.AuthenticationOptions{Extensions: passkey.Extensions{Fixed: js.Obj("appid", "x")}}})
	signInOptions(s.Client()).Want(200, "rpId", "localhost", "timeout", 60000, "userVerification", "preferred", "allowCredentials", authtest.Absent, "extensions.appid", "x")
	c := signedUp(s, "a@example.com")
	row := register(c, newKey())
	allowed := []any{map[string]any{"id": row.Text("credentialID"), "transports": []any{"internal", "hybrid"}, "type": "public-key"}}
	signInOptions(c).Want(200, "allowCredentials", allowed)
	registerOptions(c).Want(200, "excludeCredentials", allowed)
}

// Strangers register nothing, sessions must be fresh, and bad bodies are refused.
func TestRefused(t *testing.T) {
	s := server(t, auth.Options{}, passkey.Options{})
	stranger := s.Client()
	registerOptions(stranger).WantCode(401, "UNAUTHORIZED")
	sendRegistration(stranger, "{}", "").WantCode(401, "UNAUTHORIZED")
	for _, path := range []string{"delete-passkey", "update-passkey"} {
		stranger.Post("/passkey/"+path, `{"id":"x","name":"x"}`).WantCode(401, "UNAUTHORIZED")
	}
	stranger.Get("/passkey/list-user-passkeys").WantCode(401, "UNAUTHORIZED")
	sendSignIn(stranger, "{}").WantCode(400, "CHALLENGE_NOT_FOUND")
	signIn(stranger, newKey()).WantCode(401, "PASSKEY_NOT_FOUND")
	c := signedUp(s, "a@example.com")
	for _, body := range []string{"[]", `{"response":1}`, `{"response":null}`, `{"response":{}}`, `{"response":{"id":"x","rawId":"x","type":"public-key","response":{}}}`} {
		registerOptions(c)
		c.Post("/passkey/verify-registration", body).Want(map[bool]int{true: 400, false: 500}[body == "[]"])
		signInOptions(c)
		if got := c.Post("/passkey/verify-authentication", body); got.Status != 400 && got.Status != 401 {
			t.Errorf("%s: %v", body, got)
		}
	}
	c.Post("/passkey/delete-passkey", `{"id":""}`).Want(400)
	c.Post("/passkey/delete-passkey", `{"id":"x"}`).WantCode(404, "PASSKEY_NOT_FOUND")
	c.Post("/passkey/update-passkey", `{"id":"x","name":" "}`).WantCode(400, "VALIDATION_ERROR")
	challenge := registerOptions(c).Text("challenge")
	c.Origin = ""
	c.Post("/passkey/verify-registration", `{"response":`+newKey().Create(challenge)+`}`).Want(403)
	c.Origin = authtest.Origin
	s.Advance(25 * time.Hour)
	registerOptions(c).WantCode(403, "SESSION_NOT_FRESH")
	sendRegistration(c, "{}", "").WantCode(403, "SESSION_NOT_FRESH")
}

func TestRegistrationBeginsSession(t *testing.T) {
	var verified []bool
	admit := auth.Manifest{ID: "door", Admit: func(_ *auth.Context, _ *auth.User, how auth.SignIn) error {
		if how.Method == "passkey" {
			verified = append(verified, how.UserVerified)
		}
		return nil
	}}
	s := server(t, auth.Options{Plugins: []auth.Plugin{admit}}, passkey.Options{})
	c := signedUp(s, "a@example.com")
	k := newKey()
	got := sendRegistration(c, k.Create(registerOptions(c).Text("challenge")), `,"createSession":true,"name":" K "`)
	got.Want(200, "name", "K", "session.userId", s.ID("user"), "user.email", "a@example.com").WantCookie("better-auth.session_token", "HttpOnly")
	s.WantRows(2, "session")
	k.Flags &^= passkeytest.UserVerified
	signIn(s.Client(), k).Want(200)
	if len(verified) != 2 || !verified[0] || verified[1] {
		t.Errorf("the door was told %v", verified)
	}
}

// A sign-in that another plugin refuses leaves neither the session nor, at a registration, the passkey.
func TestRefusedAtTheDoor(t *testing.T) {
	refuse := false
	admit := auth.Manifest{ID: "door", Admit: func(*auth.Context, *auth.User, auth.SignIn) error {
		if refuse {
			return auth.Forbidden(auth.Code{Name: "SHUT", Message: "Shut"})
		}
		return nil
	}}
	s := server(t, auth.Options{Plugins: []auth.Plugin{admit}}, passkey.Options{})
	c := signedUp(s, "a@example.com")
	k := newKey()
	register(c, k).Want(200)
	refuse = true
	signIn(s.Client(), k).WantCode(403, "SHUT").WantNoCookie("better-auth.session_token")
	sendRegistration(c, newKey().Create(registerOptions(c).Text("challenge")), `,"createSession":true`).WantCode(403, "SHUT")
	s.WantRows(1, "session")
	s.WantRows(1, "passkey")
}

func TestWithoutSession(t *testing.T) {
	no := false
	var s *authtest.Server
	var seen passkey.AfterRegistration
	after := passkey.Assignment{}
	o := passkey.Options{Registration: passkey.RegistrationOptions{
		RequireSession: &no,
		ResolveUser: func(_ context.Context, in passkey.ResolveRequest) (passkey.User, error) {
			if in.Context == nil || *in.Context != "invitation" {
				return passkey.User{}, nil
			}
			return passkey.User{ID: s.ID("user", store.Is("email", "a@example.com")), Name: "ada"}, nil
		},
		AfterVerification: func(_ context.Context, in passkey.AfterRegistration) (passkey.Assignment, error) {
			seen = in
			return after, nil
		},
	}}
	s = server(t, auth.Options{}, o)
	signedUp(s, "a@example.com")
	bob := signedUp(s, "b@example.com").Get("/get-session").Text("user.id")
	c := s.Client()
	registerOptions(c).WantCode(400, "RESOLVED_USER_INVALID")
	options := func() string {
		return c.Get("/passkey/generate-register-options?context=invitation").Want(200, "user.name", "ada").Text("challenge")
	}
	k := newKey()
	sendRegistration(c, k.Create(options()), "").Want(200, "userId", s.ID("user", store.Is("email", "a@example.com")))
	if seen.User.Name != "ada" || *seen.Context != "invitation" || seen.Verification.Format != "none" || !seen.Verification.UserVerified || seen.Verification.Origin != authtest.Origin {
		t.Errorf("%+v", seen)
	}
	after = passkey.Assignment{UserID: bob, Name: " Bob's "}
	sendRegistration(c, newKey().Create(options()), "").Want(200, "userId", bob, "name", "Bob's")
	after = passkey.Assignment{UserID: "nobody"}
	sendRegistration(c, newKey().Create(options()), `,"createSession":true`).WantCode(500, "USER_NOT_FOUND")
	// Within a session the passkey cannot go to somebody else.
	in := signedUp(s, "c@example.com")
	after = passkey.Assignment{UserID: bob}
	register(in, newKey()).WantCode(401, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY")
	s.WantRows(2, "passkey")
	signIn(c, k).Want(200, "user.email", "a@example.com")
}

func TestCallbacksThatFail(t *testing.T) {
	refusal := error(auth.Forbidden(auth.Code{Name: "NO", Message: "No"}))
	fail := false
	result := func() error {
		if fail {
			return refusal
		}
		return nil
	}
	s := server(t, auth.Options{}, passkey.Options{
		Registration: passkey.RegistrationOptions{AfterVerification: func(context.Context, passkey.AfterRegistration) (passkey.Assignment, error) {
			return passkey.Assignment{}, result()
		}},
		Authentication: passkey.AuthenticationOptions{AfterVerification: func(context.Context, passkey.AfterAuthentication) (callback.Nothing, error) {
			return callback.Nothing{}, result()
		}},
	})
	c := signedUp(s, "a@example.com")
	k := newKey()
	register(c, k).Want(200)
	fail = true
	register(c, newKey()).WantCode(403, "NO")
	signIn(s.Client(), k).WantCode(403, "NO").WantNoCookie("better-auth.session_token")
	refusal = errors.New("broken")
	register(c, newKey()).WantCode(500, "FAILED_TO_VERIFY_REGISTRATION")
	signIn(s.Client(), k).WantCode(400, "AUTHENTICATION_FAILED").WantNoCookie("better-auth.session_token")
	s.WantRows(1, "passkey")
}

// What an authenticator signs beside the key reaches the callbacks.
func TestVerificationForCallbacks(t *testing.T) {
	var bodies []string
	s := server(t, auth.Options{}, passkey.Options{
		Registration: passkey.RegistrationOptions{AfterVerification: func(_ context.Context, in passkey.AfterRegistration) (passkey.Assignment, error) {
			bodies = append(bodies, string(js.Marshal(in.Verification.Arguments()[0])))
			return passkey.Assignment{}, nil
		}},
		Authentication: passkey.AuthenticationOptions{AfterVerification: func(_ context.Context, in passkey.AfterAuthentication) (callback.Nothing, error) {
			bodies = append(bodies, string(js.Marshal(in.Verification.Arguments()[0])))
			return callback.Nothing{}, nil
		}},
	})
	c := signedUp(s, "a@example.com")
	k := newKey()
	extend := func(o *passkeytest.Ceremony) {
		o.Flags |= passkeytest.Extended
		o.Extensions = map[string]any{"credProtect": 2, "blob": []byte{1, 2}, "nested": map[string]any{"list": []any{true, nil, "x", 1.5}}}
	}
	register(c, k, extend).Want(200)
	signIn(s.Client(), k, extend).Want(200)
	for _, body := range bodies {
		if !strings.Contains(body, `"authenticatorExtensionResults":{"blob":"AQI","credProtect":2,"nested":{"list":[true,null,"x",1.5]}}`) {
			t.Error(body)
		}
	}
}

// While the database fails, nobody is told that a challenge or a passkey does not exist.
func TestOutage(t *testing.T) {
	var outage authtest.Outage
	s := server(t, auth.Options{Database: outage.Driver(memstore.New())}, passkey.Options{})
	c, k := signedUp(s, "a@example.com"), newKey()
	register(c, k).Want(200)
	create, get := registerOptions(c).Text("challenge"), signInOptions(s.Client()).Text("challenge")
	for _, send := range []func() *authtest.Answer{
		func() *authtest.Answer { return sendRegistration(c, newKey().Create(create), "") },
		func() *authtest.Answer { return sendSignIn(c, k.Get(get)) },
		func() *authtest.Answer { return registerOptions(c) },
		func() *authtest.Answer { return signInOptions(s.Client()) },
	} {
		outage.Begin(fmt.Errorf("connection refused: %w", store.ErrUnavailable))
		send().WantCode(503, "SERVICE_UNAVAILABLE")
		outage.End()
	}
}

// Rows that the reference wrote may have algorithms that are not offered here.
func TestRowOfTheReference(t *testing.T) {
	s := server(t, auth.Options{}, passkey.Options{})
	c := signedUp(s, "a@example.com")
	k := passkeytest.New(passkeytest.PS256, authtest.Origin)
	register(c, k).WantCode(500, "FAILED_TO_VERIFY_REGISTRATION")
	_, err := s.Store.Create(t.Context(), "passkey", store.Record{
		"userId": s.ID("user"), "credentialID": base64.RawURLEncoding.EncodeToString(k.ID), "publicKey": k.PublicKey(),
		"counter": 0.0, "deviceType": "singleDevice", "backedUp": false,
	})
	if err != nil {
		t.Fatal(err)
	}
	signInOptions(c).Want(200, "allowCredentials.0.transports", authtest.Absent)
	signIn(s.Client(), k).Want(200, "user.email", "a@example.com")
	signIn(s.Client(), k, func(o *passkeytest.Ceremony) { o.Signature = func([]byte) []byte { return make([]byte, 256) } }).WantCode(401, "AUTHENTICATION_FAILED")
	s.Change("passkey", store.Record{"publicKey": "no base64"})
	signIn(s.Client(), k).WantCode(400, "AUTHENTICATION_FAILED")
}

func TestAuthenticatorName(t *testing.T) {
	for aaguid, want := range map[string]string{
		" BADA5566-A7AA-401F-BD96-45619A55120D ": "1Password", "": "", "00000000-0000-0000-0000-000000000000": "", "x": "",
		"6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
	} {
		if got := passkey.AuthenticatorName(aaguid); got != want {
			t.Errorf("%q: %q", aaguid, got)
		}
	}
}

func TestOptionsInFiles(t *testing.T) {
	var origins passkey.Origins
	var extensions passkey.Extensions
	for text, want := range map[string]int{`"https://a.example"`: 1, `["https://a.example","https://b.example"]`: 2, `null`: 0, `""`: 0, `[]`: 0} {
		origins = nil
		if err := origins.UnmarshalJSON([]byte(text)); err != nil || len(origins) != want {
			t.Errorf("%s: %q %v", text, origins, err)
		}
	}
	for _, text := range []string{`1`, `[1]`, `{}`, `{`} {
		if err := origins.UnmarshalJSON([]byte(text)); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
	if err := extensions.UnmarshalJSON([]byte(`{"prf":{}}`)); err != nil || extensions.Fixed.Len() != 1 {
		t.Error(err)
	}
	if err := extensions.UnmarshalJSON([]byte(`{"webhook":"https://a.example"}`)); err != nil || extensions.Func == nil {
		t.Error(err)
	}
}
