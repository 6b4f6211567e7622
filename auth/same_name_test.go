package auth_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

const site = "https://auth.app.example.com"

// sameName returns a server whose cookies were once set for the host alone and are now set for a domain, or the other
// way round.
func sameName(t *testing.T, shared bool, strategy string) *authtest.Server {
	o := auth.Options{BaseURL: auth.Static(site)}
	o.Advanced.Limits.Name = 4000 // for a cached session that needs several cookies
	o.Advanced.CrossSubDomainCookies = auth.CrossSubDomainCookies{Enabled: shared, Domain: "example.com"}
	if !shared {
		o.Advanced.CrossSubDomainCookies = auth.CrossSubDomainCookies{}
	}
	if strategy != "" {
		o.Session.CookieCache = auth.CookieCache{Enabled: yes(), Strategy: strategy}
	}
	o = authtest.PlainPasswords(o)
	return authtest.New(t, o)
}

func send(s *authtest.Server, method, path, cookies, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, site+"/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Origin", site)
	r.Header.Set("Content-Type", "application/json")
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// carried returns the cookies that an answer sets, in the form of a Cookie header.
func carried(w *httptest.ResponseRecorder) string {
	var pairs []string
	for _, line := range w.Header()["Set-Cookie"] {
		pair, attributes, _ := strings.Cut(line, ";")
		if !strings.Contains(attributes, "Max-Age=0") {
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(pairs, "; ")
}

func signUp(t *testing.T, s *authtest.Server, email string) string {
	t.Helper()
	w := send(s, "POST", "/sign-up/email", "", `{"name":"`+strings.Repeat("N", 3500)+`","email":"`+email+`","password":"password1234"}`)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return carried(w)
}

// If several cookies have the same name, each is tried until one is a session, with and without the cookie cache, and
// with values split into several cookies.
func TestSeveralCookiesOfOneName(t *testing.T) {
	for _, strategy := range []string{"", "compact", "jwe"} {
		t.Run("cache "+strategy, func(t *testing.T) {
			s := sameName(t, true, strategy)
			live := signUp(t, s, "live@example.com")
			ended := signUp(t, s, "ended@example.com")
			if w := send(s, "POST", "/sign-out", ended, "{}"); w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			if strategy != "" && !strings.Contains(live, "session_data.0=") {
				t.Fatalf("the cache is not in chunks: %s", live)
			}
			forged := strings.Replace(live, "session_token=", "session_token=x", 1)
			// The cached copy would be valid until its own expiry.
			endedToken, _, _ := strings.Cut(ended, "; ")
			for name, header := range map[string]string{
				"forged first":     forged + "; " + live,
				"forged behind":    live + "; " + forged,
				"ended first":      endedToken + "; " + live,
				"ended behind":     live + "; " + endedToken,
				"nonsense between": "__Secure-better-auth.session_token=; " + endedToken + "; __Secure-better-auth.session_token=%00; " + live,
			} {
				w := send(s, "GET", "/get-session", header, "")
				if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "live@example.com") {
					t.Errorf("%s: %d %.80s", name, w.Code, w.Body)
				}
				if set := strings.Join(w.Header()["Set-Cookie"], "\n"); strings.Contains(set, "session_token=;") {
					t.Errorf("%s: the session that is found is taken away:\n%s", name, set)
				}
				if w := send(s, "GET", "/list-sessions", header, ""); w.Code != http.StatusOK {
					t.Errorf("%s: a session is required: %d %s", name, w.Code, w.Body)
				}
			}
			if w := send(s, "GET", "/get-session", forged+"; "+endedToken, ""); w.Body.String() != "null" {
				t.Errorf("none verifies: %s", w.Body)
			}
		})
	}
}

// Signing out removes all cookies of the session, in whichever form.
func TestSignOutClearsBothForms(t *testing.T) {
	for name, tc := range map[string]struct {
		shared, twice bool
		want          []string // the Domain attributes of the cookies that expire
	}{
		"now shared":             {shared: true, want: []string{"", "example.com"}},
		"now shared, both there": {shared: true, twice: true, want: []string{"", "example.com"}},
		"host alone":             {want: []string{""}},
		"once shared":            {twice: true, want: []string{"auth.app.example.com", "app.example.com", "example.com", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sameName(t, tc.shared, "compact")
			header := signUp(t, s, "a@example.com")
			second := carried(send(s, "POST", "/sign-in/email", "", `{"email":"a@example.com","password":"password1234"}`))
			if tc.twice {
				header += "; " + second
			}
			w := send(s, "POST", "/sign-out", header, "{}")
			domains := map[string][]string{}
			for _, line := range w.Header()["Set-Cookie"] {
				cookie, _, _ := strings.Cut(line, "=")
				_, domain, _ := strings.Cut(line, "; Domain=")
				domain, _, _ = strings.Cut(domain, ";")
				if !strings.Contains(line, "Max-Age=0") {
					t.Errorf("sets %s", line)
				}
				domains[cookie] = append(domains[cookie], domain)
			}
			for _, cookie := range []string{"session_token", "session_data.0", "session_data.1"} {
				if got := domains["__Secure-better-auth."+cookie]; strings.Join(got, " ") != strings.Join(tc.want, " ") {
					t.Errorf("%s: %q, want %q", cookie, got, tc.want)
				}
			}
			for _, one := range []string{header, second} {
				gone := send(s, "GET", "/get-session?disableCookieCache=true", one, "").Body.String() == "null"
				if gone != (one == header || tc.twice) {
					t.Errorf("ended: %v", gone)
				}
			}
		})
	}
}
