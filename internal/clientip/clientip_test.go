package clientip

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"testing"
)

// golden is testdata/golden.json, made by testdata/golden.mjs.
type golden struct {
	Subnets         []int
	Normalized      [][]string
	Ranges, Invalid []string
	Headers         []header
}

type header struct {
	proxies []string
	list    string
	want    *string
}

func (h *header) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&h.proxies, &h.list, &h.want})
}

func readGolden(t *testing.T) *golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	g := new(golden)
	if err := json.Unmarshal(data, g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestNormalize(t *testing.T) {
	g := readGolden(t)
	for _, row := range g.Normalized {
		for i, want := range row[1:] {
			if got := Normalize(row[0], g.Subnets[i]); got != want {
				t.Errorf("Normalize(%q, %d) = %q; want %q", row[0], g.Subnets[i], got, want)
			}
		}
	}
}

func TestInvalidProxies(t *testing.T) {
	g := readGolden(t)
	if _, invalid := New(Options{TrustedProxies: g.Ranges}); !slices.Equal(invalid, g.Invalid) {
		t.Errorf("got  %q\nwant %q", invalid, g.Invalid)
	}
}

func TestFromHeader(t *testing.T) {
	for _, row := range readGolden(t).Headers {
		r, _ := New(Options{TrustedProxies: row.proxies})
		got, ok := r.FromHeader(http.Header{"X-Forwarded-For": {row.list}})
		if ok != (row.want != nil) || ok && got != *row.want {
			t.Errorf("proxies %q, header %q: got %q, %v", row.proxies, row.list, got, ok)
		}
	}
}

func TestHeadersInOrder(t *testing.T) {
	h := http.Header{"X-Real-Ip": {"1.1.1.1"}, "Cf-Connecting-Ip": {"2.2.2.2"}, "X-Forwarded-For": {"3.3.3.3"}, "X-Bad": {"bad"}}
	for _, test := range []struct {
		options Options
		want    string
	}{
		{Options{}, "3.3.3.3"},
		{Options{Headers: []string{}}, ""},
		{Options{Headers: []string{"cf-connecting-ip", "x-real-ip"}}, "2.2.2.2"},
		{Options{Headers: []string{"x-missing", "x-bad", "x-real-ip"}}, "1.1.1.1"},
		{Options{Headers: []string{"x-missing"}}, ""},
		{Options{Disable: true}, ""},
	} {
		r, _ := New(test.options)
		if got, ok := r.FromHeader(h); got != test.want || ok != (test.want != "") {
			t.Errorf("%+v: got %q, %v", test.options, got, ok)
		}
	}
}

// GHSA-p6v2-xcpg-h6xw.
func TestAttackIPv6Rotation(t *testing.T) {
	r, _ := New(Options{})
	keys := map[string]bool{}
	for i := range 1000 {
		ip, ok := r.FromHeader(http.Header{"X-Forwarded-For": {fmt.Sprintf("2001:db8:1:2:%x:%x::%x", i, i*7, i)}})
		if !ok {
			t.Fatal("no address")
		}
		keys[RateLimitKey(ip, "/sign-in/email")] = true
	}
	if len(keys) != 1 || !keys["2001:0db8:0001:0002:0000:0000:0000:0000|/sign-in/email"] {
		t.Errorf("one subscriber has %d keys", len(keys))
	}
}

func TestAttackTextualAliases(t *testing.T) {
	for want, spellings := range map[string][]string{
		"192.0.2.1": {"192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:C000:0201", "0::ffff:192.0.2.1", "0000:0000:0000:0000:0000:ffff:192.0.2.1",
			"0000:0000:0000:0000:0000:FFFF:C000:0201"},
		"2001:0db8:0000:0000:0000:0000:0000:0001": {"2001:db8::1", "2001:DB8:0:0::1", "2001:0db8:0:0:0:0:0:1", "2001:db8::0:1", "2001:db8::0.0.0.1"},
	} {
		for _, text := range spellings {
			if got := Normalize(text, 128); got != want {
				t.Errorf("Normalize(%q) = %q; want %q", text, got, want)
			}
		}
	}
}

// The reference treats any address whose sixth group is ffff and whose end is
// dotted as IPv4, so 2001:db8::ffff:10.0.0.1 would count as our own proxy.
func TestAttackDottedTail(t *testing.T) {
	for text, want := range map[string]string{
		"2001:db8:0:0:0:ffff:10.0.0.1": "2001:0db8:0000:0000:0000:ffff:0a00:0001",
		"1:2:3:4:5:6:1.2.3.4":          "0001:0002:0003:0004:0005:0006:0102:0304",
		"::ffff:0:1.2.3.4":             "0000:0000:0000:0000:ffff:0000:0102:0304",
		"::1.2.3.4":                    "0000:0000:0000:0000:0000:0000:0102:0304",
	} {
		if got := Normalize(text, 128); got != want {
			t.Errorf("Normalize(%q) = %q; want %q", text, got, want)
		}
	}
	r, _ := New(Options{TrustedProxies: []string{"10.0.0.0/8"}})
	if got, _ := r.FromHeader(http.Header{"X-Forwarded-For": {"6.6.6.6, 2001:db8:0:0:0:ffff:10.0.0.1"}}); got == "6.6.6.6" {
		t.Error("an address of the attacker's passes for our proxy")
	}
}

func TestAttackForgedForwardedFor(t *testing.T) {
	direct, _ := New(Options{})
	proxied, _ := New(Options{TrustedProxies: []string{"10.0.0.0/8", "2001:db8:ffff::/48"}})
	for _, test := range []struct {
		fields          []string
		direct, proxied string
	}{
		{[]string{"6.6.6.6, 1.2.3.4"}, "", "1.2.3.4"},
		{[]string{"6.6.6.6", "1.2.3.4"}, "", "1.2.3.4"},
		{[]string{"6.6.6.6, 1.2.3.4, 10.0.0.1"}, "", "1.2.3.4"},
		{[]string{"6.6.6.6", "1.2.3.4, 2001:db8:ffff::1"}, "", "1.2.3.4"},
		{[]string{"6.6.6.6, garbage, 10.0.0.1"}, "", ""},
		{[]string{"10.0.0.9, 10.0.0.1"}, "", ""},
	} {
		h := http.Header{"X-Forwarded-For": test.fields}
		if got, _ := direct.FromHeader(h); got != test.direct {
			t.Errorf("%q without proxies: %q", test.fields, got)
		}
		if got, _ := proxied.FromHeader(h); got != test.proxied {
			t.Errorf("%q with proxies: %q", test.fields, got)
		}
	}
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"::ffff:1.2.3.4", "2001:db8::1", "1.2.3.4", "X", "::%a"} {
		f.Add(seed, 64)
	}
	f.Fuzz(func(t *testing.T, ip string, subnet int) {
		once := Normalize(ip, subnet)
		if twice := Normalize(once, subnet); twice != once {
			t.Fatalf("Normalize(%q, %d) = %q, and of that %q", ip, subnet, once, twice)
		}
	})
}

func TestWithoutPort(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.7":              "203.0.113.7",
		"203.0.113.7:50123":        "203.0.113.7",
		" 203.0.113.7:1 ":          "203.0.113.7",
		"[2001:db8::1]:443":        "2001:0db8:0000:0000:0000:0000:0000:0000",
		"[2001:db8::1]":            "2001:0db8:0000:0000:0000:0000:0000:0000",
		"2001:db8::1":              "2001:0db8:0000:0000:0000:0000:0000:0000",
		"[::ffff:203.0.113.7]:443": "203.0.113.7",
		"203.0.113.7:":             "",
		"203.0.113.7:0":            "",
		"203.0.113.7:65536":        "",
		"203.0.113.7:050123":       "",
		"203.0.113.7:+80":          "",
		"203.0.113.7:80:80":        "",
		"[203.0.113.7]:80":         "",
		"[2001:db8::1":             "",
		"[2001:db8::1]443":         "",
		"[2001:db8::1%eth0]:443":   "",
		"localhost:80":             "",
		":80":                      "",
		"[]:80":                    "",
		"203.0.113.7:1,10.0.0.1:2": "",
	} {
		r, _ := New(Options{})
		h := http.Header{"X-Forwarded-For": {text}}
		if got, _ := r.WithoutPort(h); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	r, _ := New(Options{TrustedProxies: []string{"10.0.0.0/8", "2001:db8::/32"}})
	h := http.Header{"X-Forwarded-For": {"198.51.100.9, 203.0.113.7:50123, [2001:db8::1]:443, 10.0.0.1:80"}}
	got, _ := r.WithoutPort(h)
	hops, known := r.Hops(h)
	if got != "203.0.113.7" || hops != 2 || !known {
		t.Errorf("behind two proxies: %q, %d %v", got, hops, known)
	}
	if _, ok := r.FromHeader(h); ok {
		t.Error("FromHeader must read as the reference does")
	}
}

// CVE-2024-47070: a text that is not an address names no client, whatever is
// beside it.
func TestAttackUnparsableForwardedFor(t *testing.T) {
	for _, proxies := range [][]string{nil, {"10.0.0.0/8"}} {
		r, _ := New(Options{TrustedProxies: proxies})
		for _, text := range []string{"unknown", "_hidden", "203.0.113.7, garbage", "garbage, 10.0.0.1", "1.2.3.4.5", "1.2.3", "0x7f.1", "127.1", "::g", "1.2.3.4\x00", `"1.2.3.4"`, "for=1.2.3.4", "1.2.3.4;5.6.7.8"} {
			h := http.Header{"X-Forwarded-For": {text}}
			if ip, ok := r.WithoutPort(h); ok {
				t.Errorf("proxies %v: %q names %s", proxies, text, ip)
			}
		}
	}
}
