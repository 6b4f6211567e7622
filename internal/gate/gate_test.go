package gate_test

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/gate"
)

func TestAddress(t *testing.T) {
	r, err := gate.Parse([]string{"@example.com", "@*.corp.example", "@bücher.example", "Ada@Single.example", "via:siwe"})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		"a@example.com":                           true,
		"A+tag@EXAMPLE.com":                       true,
		"a@sub.example.com":                       false,
		"a@evil-example.com":                      false,
		"a@example.com.evil.com":                  false,
		"a@x.corp.example":                        true,
		"a@x.y.CORP.example":                      true,
		"a@corp.example":                          false,
		"a@evilcorp.example":                      false,
		"a@bücher.example":                        true,
		"a@BÜCHER.example":                        true,
		"a@bu\u0308cher.example":                  true, // decomposed
		"a@xn--bcher-kva.example":                 true,
		"ada@single.example":                      true,
		"ada+x@single.example":                    false,
		"a.da@single.example":                     false,
		"a@example.com.":                          false,
		"a@example.com\u3002":                     false, // an ideographic full stop
		"a@evil.com@example.com":                  false,
		"a\uff20evil.com@example.com":             false, // a wide @, which NFKC makes an @
		"\"a@evil.com\"@example.com":              false,
		"a b@example.com":                         false,
		"a\n@example.com":                         false,
		"a,b@example.com":                         false,
		"<a@evil.com>a@example.com":               false,
		"a(x)@example.com":                        false,
		"a%evil.com@example.com":                  true, // one address; servers that relay such addresses are gone
		"@example.com":                            false,
		"example.com":                             false,
		"":                                        false,
		"a@":                                      false,
		"a@ex\u0430mple.com":                      false, // a Cyrillic letter
		"a@example\u200b.com":                     true,  // DNS ignores it
		"a@example..com":                          false,
		"a@example.com\x00":                       false,
		"a@exam_ple.com":                          false,
		strings.Repeat("a", 260) + "@example.com": false,
	} {
		if got := r.Address(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
	if !r.Method("siwe") || r.Method("anonymous") || r.Method("") {
		t.Error("methods")
	}
	if r.Invited || !r.ByAddress() {
		t.Errorf("%+v", r)
	}
}

func TestParse(t *testing.T) {
	_, err := gate.Parse([]string{"example.com", "@", "@.", "@a@b", "@*", "*@example.com", "via:", "everybody", "", "a b@example.com", "@*.", "invited"})
	if err == nil {
		t.Fatal("accepted")
	}
	if n := len(strings.Split(err.Error(), "\n")); n != 10 { // * is a character that an address may begin with
		t.Errorf("%d problems: %v", n, err)
	}
	only, err := gate.Parse([]string{"via:oauth:corporate"})
	if err != nil || only.ByAddress() || !only.Method("oauth:corporate") {
		t.Errorf("%+v %v", only, err)
	}
}

func FuzzKey(f *testing.F) {
	for _, seed := range []string{"a@example.com", "Ä@bücher.example", "a@b@c", "a\uff20b@c.d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		key, ok := gate.Key(address)
		if !ok {
			return
		}
		if strings.Count(key, "@") != 1 || strings.ContainsAny(key, " \t\r\n\x00\"<>,;") {
			t.Errorf("%q: %q", address, key)
		}
		if again, ok := gate.Key(key); !ok || again != key {
			t.Errorf("%q: %q, then %q", address, key, again)
		}
	})
}
