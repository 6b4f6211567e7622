package passkey_test

import (
	"encoding/base64"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/passkeytest"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/store"
)

type change = func(*passkeytest.Ceremony)

func client(name string, v any) change {
	return func(o *passkeytest.Ceremony) { o.ClientData[name] = v }
}

func outer(name string, v any) change { return func(o *passkeytest.Ceremony) { o.Outer[name] = v } }

func inner(name string, v any) change { return func(o *passkeytest.Ceremony) { o.Inner[name] = v } }

func flags(clear, set byte) change {
	return func(o *passkeytest.Ceremony) { o.Flags = o.Flags&^clear | set }
}

// wrong is what must be refused in both ceremonies.
func wrong() map[string]change {
	return map[string]change{
		"another challenge":           client("challenge", base64.RawURLEncoding.EncodeToString(make([]byte, 32))),
		"no challenge":                client("challenge", nil),
		"another origin":              client("origin", "https://evil.example"),
		"another port":                client("origin", "http://localhost:1"),
		"origin with a suffix":        client("origin", authtest.Origin+".evil.example"),
		"no origin":                   client("origin", nil),
		"no type":                     client("type", nil),
		"token binding":               client("tokenBinding", "x"),
		"another site":                func(o *passkeytest.Ceremony) { o.RPID = "evil.example" },
		"a site below":                func(o *passkeytest.Ceremony) { o.RPID = "app.localhost" },
		"user not present":            flags(passkeytest.UserPresent, 0),
		"backed up, but not eligible": flags(0, passkeytest.BackedUp),
		"extensions that are missing": flags(0, passkeytest.Extended),
		"bytes left over":             func(o *passkeytest.Ceremony) { o.Leftover = []byte{0} },
		"another id":                  outer("id", "AAAA"),
		"an id that is no text":       outer("id", 1),
		"no type of credential":       outer("type", nil),
		"no response":                 outer("response", nil),
		"no client data":              inner("clientDataJSON", nil),
		"client data that is no JSON": inner("clientDataJSON", "AAAA"),
		"client data in base64":       inner("clientDataJSON", "+/+/"),
	}
}

// TestAttackRegistrationChecks: each check of a registration refuses a response that is wrong in one place (Keycloak's
// CVE-2026-8830).
func TestAttackRegistrationChecks(t *testing.T) {
	cases := wrong()
	cases["the type of a sign-in"] = client("type", "webauthn.get")
	cases["no credential"] = flags(passkeytest.Attested, 0)
	cases["no attestation"] = inner("attestationObject", nil)
	cases["attestation that is no CBOR"] = inner("attestationObject", "____")
	cases["transports that are no list"] = inner("transports", "usb")
	cases["long credential id"] = func(o *passkeytest.Ceremony) { o.CredentialID = make([]byte, 1024) }
	for name, alg := range map[string]any{"ES256K": -47, "ES384": -35, "ES512": -36, "PS256": -37, "RS1 (SHA-1)": -65535, "a text": "ES256", "nothing": nil} {
		cases["algorithm "+name] = func(o *passkeytest.Ceremony) { o.COSE[3] = alg }
	}
	cases["a point that is not on the curve"] = func(o *passkeytest.Ceremony) { o.COSE[-3] = make([]byte, 32) }
	cases["a long RSA key"] = func(o *passkeytest.Ceremony) {
		o.COSE = map[int]any{1: 3, 3: -257, -1: append([]byte{1}, make([]byte, 1024)...), -2: []byte{1, 0, 1}}
	}
	for _, format := range []string{"other", "packed", "fido-u2f", "android-key", "android-safetynet", "apple", "tpm", "compound"} {
		cases["format "+format+" without its statement"] = func(o *passkeytest.Ceremony) { o.Format = format }
	}
	statement := func(format string, make func(k *passkeytest.Key, signed []byte) map[string]any) func(k *passkeytest.Key) change {
		return func(k *passkeytest.Key) change {
			return func(o *passkeytest.Ceremony) {
				o.Format, o.Statement = format, func(signed []byte) map[string]any { return make(k, signed) }
			}
		}
	}
	withKey := map[string]func(k *passkeytest.Key) change{
		"none with a statement": statement("none", func(*passkeytest.Key, []byte) map[string]any { return map[string]any{"alg": -7} }),
		"packed by another key": statement("packed", func(_ *passkeytest.Key, signed []byte) map[string]any {
			return map[string]any{"alg": -7, "sig": newKey().Sign(signed)}
		}),
		"packed over other data": statement("packed", func(k *passkeytest.Key, _ []byte) map[string]any {
			return map[string]any{"alg": -7, "sig": k.Sign([]byte("x"))}
		}),
		"packed with another algorithm": statement("packed", func(k *passkeytest.Key, signed []byte) map[string]any {
			return map[string]any{"alg": -257, "sig": k.Sign(signed)}
		}),
		"packed with an empty chain": statement("packed", func(k *passkeytest.Key, signed []byte) map[string]any {
			return map[string]any{"alg": -7, "sig": k.Sign(signed), "x5c": []any{}}
		}),
	}
	s := server(t, auth.Options{}, passkey.Options{})
	c := signedUp(s, "a@example.com")
	refused := func(t *testing.T, k *passkeytest.Key, wrong change) {
		if got := register(c, k, wrong); got.Status != 400 && got.Status != 500 || got.Code() != "FAILED_TO_VERIFY_REGISTRATION" {
			t.Error(got)
		}
	}
	for name, wrong := range cases {
		t.Run(name, func(t *testing.T) { refused(t, newKey(), wrong) })
	}
	for name, wrong := range withKey {
		t.Run(name, func(t *testing.T) { k := newKey(); refused(t, k, wrong(k)) })
	}
	s.WantRows(0, "passkey")
	register(c, newKey(), func(*passkeytest.Ceremony) {}).Want(200) // the right one is accepted
	k := newKey()
	register(c, k, statement("packed", func(k *passkeytest.Key, signed []byte) map[string]any {
		return map[string]any{"alg": -7, "sig": k.Sign(signed)}
	})(k)).Want(200)
}

// Where the options require verification, a registration without it is refused.
func TestAttackUserNotVerified(t *testing.T) {
	s := server(t, auth.Options{}, passkey.Options{AuthenticatorSelection: passkey.AuthenticatorSelection{UserVerification: "required"}})
	c := signedUp(s, "a@example.com")
	register(c, newKey(), flags(passkeytest.UserVerified, 0)).WantCode(500, "FAILED_TO_VERIFY_REGISTRATION")
	register(c, newKey()).Want(200)
}

// TestAttackSignInChecks: each check of a sign-in refuses a response that is wrong in one place.
func TestAttackSignInChecks(t *testing.T) {
	cases := wrong()
	cases["the type of a registration"] = client("type", "webauthn.create")
	cases["no data"] = inner("authenticatorData", nil)
	cases["short data"] = inner("authenticatorData", "AAAA")
	cases["no signature"] = inner("signature", nil)
	cases["a user handle that is no text"] = inner("userHandle", 1)
	cases["counter that stands still"] = func(o *passkeytest.Ceremony) { o.Counter = 1 }
	cases["counter of zero"] = func(o *passkeytest.Ceremony) { o.Counter = 0 }
	for name, f := range map[string]func([]byte) []byte{
		"another signature":      func(s []byte) []byte { s[len(s)-1] ^= 1; return s },
		"a short signature":      func(s []byte) []byte { return s[:len(s)-1] },
		"a longer signature":     func(s []byte) []byte { return append(s, 0) },
		"an empty signature":     func([]byte) []byte { return nil },
		"another key's":          func([]byte) []byte { return newKey().Sign([]byte("x")) },
		"a signature of nothing": func([]byte) []byte { return make([]byte, 64) },
	} {
		cases[name] = func(o *passkeytest.Ceremony) { o.Signature = f }
	}
	for _, alg := range []int{passkeytest.ES256, passkeytest.EdDSA, passkeytest.RS256} {
		s := server(t, auth.Options{}, passkey.Options{})
		k := passkeytest.New(alg, authtest.Origin)
		register(signedUp(s, "a@example.com"), k).Want(200)
		for name, wrong := range cases {
			t.Run(name, func(t *testing.T) {
				c := s.Client()
				got := signIn(c, k, wrong)
				if got.Status != 400 && got.Status != 401 || got.Code() != "AUTHENTICATION_FAILED" && got.Code() != "PASSKEY_NOT_FOUND" {
					t.Error(got)
				}
				if got.WantNoCookie("better-auth.session_token"); c.SignedIn() {
					t.Error("signed in")
				}
			})
		}
		s.WantRows(1, "session")
		signIn(s.Client(), k).Want(200) // the right one is accepted
	}
}

// TestAttackPasskeyOfAnotherUser: nobody renames, deletes, lists or takes over the passkey of somebody else
// (GHSA-4vcf-q4xf-f48m).
func TestAttackPasskeyOfAnotherUser(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, passkey.Options{})
		owner, k := signedUp(s, "a@example.com"), newKey()
		id := register(owner, k).Text("id")
		thief := signedUp(s, "b@example.com")
		thief.Post("/passkey/update-passkey", `{"id":"`+id+`","name":"mine"}`).WantCode(401, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY")
		thief.Post("/passkey/delete-passkey", `{"id":"`+id+`"}`).WantCode(401, "")
		thief.Get("/passkey/list-user-passkeys").Want(200, "", []any{})
		register(thief, k).WantCode(400, "PREVIOUSLY_REGISTERED")
		register(owner, k).WantCode(400, "PREVIOUSLY_REGISTERED")
		owner.Get("/passkey/list-user-passkeys").Want(200, "", authtest.Len(1), "0.name", nil)
		signIn(thief, k).Want(200, "user.email", "a@example.com")
	})
}

// TestAttackChallengeOfAnotherCeremony: a challenge for a sign-in registers nothing, and the reverse (1.6.17).
func TestAttackChallengeOfAnotherCeremony(t *testing.T) {
	s := server(t, auth.Options{}, passkey.Options{})
	c, k := signedUp(s, "a@example.com"), newKey()
	register(c, k).Want(200)
	sendRegistration(c, newKey().Create(signInOptions(c).Text("challenge")), "").WantCode(400, "CHALLENGE_NOT_FOUND")
	challenge := registerOptions(c).Text("challenge")
	for range 2 { // it is used up, too
		sendSignIn(c, k.Get(challenge)).WantCode(400, "CHALLENGE_NOT_FOUND")
	}
	sendRegistration(c, newKey().Create(challenge), "").WantCode(400, "CHALLENGE_NOT_FOUND")
	s.WantRows(1, "passkey")
}

// TestAttackForeignChallenge: a challenge works for the browser and the user that it was made for, for five minutes.
// A signed cookie of another kind is no challenge.
func TestAttackForeignChallenge(t *testing.T) {
	const name = "better-auth.better-auth-passkey"
	s := server(t, auth.Options{}, passkey.Options{})
	victim, thief := signedUp(s, "a@example.com"), signedUp(s, "b@example.com")
	challenge := registerOptions(victim).Text("challenge")
	sendRegistration(thief, newKey().Create(challenge), "").WantCode(400, "CHALLENGE_NOT_FOUND")
	thief.Jar[name] = victim.Jar[name]
	sendRegistration(thief, newKey().Create(challenge), "").WantCode(401, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY")
	for _, forged := range []string{"x", "x.AAAA", victim.Jar["better-auth.session_token"], strings.Replace(registerOptions(victim).Header.Get("Set-Cookie"), name+"=", "x", 1)} {
		challenge = registerOptions(thief).Text("challenge")
		thief.Jar[name] = forged
		sendRegistration(thief, newKey().Create(challenge), "").WantCode(400, "CHALLENGE_NOT_FOUND")
	}
	k := newKey()
	register(victim, k).Want(200)
	challenge = registerOptions(victim).Text("challenge")
	s.Advance(5*time.Minute + time.Second)
	sendRegistration(victim, newKey().Create(challenge), "").WantCode(400, "CHALLENGE_NOT_FOUND")
	// A value of another kind under a signed name.
	for _, text := range []string{"no JSON", `{"type":"authentication"}`, `{"expectedChallenge":"x"}`} {
		signInOptions(victim)
		s.Change("verification", store.Record{"value": text})
		sendSignIn(victim, k.Get("x")).WantCode(400, "CHALLENGE_NOT_FOUND")
	}
}

// TestAttackReplayedChallenge: of a hundred simultaneous uses of one response exactly one signs in.
func TestAttackReplayedChallenge(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, passkey.Options{})
		k := newKey()
		k.Counts, k.Counter = false, 0
		register(signedUp(s, "a@example.com"), k).Want(200)
		c := s.Client()
		response := k.Get(signInOptions(c).Text("challenge"))
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 100 {
			copied := *c
			copied.Jar = map[string]string{"better-auth.better-auth-passkey": c.Jar["better-auth.better-auth-passkey"]}
			wg.Go(func() {
				if sendSignIn(&copied, response).Status == 200 {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("of a hundred %d won", won.Load())
		}
	})
}

// TestAttackClonedAuthenticator: of two authenticators with the same key and counter, the one that counts behind is
// refused, also when they sign in at the same moment.
func TestAttackClonedAuthenticator(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, passkey.Options{})
		k := newKey()
		register(signedUp(s, "a@example.com"), k).Want(200)
		clone := k.Clone()
		signIn(s.Client(), k).Want(200)
		signIn(s.Client(), clone).WantCode(400, "AUTHENTICATION_FAILED")
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			c, copied := s.Client(), k.Clone()
			response := copied.Get(signInOptions(c).Text("challenge"))
			wg.Go(func() {
				if sendSignIn(c, response).Status == 200 {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("of eight copies %d signed in", won.Load())
		}
	})
}

// TestAttackFieldsThatAreHidden: the answer to a sign-in has no field that the options hide.
func TestAttackFieldsThatAreHidden(t *testing.T) {
	no := false
	o := auth.Options{}
	o.User.AdditionalFields = auth.AdditionalFields{{Name: "pin", Type: auth.FieldType{Type: store.String}, Required: &no, Returned: &no, Input: &no, HasDefault: true, DefaultValue: "1234"}}
	s := server(t, o, passkey.Options{})
	c, k := signedUp(s, "a@example.com"), newKey()
	sendRegistration(c, k.Create(registerOptions(c).Text("challenge")), `,"createSession":true`).Want(200, "user.pin", authtest.Absent)
	signIn(s.Client(), k).Want(200, "user.pin", authtest.Absent)
}
