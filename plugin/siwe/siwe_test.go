package siwe_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/siwe"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const domain = "app.example.com"

func server(t *testing.T, o auth.Options, p siwe.Options) *authtest.Server {
	if p.Domain == "" {
		p.Domain = domain
	}
	o.Plugins = append(o.Plugins, siwe.New(p))
	return authtest.New(t, authtest.PlainPasswords(o))
}

// wallet is a key and its address.
type wallet struct {
	key     *secp256k1.PrivateKey
	address string // in small letters
}

func keccak(text string) []byte {
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte(text))
	return h.Sum(nil)
}

// newWallet returns the wallet of a key that repeats a digit.
func newWallet(digit string) *wallet {
	raw, _ := hex.DecodeString(strings.Repeat(digit, 64))
	key := secp256k1.PrivKeyFromBytes(raw)
	return &wallet{key, "0x" + hex.EncodeToString(keccak(string(key.PubKey().SerializeUncompressed()[1:]))[12:])}
}

func (w *wallet) sign(message string) string {
	hash := keccak("\x19Ethereum Signed Message:\n" + strconv.Itoa(len(message)) + message)
	compact := ecdsa.SignCompact(w.key, hash, false)
	return "0x" + hex.EncodeToString(append(compact[1:], compact[0]))
}

func ask(c *authtest.Client) string {
	c.Server.T.Helper()
	return c.Post("/siwe/nonce", "").Want(200, "nonce", authtest.Any).Text("nonce")
}

func (w *wallet) message(nonce string, chain int) string {
	return domain + " wants you to sign in with your Ethereum account:\n" + w.address + "\n\n\nURI: https://" + domain +
		"/login\nVersion: 1\nChain ID: " + strconv.Itoa(chain) + "\nNonce: " + nonce + "\nIssued At: 2026-11-24T12:00:00Z"
}

func body(message, signature, email string) string {
	o := map[string]string{"message": message, "signature": signature}
	if email != "" {
		o["email"] = email
	}
	text, _ := json.Marshal(o)
	return string(text)
}

// enter signs a wallet in.
func (w *wallet) enter(c *authtest.Client, chain int, email string) *authtest.Answer {
	c.Server.T.Helper()
	m := w.message(ask(c), chain)
	return c.Post("/siwe/verify", body(m, w.sign(m), email))
}

func TestSignIn(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, siwe.Options{})
		w, c := newWallet("1"), s.Client()
		got := w.enter(c, 1, "").Want(200, "success", true, "user.walletAddress", "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A", "user.chainId", 1)
		c.Get("/get-session").Want(200, "user.id", got.Text("user.id"), "session.token", got.Text("token"), "user.name", "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A",
			"user.email", "0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a@siwe.placeholder.invalid", "user.emailVerified", false, "user.image", "")
		w.enter(s.Client(), 1, "").Want(200, "user.id", got.Text("user.id"))
		w.enter(s.Client(), 137, "").Want(200, "user.id", got.Text("user.id"))
		newWallet("2").enter(s.Client(), 1, "").Want(200)
		s.WantRows(2, "user")
		s.WantRows(3, "walletAddress")
		s.WantRows(1, "walletAddress", store.Is("chainId", 137), store.Is("isPrimary", false))
		s.WantRows(1, "account", store.Is("providerId", "siwe"), store.Is("accountId", "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A:137"))
	})
}

func TestOptions(t *testing.T) {
	name, picture := "ann.eth", "https://ens.example/ann.png"
	refused := auth.Forbidden(auth.Code{Name: "NO", Message: "No"})
	for label, tc := range map[string]struct {
		o     siwe.Options
		check func(c *authtest.Client, w *wallet)
	}{
		"domain for addresses": {siwe.Options{EmailDomainName: "wallets.example.com"}, func(c *authtest.Client, w *wallet) {
			w.enter(c, 1, "ann@example.com").Want(200)
			c.Get("/get-session").Want(200, "user.email", w.address+"@wallets.example.com")
		}},
		"domain as an address": {siwe.Options{Domain: "HTTPS://App.Example.com/login"}, func(c *authtest.Client, w *wallet) { w.enter(c, 1, "").Want(200) }},
		"ENS": {siwe.Options{ENSLookup: func(_ context.Context, r siwe.ENSRequest) (siwe.ENSProfile, error) {
			if r.WalletAddress != "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A" {
				return siwe.ENSProfile{}, errors.New(r.WalletAddress)
			}
			return siwe.ENSProfile{Name: &name, Avatar: &picture}, nil
		}}, func(c *authtest.Client, w *wallet) {
			w.enter(c, 1, "").Want(200)
			c.Get("/get-session").Want(200, "user.name", name, "user.image", picture)
		}},
		"ENS is down": {siwe.Options{ENSLookup: func(context.Context, siwe.ENSRequest) (siwe.ENSProfile, error) {
			return siwe.ENSProfile{}, errors.New("timeout")
		}}, func(c *authtest.Client, w *wallet) {
			w.enter(c, 1, "").WantCode(401, "").Want(401, "message", "Something went wrong. Please try again later.", "status", 401)
			c.Server.WantRows(0, "user")
		}},
		"nonce": {siwe.Options{GetNonce: func(context.Context, callback.Nothing) (string, error) { return "myNonce01", nil }}, func(c *authtest.Client, w *wallet) {
			if got := ask(c); got != "myNonce01" {
				c.Server.T.Error(got)
			}
		}},
		"nonce that is none": {siwe.Options{GetNonce: func(context.Context, callback.Nothing) (string, error) { return "short", nil }}, func(c *authtest.Client, _ *wallet) {
			c.Post("/siwe/get-nonce", "{}").WantCode(500, "SIWE_INVALID_NONCE")
		}},
		"check of one's own": {siwe.Options{VerifyMessage: func(_ context.Context, v siwe.Verification) (bool, error) {
			return v.Signature == "contract" && v.ChainID == 1 && v.Cacao.Payload.Domain == domain && v.Cacao.Signature.Value == v.Signature, nil
		}}, func(c *authtest.Client, w *wallet) {
			w.enter(c, 1, "").Want(401, "message", "Unauthorized: Invalid SIWE signature")
			c.Post("/siwe/verify", body(w.message(ask(c), 1), "contract", "")).Want(200)
		}},
		"check that refuses": {siwe.Options{VerifyMessage: func(context.Context, siwe.Verification) (bool, error) { return false, refused }}, func(c *authtest.Client, w *wallet) {
			w.enter(c, 1, "").WantCode(403, "NO")
		}},
	} {
		t.Run(label, func(t *testing.T) {
			s := server(t, auth.Options{}, tc.o)
			tc.check(s.Client(), newWallet("1"))
		})
	}
}

func TestAddresses(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, siwe.Options{Anonymous: new(false)})
		c := s.Client()
		c.Post("/siwe/verify", body("m", "s", "")).WantCode(400, "VALIDATION_ERROR")
		newWallet("1").enter(c, 1, "Ann@Example.com").Want(200)
		c.Get("/get-session").Want(200, "user.email", "ann@example.com", "user.emailVerified", false)
		second := newWallet("2")
		second.enter(c, 1, "ANN@example.com").Want(200) // somebody has it
		c.Get("/get-session").Want(200, "user.email", second.address+"@siwe.placeholder.invalid")
	}, everywhere.Databases()...)
}

// TestMessages: what a message may look like, with the server's own check of signatures.
func TestMessages(t *testing.T) {
	s := server(t, auth.Options{}, siwe.Options{})
	const (
		fine     = ""
		mismatch = "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH"
		expired  = "UNAUTHORIZED_SIWE_MESSAGE_EXPIRED"
		early    = "UNAUTHORIZED_SIWE_MESSAGE_NOT_YET_VALID"
		unknown  = "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE"
		invalid  = "no code"
	)
	swap := func(old, by string) func(string) string {
		return func(m string) string { return strings.Replace(m, old, by, 1) }
	}
	more := func(text string) func(string) string { return func(m string) string { return m + text } }
	w := newWallet("1")
	for name, tc := range map[string]struct {
		edit func(message string) string
		want string
	}{
		"as it is":                     {more(""), fine},
		"statement":                    {swap("\n\n\n", "\n\nWelcome ✓\n\n"), fine},
		"one empty line":               {swap("\n\n\n", "\n\n"), fine},
		"scheme":                       {more(""), fine},
		"all fields":                   {more("\nExpiration Time: 2026-11-24T12:00:01Z\nNot Before: 2026-11-24T12:00:00.000Z\nRequest ID: r-1\nResources:\n- ipfs://x\n- https://example.com/"), fine},
		"no resources":                 {more("\nResources:"), fine},
		"checksum":                     {swap(w.address, "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"), fine},
		"wrong checksum":               {swap(w.address, "0x19e7E376E7C213B7E7e7e46cc70A5dD086DAff2A"), invalid},
		"another domain":               {swap(domain, "evil.example"), mismatch},
		"domain that begins alike":     {swap(domain, domain+".evil.example"), mismatch},
		"domain with a user":           {swap(domain, "app@evil.example"), mismatch},
		"domain before a user":         {swap(domain+" ", domain+"@evil.example "), mismatch},
		"no address":                   {swap(w.address+"\n", "\n"), mismatch},
		"address on another line":      {swap(w.address, "\n"+w.address), mismatch},
		"address of another":           {swap(w.address, newWallet("2").address), invalid},
		"chain 0":                      {swap("Chain ID: 1", "Chain ID: 0"), mismatch},
		"chain of hexadecimal digits":  {swap("Chain ID: 1", "Chain ID: 0x1"), invalid},
		"chain too large":              {swap("Chain ID: 1", "Chain ID: 9007199254740993"), mismatch},
		"no chain":                     {swap("Chain ID: 1\n", ""), mismatch},
		"unknown nonce":                {swap("Nonce: ", "Nonce: x"), unknown},
		"no nonce":                     {swap("Nonce: ", "Once: "), mismatch},
		"second nonce":                 {more("\nNonce: abcdefgh1"), unknown},
		"second chain":                 {more("\nChain ID: 5"), invalid},
		"another version":              {swap("Version: 1", "Version: 2"), invalid},
		"no version":                   {swap("Version: 1\n", ""), invalid},
		"no URI":                       {swap("URI: https://"+domain+"/login\n", ""), invalid},
		"relative URI":                 {swap("URI: https://"+domain, "URI: "), invalid},
		"no time":                      {swap("\nIssued At: 2026-11-24T12:00:00Z", ""), invalid},
		"time of another form":         {swap("2026-11-24T12:00:00Z", "yesterday"), invalid},
		"expired":                      {more("\nExpiration Time: 2026-11-24T12:00:00Z"), expired},
		"end that cannot be read":      {more("\nExpiration Time: soon"), invalid},
		"not yet valid":                {more("\nNot Before: 2026-11-24T12:00:01Z"), early},
		"begin that cannot be read":    {more("\nNot Before: soon"), invalid},
		"fields in another order":      {more("\nNot Before: 2026-11-24T12:00:00Z\nExpiration Time: 2026-11-24T13:00:00Z"), invalid},
		"field of another name":        {more("\nAmount: 5"), invalid},
		"statement in the fields":      {swap("Version: 1", "Version: 1\n\nand more\n"), invalid},
		"statement of two lines":       {swap("\n\n\n", "\n\nWelcome\nback\n\n"), invalid},
		"statement with a control":     {swap("\n\n\n", "\n\nWel\x1bcome\n\n"), invalid},
		"statement with a hidden line": {swap("\n\n\n", "\n\nWelcome\r\nNonce: abcdefgh1\n\n"), invalid},
		"carriage returns":             {func(m string) string { return strings.ReplaceAll(m, "\n", "\r\n") }, invalid},
		"line end at the end":          {more("\n"), invalid},
		"another header":               {swap("wants you", "asks you"), mismatch},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.In(t).Client()
			m := tc.edit(w.message(ask(c), 1))
			got := c.Post("/siwe/verify", body(m, w.sign(m), ""))
			switch tc.want {
			case fine:
				got.Want(200)
			case invalid:
				got.WantCode(401, "").Want(401, "message", "Unauthorized: Invalid SIWE signature", "status", 401).WantNoCookie()
			default:
				got.WantCode(401, tc.want).Want(401, "status", 401).WantNoCookie()
			}
		})
	}
}

func TestNonceEnds(t *testing.T) {
	s := server(t, auth.Options{}, siwe.Options{})
	w, c := newWallet("1"), s.Client()
	m := w.message(ask(c), 1)
	s.Advance(15*time.Minute + time.Second)
	c.Post("/siwe/verify", body(m, w.sign(m), "")).WantCode(401, "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE")
}

// TestViem: messages and signatures that viem made are valid, those of others and damaged ones are not.
func TestViem(t *testing.T) {
	text, err := os.ReadFile("testdata/viem.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct{ Address, Message, Signature, Compact string }
	if err := json.Unmarshal(text, &list); err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	check := func(message, signature, address string) bool {
		ok, err := siwe.VerifyMessage(t.Context(), siwe.Verification{Message: message, Signature: signature, Address: address})
		if err != nil {
			t.Error(err)
		}
		return ok
	}
	for i, one := range list {
		if !check(one.Message, one.Signature, one.Address) || !check(one.Message, one.Compact, strings.ToLower(one.Address)) {
			t.Errorf("%d: a valid signature is refused", i)
		}
		digits := strings.TrimPrefix(one.Signature, "0x")
		v, _ := strconv.ParseUint(digits[128:], 16, 8)
		other := list[(i+3)%len(list)]
		if plain := fmt.Sprintf("0x%s%02x", digits[:128], v-27); !check(one.Message, plain, one.Address) {
			t.Errorf("%d: v as 0 or 1 is refused", i)
		}
		for what, bad := range map[string]string{
			"of another":      other.Signature,
			"without 0x":      digits,
			"other parity":    fmt.Sprintf("0x%s%02x", digits[:128], 27+28-v),
			"parity 29":       "0x" + digits[:128] + "1d",
			"parity of 155":   "0x" + digits[:128] + "9b",
			"damaged":         "0x" + strings.Repeat("0", 8) + digits[8:],
			"high s":          "0x" + digits[:64] + negated(digits[64:128]) + fmt.Sprintf("%02x", 27+28-v),
			"nothing":         "",
			"zeros":           "0x" + strings.Repeat("0", 130),
			"too large":       "0x" + strings.Repeat("f", 128) + "1b",
			"too long":        one.Signature + "00",
			"too short":       one.Signature[:100],
			"no hexadecimals": "0x" + strings.Repeat("z", 130),
		} {
			if check(one.Message, bad, one.Address) {
				t.Errorf("%d: a signature %s is valid", i, what)
			}
		}
		if check(one.Message+" ", one.Signature, one.Address) || check(one.Message, one.Signature, other.Address) {
			t.Errorf("%d: the signature is valid for something else", i)
		}
	}
}

// negated returns the other s that makes the same signature.
func negated(digits string) string {
	raw, _ := hex.DecodeString(digits)
	var s secp256k1.ModNScalar
	s.SetByteSlice(raw)
	b := s.Negate().Bytes()
	return hex.EncodeToString(b[:])
}

func TestNeedsDomain(t *testing.T) {
	for _, of := range []string{"", " ", "https://", "https:///x"} {
		_, err := betterauth.New(auth.Options{
			Mode: auth.Development, BaseURL: auth.Static(authtest.Origin), Secret: authtest.Secret, Database: memstore.New(),
			Plugins: []auth.Plugin{siwe.New(siwe.Options{Domain: of})},
		})
		if err == nil || !strings.Contains(err.Error(), "siwe: domain is needed") {
			t.Errorf("%q: %v", of, err)
		}
	}
}

func TestFromCode(t *testing.T) {
	s := server(t, auth.Options{}, siwe.Options{})
	_, err := s.Call(t.Context(), "verifySiweMessage", auth.Input{Body: map[string]string{"message": "m", "signature": "0x"}})
	var refused *auth.Error
	if !errors.As(err, &refused) || refused.Message != "Request is required" {
		t.Errorf("%v", err)
	}
}
