package origin

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// whole parses a URL with the parser, without the short way for plain ones.
func whole(raw string) (URL, bool) {
	parsed, err := parse(raw)
	if err != nil {
		return URL{}, false
	}
	o, _ := parsed.origin()
	return URL{
		Href: parsed.Href(false), Protocol: parsed.Protocol(), Username: parsed.Username(), Password: parsed.Password(),
		Host: parsed.Host(), Hostname: parsed.Hostname(), Port: parsed.Port(), Pathname: parsed.Pathname(),
		Search: parsed.Search(), Hash: parsed.Hash(), Origin: o,
	}, true
}

func TestPlain(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://app.example.com/callback": true, "http://localhost": true, "https://a-b.example.co/x.y/~z_1": true, "https://x1.example/": true,
		"https://example.com//a": true, "https://example.com/a/": true, "https://a1": true,
		"https://example.com:443/": false, "https://127.0.0.1/": false, "https://1.2.3": false, "https://0x7f.1": false, "https://example.0x1": false,
		"https://example.1": false, "https://xn--a.example/": false, "https://ab--c.example/": false, "https://Example.com/": false,
		"https://example.com/a/../b": false, "https://example.com/.": false, "https://example.com/..": false, "https://example.com/%2e": false,
		"https://example.com/a..b": false, "https://a@b.example/": false, "https:/example.com": false, "HTTPS://example.com": false,
		"ftp://example.com/": false, "https://": false, "https://.example.com/": false, "https://example.com./": false, "https://-a.example": false,
		"https://a-.example": false, "https://example.com/?": false, "https://example.com/#": false, "https://example.com/a b": false, " https://example.com": false,
		"javascript:x//a/": false, "https://example.com\\x": false,
	} {
		if _, got := plain(raw); got != want {
			t.Errorf("%q is plain: %v", raw, got)
		}
		samePlain(t, raw)
	}
}

// samePlain checks that the parts of a plain URL are those that the parser finds.
func samePlain(t *testing.T, raw string) {
	t.Helper()
	got, ok := plain(raw)
	if !ok {
		return
	}
	want, valid := whole(raw)
	if diff := cmp.Diff(want, got); diff != "" || !valid {
		t.Errorf("%q (-parser +plain):\n%s", raw, diff)
	}
}

func FuzzPlain(f *testing.F) {
	for _, raw := range []string{"https://app.example.com/callback", "http://a.b/c.d/../e", "https://1.b/", "https://a.1/", "https://a.0x/", "https://xn--a/", "https://a--b.c"} {
		f.Add(raw)
	}
	f.Fuzz(samePlain)
}
