package secret_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// vectors come from the npm package, more from testdata/make.mjs.
type more struct {
	Secret   string
	List     []secret.Version
	Legacy   string
	Sign     []struct{ Value, Signature string }
	Password []struct{ Password, Hash string }
	Encrypt  []struct{ Plain, Bare, Envelope, Old, Legacy string }
	Purpose  struct {
		Name   string
		Keys   []secret.Version
		Legacy string
	}
	JWT struct{ Claims, Token string }
	JWE struct{ Claims, Salt, Single, Versioned, Old, Legacy, Stranger, Expired string }
	JWK []struct{ Alg, Public, Private, Thumbprint, Claims, Token string }

	ParseVersions []struct {
		Env   string
		List  []secret.Version
		Error string
	}
	Validate []struct {
		List  []secret.Version
		Error string
	}
	Entropy []struct {
		Text string
		Bits float64
	}
	Claims []struct {
		Token, Payload, Result string
		Options                claimOptions
	}
}

type claimOptions struct {
	Issuer, Audience json.RawMessage
	Subject, Typ     string
	ClockTolerance   int
	MaxTokenAge      int
	RequiredClaims   []string
}

func load[T any](t testing.TB, file string) (v T) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func versioned(t testing.TB, v more) *secret.Keys {
	t.Helper()
	k, err := secret.NewVersioned(v.List, v.Legacy)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// made returns a time at which the vectors' tokens are valid.
func made() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }

func TestSharedVectors(t *testing.T) {
	v := load[struct {
		Secret       string
		SignedCookie struct{ Value, Signed string }
		Password     struct{ Password, Hash string }
		JWTHS256     string
		JWE          struct{ Salt, Token string }
		Xchacha      struct{ Plaintext, Hex string }
		Purpose      struct{ Purpose, DerivedHex string }
		Compact      struct{ SignedString, Signature string }
	}](t, "vectors.json")
	k := secret.New(v.Secret)
	if got := url.QueryEscape(v.SignedCookie.Value + "." + k.Sign(v.SignedCookie.Value)); got != v.SignedCookie.Signed {
		t.Errorf("signed cookie %s, want %s", got, v.SignedCookie.Signed)
	}
	if ok, err := secret.NewHasher(secret.HasherOptions{Parallel: 1}).Verify(t.Context(), v.Password.Hash, v.Password.Password); !ok || err != nil {
		t.Errorf("password: %v %v", ok, err)
	}
	if payload, err := k.VerifyJWT(v.JWTHS256, made()); err != nil || !strings.HasPrefix(string(payload), `{"foo":"bar",`) {
		t.Errorf("jwt: %s %v", payload, err)
	}
	if payload, err := k.OpenJWE(v.JWE.Token, v.JWE.Salt, time.Unix(1795520119, 0)); err != nil || !strings.HasPrefix(string(payload), `{"foo":"bar",`) {
		t.Errorf("jwe: %s %v", payload, err)
	}
	if plain, err := k.Decrypt(v.Xchacha.Hex); plain != v.Xchacha.Plaintext || err != nil {
		t.Errorf("xchacha: %q %v", plain, err)
	}
	if got := k.Purpose(v.Purpose.Purpose).Current(); got != v.Purpose.DerivedHex {
		t.Errorf("purpose: %s", got)
	}
}

func TestSignatures(t *testing.T) {
	v := load[more](t, "more.json")
	k := secret.New(v.Secret)
	for _, c := range v.Sign {
		if got := k.Sign(c.Value); got != c.Signature {
			t.Errorf("Sign(%.20q) = %s, want %s", c.Value, got, c.Signature)
		}
		if ok, current := k.Verify(c.Value, c.Signature); !ok || !current {
			t.Errorf("Verify(%.20q) = %v %v", c.Value, ok, current)
		}
		for _, wrong := range []string{"", "A", c.Signature[:43], "A" + c.Signature[1:], c.Signature + "AAAA", strings.Repeat("A", 500)} {
			if ok, _ := k.Verify(c.Value, wrong); ok && wrong != c.Signature {
				t.Errorf("%q accepted as signature of %.20q", wrong, c.Value)
			}
		}
	}
	old, rotated := secret.New(v.List[1].Value), versioned(t, v)
	if ok, current := rotated.Verify("x", old.Sign("x")); !ok || current {
		t.Errorf("signature of an older secret: ok %v, current %v", ok, current)
	}
	if ok, current := rotated.Verify("x", secret.New(v.Legacy).Sign("x")); !ok || current {
		t.Errorf("signature of the legacy secret: ok %v, current %v", ok, current)
	}
	if ok, _ := rotated.Verify("x", k.Sign("x")); ok {
		t.Error("signature of a foreign secret accepted")
	}
}

func TestEncryption(t *testing.T) {
	v := load[more](t, "more.json")
	single, rotated := secret.New(v.Secret), versioned(t, v)
	for _, c := range v.Encrypt {
		check := func(k *secret.Keys, sealed string) {
			t.Helper()
			if plain, err := k.Decrypt(sealed); plain != c.Plain || err != nil {
				t.Errorf("Decrypt(%s) = %q, %v; want %q", sealed, plain, err, c.Plain)
			}
		}
		check(single, c.Bare)
		check(single, strings.ToUpper(c.Bare))
		check(rotated, c.Envelope)
		check(rotated, c.Old)
		check(rotated, c.Legacy)
		for _, k := range []*secret.Keys{single, rotated} {
			sealed, err := k.Encrypt(c.Plain)
			if err != nil {
				t.Fatal(err)
			}
			check(k, sealed)
		}
		noLegacy, err := secret.NewVersioned(v.List, secret.DefaultSecret)
		if err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"bare without legacy secret": fails(noLegacy.Decrypt(c.Legacy)),
			"envelope, no versions":      fails(single.Decrypt(c.Envelope)),
			"retired version":            fails(rotated.Decrypt("$ba$9$" + c.Bare)),
			"wrong secret":               fails(rotated.Decrypt("$ba$3$" + c.Bare)),
			"not hex":                    fails(single.Decrypt("zz" + c.Bare)),
			"too short":                  fails(single.Decrypt(c.Bare[:40])),
			"broken envelope":            fails(rotated.Decrypt("$ba$x$" + c.Bare)),
		} {
			if !errors.Is(err, secret.ErrDecrypt) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func fails(_ string, err error) error { return err }

func TestPurpose(t *testing.T) {
	v := load[more](t, "more.json")
	all := versioned(t, v).Purpose(v.Purpose.Name).All()
	want := append(slices.Clone(v.Purpose.Keys), secret.Version{Version: -1, Value: v.Purpose.Legacy})
	if !slices.Equal(all, want) {
		t.Errorf("got %v, want %v", all, want)
	}
	// A legacy secret that is also a versioned one still decrypts texts without
	// an envelope.
	both, err := secret.NewVersioned(v.List, v.List[1].Value)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := secret.New(v.List[1].Value).Purpose("x").Encrypt("hello")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := both.Purpose("x").Decrypt(sealed); plain != "hello" || err != nil {
		t.Errorf("legacy secret inside the list: %q %v", plain, err)
	}
}

func TestVersions(t *testing.T) {
	v := load[more](t, "more.json")
	for _, c := range v.ParseVersions {
		list, err := secret.ParseVersions(c.Env)
		if message(err) != c.Error || !slices.Equal(list, c.List) {
			t.Errorf("ParseVersions(%q) = %v, %q; want %v, %q", c.Env, list, message(err), c.List, c.Error)
		}
	}
	for _, c := range v.Validate {
		if _, err := secret.NewVersioned(c.List, ""); message(err) != c.Error {
			t.Errorf("NewVersioned(%v): %q, want %q", c.List, message(err), c.Error)
		}
	}
	for _, c := range v.Entropy {
		if got := secret.EstimateEntropy(c.Text); math.Abs(got-c.Bits) > 1e-9 {
			t.Errorf("EstimateEntropy(%q) = %v, want %v", c.Text, got, c.Bits)
		}
	}
	if k := versioned(t, v); k.Current() != v.List[0].Value || len(k.All()) != 3 || k.All()[2].Version != -1 {
		t.Errorf("All() = %v", k.All())
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
