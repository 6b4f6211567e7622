package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/ui"
)

func TestPlainForms(t *testing.T) {
	w := openPages(t, "")
	res, body := w.do(http.MethodGet, "/sign-up?redirectTo=%2Fwelcome", "")
	w.shows(res, body, http.StatusOK, `<input id="email" name="email" type="email" autocomplete="email" value="" required>`)
	w.shows(res, body, http.StatusOK, `<a href="/sign-up?lang=de&amp;redirectTo=%2Fwelcome">Deutsch</a>`)
	res, body = w.send("/sign-up", "name", "Ada", "email", "ada@example.com", "password", "short")
	w.shows(res, body, http.StatusBadRequest, "Use at least 8 characters.")
	if !strings.Contains(body, `value="ada@example.com"`) || strings.Contains(body, "short\"") {
		t.Errorf("the address is not there again, or the password is:\n%s", body)
	}
	res, body = w.do(http.MethodPost, "/sign-up?redirectTo=%2Fwelcome", signUpForm)
	w.lands(res, body, "/welcome")
	if !strings.Contains(w.who(), "ada@example.com") {
		t.Error("nobody is signed in")
	}
	clear(w.cookies)
	res, body = w.send("/sign-in", "email", "ada@example.com", "password", "wrong password")
	w.shows(res, body, http.StatusUnauthorized, "The e-mail address or the password is wrong.")
	res, body = w.do(http.MethodPost, "/sign-in", form("email", "ada@example.com", "password", "wrong password"), "Accept-Language", "de-AT")
	w.shows(res, body, http.StatusUnauthorized, "E-Mail-Adresse oder Passwort ist falsch.")
	if !strings.Contains(body, `<html lang="de">`) || !strings.Contains(body, "<title>Anmelden") {
		t.Errorf("not in German:\n%s", body)
	}
	res, body = w.do(http.MethodPost, "/sign-in", signInForm)
	w.lands(res, body, "/account")

	clear(w.cookies)
	res, body = w.send("/forgot-password", "email", "ada@example.com")
	w.lands(res, body, "/forgot-password?sent=true")
	res, body = w.do(http.MethodGet, "/forgot-password?sent=true", "")
	w.shows(res, body, http.StatusOK, "a link is on its way")
	link, err := url.Parse(w.mail("ada@example.com", 1))
	if err != nil {
		t.Fatal(err)
	}
	res, body = w.do(http.MethodGet, link.RequestURI(), "")
	next, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusFound || next.Path != "/reset-password" || next.Query().Get("token") == "" {
		t.Fatalf("%d to %s\n%s", res.StatusCode, next, body)
	}
	res, body = w.send(next.RequestURI(), "password", "a new password")
	w.lands(res, body, "/sign-in?reset=true")
	res, body = w.send(next.RequestURI(), "password", "a new password")
	w.shows(res, body, http.StatusBadRequest, "This link was used already")
	res, body = w.send("/sign-in", "email", "ada@example.com", "password", "a new password")
	w.lands(res, body, "/account")
	if len(w.cookies) == 0 {
		t.Error("no cookie")
	}
}

// mail returns the link of the newest message to somebody, when there are as many as that.
func (w *pagesWorld) mail(to string, count int) string {
	w.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		kept, err := w.srv.resources.Mail.Box().List(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		kept = slices.DeleteFunc(kept, func(e mail.Envelope) bool { return e.To != to })
		if len(kept) >= count {
			return kept[0].URL
		}
		if time.Now().After(end) {
			w.t.Fatalf("%d messages to %s", len(kept), to)
		}
	}
}

func TestPlainSecondFactor(t *testing.T) {
	w := openPages(t, "plugins: { username: {}, two-factor: { skipVerificationOnEnable: true } }\n")
	res, body := w.do(http.MethodPost, "/sign-up", signUpForm+"&username=countess")
	w.lands(res, body, "/account")
	_, body = w.do(http.MethodPost, "/api/auth/two-factor/enable", `{"password":"correct horse battery"}`, "Content-Type", "application/json")
	var enabled struct{ BackupCodes []string }
	if err := json.Unmarshal([]byte(body), &enabled); err != nil || len(enabled.BackupCodes) == 0 {
		t.Fatal(body)
	}
	clear(w.cookies)
	res, body = w.send("/sign-in?redirectTo=%2Fdesk", "email", "Countess", "password", "correct horse battery")
	at := "/two-factor?twoFactorRedirect=true&twoFactorMethods=totp&redirectTo=%2Fdesk"
	w.lands(res, body, at)
	if body := w.who(); body != "null" {
		t.Fatalf("signed in with one factor: %s", body)
	}
	res, body = w.send(at, "code", "000000")
	w.shows(res, body, http.StatusUnauthorized, "This code is wrong or too old.")
	res, body = w.send(at, "code", " "+enabled.BackupCodes[0]+" ")
	w.lands(res, body, "/desk")
	if !strings.Contains(w.who(), "ada@example.com") {
		t.Error("nobody is signed in")
	}
}

func TestPlainVerificationAndFields(t *testing.T) {
	w := openPages(t, "emailVerification: { sendVerificationEmail: mail, sendOnSignUp: true }\n"+
		"user: { additionalFields: { company: { type: string }, size: { type: number }, kind: { type: [small, large] }, note: { type: string, required: false } } }\n"+
		"ui: { texts: { en: { field.company: Company } } }\nsignUp: { allow: ['@example.com', invited], waitingList: true }\n")
	_, body := w.do(http.MethodGet, "/sign-up", "")
	for _, want := range []string{`<label for="company">Company</label>`, `id="size" name="size" type="number"`, "<option>large</option>"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	if strings.Contains(body, `name="note"`) {
		t.Error("the form asks for a field that is not required")
	}
	more := "&company=Engines&size=3&kind=large"
	res, body := w.do(http.MethodPost, "/sign-up", strings.Replace(signUpForm, "example.com", "elsewhere.org", 1)+more)
	w.shows(res, body, http.StatusForbidden, "put you on the waiting list")
	res, body = w.do(http.MethodPost, "/sign-up?redirectTo=%2Fdesk", signUpForm+more)
	w.lands(res, body, "/verify-email?sent=true&redirectTo=%2Fdesk")
	res, body = w.do(http.MethodPost, "/sign-in", signInForm)
	w.shows(res, body, http.StatusForbidden, "Please confirm your e-mail address first.")
	link, err := url.Parse(w.mail("ada@example.com", 1))
	if err != nil {
		t.Fatal(err)
	}
	res, body = w.do(http.MethodGet, link.RequestURI(), "")
	at := res.Header.Get("Location")
	if !strings.HasPrefix(at, "/verify-email?verified=true&redirectTo=%2Fdesk") {
		t.Fatalf("%d to %s\n%s", res.StatusCode, at, body)
	}
	res, body = w.do(http.MethodGet, at, "")
	w.shows(res, body, http.StatusOK, "Your e-mail address is confirmed.")
	res, body = w.do(http.MethodPost, "/sign-in?redirectTo=%2Fdesk", signInForm)
	w.lands(res, body, "/desk")
}

func TestPageFiles(t *testing.T) {
	w := openPages(t, "ui: { path: /auth, name: Engines, logo: logo.svg, css: own.css, colors: { accent: '#123456, rgb(1, 2, 3)', radius: '0' }, languages: [de] }\n")
	_, body := w.do(http.MethodGet, "/auth/sign-in", "", "Accept-Language", "en")
	for _, want := range []string{`<html lang="de">`, `href="/auth/_ui/site.css?v=`, `href="/auth/_ui/own.css?v=`, `src="/auth/_ui/logo?v=`, `"logo":"/auth/_ui/logo?v=`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	for path, want := range map[string]string{"site.css": "--accent: light-dark(#123456, rgb(1, 2, 3));\n  --radius: 0;", "own.css": "--x: 1", "logo": "<svg", "icon": "<svg"} {
		res, body := w.do(http.MethodGet, "/auth/_ui/"+path, "")
		if res.StatusCode != http.StatusOK || !strings.Contains(body, want) || !strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %d %v %s", path, res.StatusCode, res.Header, body)
		}
	}
	if res, _ := w.do(http.MethodGet, "/auth/_ui/missing.js", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("a file that is not there: %d", res.StatusCode)
	}
}

func TestPagesOff(t *testing.T) {
	w := openPages(t, "ui: { enabled: false }\n")
	for _, path := range []string{"/sign-in", "/sign-up", "/reset-password", "/accept-invitation/x", "/device", "/error"} {
		res, body := w.do(http.MethodGet, path, "")
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		if res, body = w.do(http.MethodPost, path, signInForm); res.StatusCode != http.StatusNotFound {
			t.Errorf("POST %s: %d %s", path, res.StatusCode, body)
		}
	}
}

// TestPagesOfRealms checks that the pages of a realm are below its path and know only its users.
func TestPagesOfRealms(t *testing.T) {
	dir := t.TempDir()
	s := serveRealms(t, `
mode: production
emailAndPassword: { enabled: true }
passwordHashes: 2
advanced: { useSecureCookies: false }
ui: { enabled: true, path: /pages }
realms:
  - { name: shop, path: /shop, baseURL: "https://example.com", secret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-shop, database: "sqlite:`+dir+`/shop.db" }
  - { name: forum, path: /forum, baseURL: "https://example.com", secret: 7uJq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-forum, database: "sqlite:`+dir+`/forum.db" }
`)
	send := func(path, body string) (int, string) {
		return s.ask("example.com", http.MethodPost, path, body, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "Origin", "https://example.com")
	}
	if got, said := send("/shop/pages/sign-up", signUpForm); got != http.StatusOK || !strings.Contains(said, `"page":"/account","path":"/shop/pages","root":"/shop"`) {
		t.Fatalf("signing up: %d %s", got, said)
	}
	for path, status := range map[string]int{"/shop/pages/sign-in": http.StatusOK, "/forum/pages/sign-in": http.StatusUnauthorized} {
		if got, said := send(path, signInForm); got != status {
			t.Errorf("%s: %d %s", path, got, said)
		}
	}
	for _, path := range []string{"/pages/sign-in", "/shop/sign-in", "/shop/pages/_ui/missing.js"} {
		if got, _ := s.ask("example.com", http.MethodGet, path, ""); got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestPageTexts(t *testing.T) {
	_, err := ui.New(ui.Options{Mode: "development", BasePath: "/api/auth", Config: ui.Config{Texts: map[string]map[string]string{"en": {"pages.signIn.titel": "x", "field.x": "X", "common.show": "S"}}}})
	if err == nil || err.Error() != `ui.texts.en: there is no text "pages.signIn.titel"` {
		t.Errorf("got %v", err)
	}
	if _, err := ui.New(ui.Options{Mode: "development", BasePath: "/auth", Config: ui.Config{Path: "/auth"}}); err == nil {
		t.Error("pages at the path of the endpoints are accepted")
	}
}

// TestPagesBesideEndpointsAtTheRoot checks that no page takes the path of an endpoint.
func TestPagesBesideEndpointsAtTheRoot(t *testing.T) {
	w := openPages(t, "basePath: /\nplugins: { device-authorization: {} }\n")
	for path, wantPage := range map[string]bool{"/ui/sign-in": true, "/ui/device": true, "/device": false, "/error": false, "/sign-in": false, "/ok": false} {
		res, body := w.do(http.MethodGet, path, "")
		if got := strings.Contains(body, `src="/ui/_ui/pages-`); got != wantPage {
			t.Errorf("%s: a page: %v, %d %.300s", path, got, res.StatusCode, body)
		}
	}
}
