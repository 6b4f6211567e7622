package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var pagePaths = []string{"/sign-in", "/sign-up", "/forgot-password", "/reset-password", "/two-factor", "/verify-email", "/accept-invitation/x", "/device", "/error", "/account"}

// TestAttackPlainFormFromElsewhere sends the plain forms from other sites, with and without the cookies of a user.
func TestAttackPlainFormFromElsewhere(t *testing.T) {
	w := openPages(t, "trustedOrigins: ['https://app.example.com']\n")
	res, body := w.do(http.MethodPost, "/sign-up", signUpForm)
	w.lands(res, body, "/account")
	cookies := w.cookies
	attack := "name=Eve&email=eve%40example.com&password=correct+horse+battery"
	for name, headers := range map[string][]string{
		"another site":      {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"a forged origin":   {"Sec-Fetch-Site", "cross-site"},
		"a sibling":         {"Sec-Fetch-Site", "same-site", "Origin", "https://blog.example.com"},
		"typed in":          {"Sec-Fetch-Site", "none"},
		"an unknown value":  {"Sec-Fetch-Site", "same-origin, cross-site"},
		"an old browser":    {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
		"a sandboxed frame": {"Sec-Fetch-Site", "", "Origin", "null"},
		"nothing":           {"Sec-Fetch-Site", "", "Origin", ""},
		"a prefix":          {"Sec-Fetch-Site", "", "Origin", "https://auth.example.com.evil.example"},
		"user info":         {"Sec-Fetch-Site", "", "Origin", "https://auth.example.com@evil.example"},
		"a port":            {"Sec-Fetch-Site", "", "Origin", "https://auth.example.com:8443"},
		"another scheme":    {"Sec-Fetch-Site", "", "Origin", "ftp://auth.example.com"},
		"a trusted origin":  {"Sec-Fetch-Site", "same-site", "Origin", "https://app.example.com"},
		"a referrer":        {"Sec-Fetch-Site", "", "Origin", "", "Referer", "https://evil.example/https://auth.example.com/"},
	} {
		for _, signedIn := range []bool{false, true} {
			w.cookies = map[string]string{}
			if signedIn {
				for k, v := range cookies {
					w.cookies[k] = v
				}
			}
			for path, form := range map[string]string{"/sign-up": attack, "/sign-in": signInForm, "/forgot-password": "email=ada%40example.com", "/reset-password?token=x": "password=whatever+it+is"} {
				res, body := w.do(http.MethodPost, path, form, headers...)
				if res.StatusCode != http.StatusForbidden || len(res.Cookies()) > 0 {
					t.Errorf("%s: %s: %d %v\n%s", name, path, res.StatusCode, res.Cookies(), body)
				}
				if strings.Contains(body, "eve@example.com") || strings.Contains(body, "ada@example.com") {
					t.Errorf("%s: %s: the page repeats what another site filled in", name, path)
				}
			}
		}
	}
	clear(w.cookies)
	if res, body := w.do(http.MethodPost, "/sign-in", attack); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("somebody signed up: %d %s", res.StatusCode, body)
	}
	for name, headers := range map[string][]string{
		"a browser without Sec-Fetch-Site": {"Sec-Fetch-Site", ""},
		"only a referrer":                  {"Sec-Fetch-Site", "", "Origin", "", "Referer", pagesSite + "/sign-in"},
	} {
		clear(w.cookies)
		res, body := w.do(http.MethodPost, "/sign-in", signInForm, headers...)
		if res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d\n%s", name, res.StatusCode, body)
		}
	}
}

// next returns where a page says that it leads.
func nextOf(t *testing.T, body string) string {
	t.Helper()
	m := regexp.MustCompile(`(?s)<script type="application/json" id="server">(.*?)</script>`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no data in\n%s", body)
	}
	var data struct{ Next string }
	if err := json.Unmarshal([]byte(m[1]), &data); err != nil {
		t.Fatal(err)
	}
	return data.Next
}

// TestAttackPageRedirect tries to leave the site through every page.
func TestAttackPageRedirect(t *testing.T) {
	w := openPages(t, "trustedOrigins: ['https://*.example.org', 'https://app.example.com', 'myapp://']\n")
	res, body := w.do(http.MethodPost, "/sign-up", signUpForm)
	w.lands(res, body, "/account")
	for i, evil := range []string{
		"https://evil.example", "//evil.example", `/\evil.example`, `\\evil.example`, "/%2Fevil.example", "/%5cevil.example", "/\t/evil.example", "/\n/evil.example",
		"https:evil.example", "javascript:alert(1)", "javascript://app.example.com/%0aalert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "blob:https://app.example.com/x",
		"https://app.example.com.evil.example", "https://app.example.com@evil.example", "https://evil.example/?https://app.example.com", "http://app.example.com", "myapp2://x",
		"evil.example", " https://evil.example", "/" + strings.Repeat("a", 3000),
	} {
		query := "?redirectTo=" + url.QueryEscape(evil)
		for _, path := range pagePaths {
			res, body := w.do(http.MethodGet, path+query, "")
			if got := nextOf(t, body); got != "/account" || res.StatusCode != http.StatusOK {
				t.Errorf("%s leads to %q after %q", path, got, evil)
			}
			if strings.Contains(body, "evil.example") || strings.Contains(res.Header.Get("Content-Security-Policy"), "evil") {
				t.Errorf("%s repeats %q", path, evil)
			}
		}
		clear(w.cookies)
		res, body := w.do(http.MethodPost, "/sign-in"+query, signInForm+"&redirectTo="+url.QueryEscape(evil)+"&callbackURL="+url.QueryEscape(evil))
		w.lands(res, body, "/account")
		res, body = w.do(http.MethodPost, "/forgot-password"+query, "email=ada%40example.com&redirectTo="+url.QueryEscape(evil))
		w.lands(res, body, "/forgot-password?sent=true")
		if link := w.mail("ada@example.com", i+1); strings.Contains(link, "evil") {
			t.Errorf("the mail leads to %s", link)
		}
	}
	for _, good := range []string{"/desk?a=b#c", "https://app.example.com/desk", "https://a.example.org/x"} {
		clear(w.cookies)
		query := "?redirectTo=" + url.QueryEscape(good)
		res, body := w.do(http.MethodGet, "/sign-in"+query, "")
		u, _ := url.Parse(good)
		if got := nextOf(t, body); got != good || u.Host != "" && !strings.HasSuffix(res.Header.Get("Content-Security-Policy"), "form-action 'self' https://"+u.Host) {
			t.Errorf("%s leads to %s with %s", good, got, res.Header.Get("Content-Security-Policy"))
		}
		res, body = w.do(http.MethodPost, "/sign-in"+query, signInForm)
		w.lands(res, body, good)
	}
	// A host can contain what separates directives.
	for _, host := range []string{"x;script-src *;.example.org", "x,script-src.example.org", "x'unsafe-inline'.example.org"} {
		res, _ := w.do(http.MethodGet, "/sign-in?redirectTo="+url.QueryEscape("https://"+host), "")
		if csp := res.Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "form-action 'self'") {
			t.Errorf("%s: %s", host, csp)
		}
	}
}

// TestAttackPageMarkup puts markup into everything that a page shows.
func TestAttackPageMarkup(t *testing.T) {
	evil := `"'></script></noscript><img src=x onerror=alert(1)><script>alert(1)</script>`
	quoted, _ := json.Marshal(evil)
	w := openPages(t, "appName: "+string(quoted)+"\nui: { texts: { en: { pages.signIn.title: "+string(quoted)+" } } }\n"+
		"user: { additionalFields: { 'a\"><b>': { type: string } } }\n")
	for _, path := range pagePaths {
		for _, query := range []string{"", "?error=" + url.QueryEscape(evil), "?lang=" + url.QueryEscape(evil), "?token=" + url.QueryEscape(evil), "?redirectTo=" + url.QueryEscape("/"+evil), "?user_code=" + url.QueryEscape(evil), "?twoFactorMethods=" + url.QueryEscape(evil)} {
			_, body := w.do(http.MethodGet, path+query, "")
			clean(t, path+query, body)
		}
	}
	_, body := w.do(http.MethodGet, "/accept-invitation/"+url.PathEscape(evil), "")
	clean(t, "an id", body)
	for _, path := range []string{"/sign-in", "/sign-up", "/forgot-password"} {
		_, body := w.send(path, "name", evil, "email", evil, "password", evil)
		clean(t, "the form of "+path, body)
	}
}

func clean(t *testing.T, what, body string) {
	t.Helper()
	if strings.Contains(body, "<img src=x") || strings.Contains(body, "<script>") || strings.Contains(body, `a"><b>`) || strings.Count(body, "</noscript>") != 1 || strings.Count(body, "</script>") != 2 {
		t.Errorf("%s: markup in\n%s", what, body)
	}
}

var inline = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?:\s+type="module")?>`)

// TestAttackPageFraming checks the headers that keep pages out of frames and strange scripts out of pages.
func TestAttackPageFraming(t *testing.T) {
	w := openPages(t, "")
	for _, path := range append([]string{"/"}, pagePaths...) {
		res, body := w.do(http.MethodGet, path, "")
		csp := res.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self';", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: no %s in %s", path, want, csp)
			}
		}
		for name, want := range map[string]string{"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s: %s", path, name, got)
			}
		}
		if res.Header.Get("Access-Control-Allow-Origin") != "" || inline.MatchString(body) {
			t.Errorf("%s: %v\n%s", path, res.Header, body)
		}
	}
}

// TestAttackPageRequests sends requests that no form of a page makes.
func TestAttackPageRequests(t *testing.T) {
	w := openPages(t, "")
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "TRACE", "PROPFIND"} {
		for _, path := range append([]string{"/_ui/icon"}, pagePaths...) {
			if res, body := w.do(method, path, ""); res.StatusCode != http.StatusMethodNotAllowed || res.Header.Get("Allow") == "" {
				t.Errorf("%s %s: %d %s", method, path, res.StatusCode, body)
			}
		}
	}
	for _, path := range []string{"/verify-email", "/device", "/error", "/account", "/accept-invitation/x", "/two-factor"} {
		if res, body := w.do(http.MethodPost, path, signInForm); res.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d %s", path, res.StatusCode, body)
		}
	}
	for what, c := range map[string]struct {
		body, kind string
		status     int
	}{
		"JSON":       {`{"email":"a@example.com"}`, "application/json", http.StatusUnsupportedMediaType},
		"plain text": {signInForm, "text/plain", http.StatusUnsupportedMediaType},
		"multipart":  {"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", http.StatusUnsupportedMediaType},
		"no type":    {signInForm, "", http.StatusUnsupportedMediaType},
		"long":       {"email=" + strings.Repeat("a", 1<<20), "application/x-www-form-urlencoded", http.StatusBadRequest},
		"broken":     {"email=%zz", "application/x-www-form-urlencoded", http.StatusBadRequest},
	} {
		if res, body := w.do(http.MethodPost, "/sign-in", c.body, "Content-Type", c.kind); res.StatusCode != c.status {
			t.Errorf("%s: %d\n%.300s", what, res.StatusCode, body)
		}
	}
	for _, path := range []string{"/_ui/../ui.go", "/_ui/..%2fui.go", "/_ui/manifest.json", "/_ui/", "/_ui//etc/passwd", "/_ui/own.css"} {
		if res, body := w.do(http.MethodGet, path, ""); res.StatusCode < http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}

// TestAttackPlainFormGuessing checks that plain forms count for the limits as calls of the API do.
func TestAttackPlainFormGuessing(t *testing.T) {
	w := openPages(t, "rateLimit: { enabled: true }\n")
	var last int
	for range 6 {
		res, body := w.send("/sign-in", "email", "ada@example.com", "password", "a wrong guess")
		if last = res.StatusCode; last == http.StatusTooManyRequests {
			w.shows(res, body, last, "Too many attempts.")
			if res.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the sixth guess: %d", last)
	}
	if res, _ := w.do(http.MethodPost, "/api/auth/sign-in/email", `{"email":"ada@example.com","password":"another guess"}`, "Content-Type", "application/json"); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the same guess at the API: %d", res.StatusCode)
	}
}
