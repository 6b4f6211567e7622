package twofactor_test

import (
	"encoding/base32"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

// program runs a program that a test needs. Without it the test is skipped, or fails if the environment variable CI is
// true.
func program(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.Command(path, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// TestOathtool: the codes of an independent authenticator are accepted, for every setting that apps know.
func TestOathtool(t *testing.T) {
	for _, o := range []twofactor.TOTPOptions{{}, {Digits: 8}, {Period: 60}, {Digits: 7, Period: 15}} {
		w := open(t, auth.Options{}, twofactor.Options{TOTPOptions: o})
		c := w.Client()
		c.SignUp(ann)
		key := base32.StdEncoding.EncodeToString(w.scan(c.Post("/two-factor/enable", password)).key)
		digits, period := max(o.Digits, 6), o.Period
		if period == 0 {
			period = 30
		}
		code := func() string {
			at := strconv.FormatInt(w.Now().Unix(), 10)
			return program(t, "oathtool", "--totp", "--base32", "--digits="+strconv.Itoa(digits), "--time-step-size="+strconv.Itoa(period)+"s", "--now=@"+at, key)
		}
		totp(c, code()).Want(200)
		for range 5 {
			w.Advance(time.Duration(period)*time.Second + 7*time.Second)
			c := w.Client()
			w.challenge(c, ann)
			totp(c, code()).Want(200)
		}
	}
}

// TestQRCode: a reader of QR codes finds the URI, whatever the names contain.
func TestQRCode(t *testing.T) {
	for _, issuer := range []string{"Acme", "Äcme & Söhne: 100 % (~*')", "会社?"} {
		w := open(t, auth.Options{}, twofactor.Options{Issuer: issuer})
		c := w.Client()
		c.SignUp("a.nn+tag@example.com")
		uri := c.Post("/two-factor/enable", password).Text("totpURI")
		picture := filepath.Join(t.TempDir(), "qr.png")
		program(t, "qrencode", "-o", picture, "-s", "4", uri)
		if got := program(t, "zbarimg", "--quiet", "--raw", picture); got != uri {
			t.Errorf("read %s, want %s", got, uri)
		}
	}
}

// TestImportedSecret: a secret of another program, in base 32, works.
func TestImportedSecret(t *testing.T) {
	w := open(t, auth.Options{}, twofactor.Options{})
	a := w.setUp(w.Client(), ann)
	a.key = []byte("Hello!\xDE\xAD\xBE\xEF")
	for _, text := range []string{"JBSWY3DPEHPK3PXP", "jbswy3dpehpk3pxp", "JBSWY3DPEHPK3PXP===="} {
		sealed, err := w.Keys.Encrypt("base32:" + text)
		if err != nil {
			t.Fatal(err)
		}
		w.Change("twoFactor", store.Record{"secret": sealed})
		c := w.Client()
		w.challenge(c, ann)
		totp(c, a.now()).Want(200)
		c.Post("/two-factor/get-totp-uri", password).Want(200, "totpURI", "otpauth://totp/Better%20Auth:ann%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Better+Auth&digits=6&period=30")
	}
	for _, text := range []string{"base32:JBSW0", "base32:", "", "not encrypted"} {
		sealed, err := w.Keys.Encrypt(text)
		if err != nil {
			t.Fatal(err)
		}
		if text == "not encrypted" {
			sealed = text
		}
		w.Change("twoFactor", store.Record{"secret": sealed})
		c := w.Client()
		w.challenge(c, ann)
		totp(c, a.now()).Want(500)
		backup(c, a.codes[0]).Want(200) // the challenge has not suffered
		a.codes = a.codes[1:]
	}
	w.WantRows(1, "twoFactor", store.Is("failedVerificationCount", 0))
}
