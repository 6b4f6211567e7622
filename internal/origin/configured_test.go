package origin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

func TestConfiguredURL(t *testing.T) {
	for text, want := range map[string]string{
		"https://app.example.com":               "https://app.example.com",
		"https://app.example.com/":              "https://app.example.com",
		"https://app.example.com/auth":          "https://app.example.com/auth",
		"https://app.example.com/auth/":         "https://app.example.com/auth",
		"https://app.example.com/auth//":        "https://app.example.com/auth",
		"  https://app.example.com/auth/ \r\n":  "https://app.example.com/auth",
		"https://App.Example.com:443/auth":      "https://App.Example.com:443/auth",
		"HTTPS://app.example.com":               "HTTPS://app.example.com",
		`https:\\app.example.com\auth`:          "https://app.example.com/auth",
		"https:app.example.com":                 "https://app.example.com",
		"https://app.example.com/a/../auth":     "https://app.example.com/auth",
		"https://app.example.com/\u00e4":        "https://app.example.com/%C3%A4",
		"http://[::1]:3210/":                    "http://[::1]:3210",
		"app.example.com":                       "with its scheme, like https://app.example.com",
		"//app.example.com":                     "with its scheme, like https://app.example.com",
		"localhost:3000":                        `the scheme "localhost"`,
		"ftp://app.example.com":                 `the scheme "ftp"`,
		"https://":                              "does not parse",
		"\ufeffhttps://app.example.com":         "does not parse",
		"https://app.example.com/?a=1":          "a query or a fragment",
		"https://app.example.com/auth?":         "a query or a fragment",
		"https://app.example.com/#top":          "a query or a fragment",
		"https://u:hush@app.example.com":        "a user name or password",
		"https://u:hush@app.example.com:999999": "does not parse",
	} {
		got, err := origin.ConfiguredURL(text)
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) || strings.Contains(got, "hush") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestConfiguredPath(t *testing.T) {
	for text, want := range map[string]string{
		"/api/auth":        "/api/auth",
		"/api/auth/":       "/api/auth",
		"/api/auth//":      "/api/auth",
		"api/auth":         "/api/auth",
		" /api/auth\n":     "/api/auth",
		"/":                "/",
		"//":               "/",
		"/a%20b":           "/a%20b",
		"/a b":             "not a plain path",
		"/a?b":             "not a plain path",
		"/a#b":             "not a plain path",
		`/a\b`:             "not a plain path",
		"//evil.example":   "an empty or a dot segment",
		"/a//b":            "an empty or a dot segment",
		"/a/../b":          "an empty or a dot segment",
		"/a/./b":           "an empty or a dot segment",
		"https://a.io/api": "is a URL",
	} {
		got, err := origin.ConfiguredPath(text)
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestConfiguredHosts(t *testing.T) {
	got, err := origin.ConfiguredHosts([]string{" app.example.com ", "https://app.example.com/", "*.example.com/x", "localhost:*", "http://[::1]:3000"})
	want := []string{"app.example.com", "https://app.example.com", "*.example.com", "localhost:*", "http://[::1]:3000"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q %v", got, err)
	}
	for _, bad := range []string{"", " ", "https://", "/x", "a b", "u@a.example", `a\b`, "a.example#x"} {
		if _, err := origin.ConfiguredHosts([]string{bad}); err == nil {
			t.Errorf("%q: accepted", bad)
		}
	}
}
