package cookie_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/secret"
)

func TestSigned(t *testing.T) {
	text, err := os.ReadFile("../secret/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Secret       string
		SignedCookie struct{ Value, Signed string }
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	keys := secret.New(v.Secret)
	line, err := cookie.Serialize("n", cookie.Sign(v.SignedCookie.Value, keys), cookie.Attributes{})
	if err != nil || line != "n="+v.SignedCookie.Signed {
		t.Errorf("%s %v", line, err)
	}
	jar := cookie.Parse("x=1; " + line)
	if value, ok, current := jar.Signed("n", keys); value != v.SignedCookie.Value || !ok || !current {
		t.Errorf("%q %v %v", value, ok, current)
	}
	rotated, err := secret.NewVersioned([]secret.Version{{Version: 2, Value: "new"}, {Version: 1, Value: v.Secret}}, "")
	if err != nil {
		t.Fatal(err)
	}
	if value, ok, current := jar.Signed("n", rotated); value != v.SignedCookie.Value || !ok || current {
		t.Errorf("older secret: %q %v %v", value, ok, current)
	}
	signed := cookie.Sign("value", keys)
	for _, raw := range []string{"", "value", ".", signed[5:], signed[:len(signed)-1], signed + "=", "Value" + signed[5:], "value.x" + signed[5:], signed[:6] + "A" + signed[7:]} {
		if value, ok, _ := cookie.Unsign(raw, keys); ok || value != "" {
			t.Errorf("accepted %q", raw)
		}
	}
}

func TestPendingLines(t *testing.T) {
	lines := []string{"a=1; Path=/", "a.0=x", "ab=2", "b=a=1", "a", "A=3"}
	if !cookie.HasPending(lines, "a") || cookie.HasPending(lines, "c") {
		t.Error("HasPending is wrong")
	}
	if got, want := cookie.RemoveSetCookie(lines, "a"), []string{"ab=2", "b=a=1", "a", "A=3"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if lines[0] != "a=1; Path=/" {
		t.Error("the lines given were changed")
	}
}

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		header string
		pairs  []cookie.Pair
		want   string
	}{
		{"", nil, ""},
		{"a=1; b=2", []cookie.Pair{{Name: "b", Value: "x y"}, {Name: "c", Value: "ü.="}}, "a=1; b=x%20y; c=%C3%BC.%3D"},
		{"a=1; bad name=2; a=3", []cookie.Pair{{Name: "no good", Value: "x"}}, "a=3"},
	} {
		if got := cookie.Merge(c.header, c.pairs...); got != c.want {
			t.Errorf("Merge(%q) = %q, want %q", c.header, got, c.want)
		}
	}
}

func TestParseSetCookie(t *testing.T) {
	c, value, ok := cookie.ParseSetCookie(` a="x%3D1" ; Max-Age=60; Domain=.x; path=/p; Expires=Wed, 21 Oct 2015 07:28:00 GMT; SECURE; HttpOnly; SameSite=Lax; Partitioned; Priority=High`)
	want := cookie.Cookie{Name: "a", Attributes: cookie.Attributes{
		MaxAge: cookie.Seconds(60), Domain: ".x", Path: "/p", Expires: time.Date(2015, 10, 21, 7, 28, 0, 0, time.UTC),
		Secure: true, HttpOnly: true, SameSite: "lax", Partitioned: true,
	}}
	if !ok || value != "x=1" || !reflect.DeepEqual(c, want) {
		t.Errorf("%+v %q %v", c, value, ok)
	}
	for _, line := range []string{"", "=x", ";"} {
		if _, _, ok := cookie.ParseSetCookie(line); ok {
			t.Errorf("%q has a name", line)
		}
	}
}

func TestJarOfManyCookies(t *testing.T) {
	var header strings.Builder
	for i := range 1000 {
		header.WriteString("c" + strconv.Itoa(i%500) + "=" + strconv.Itoa(i) + "; ")
	}
	first, last := cookie.Parse(header.String()), cookie.ParseLast(header.String())
	for i := range 500 {
		name := "c" + strconv.Itoa(i)
		if a, _ := first.Get(name); a != strconv.Itoa(i) {
			t.Fatalf("first %s: %s", name, a)
		}
		if b, _ := last.Get(name); b != strconv.Itoa(i+500) {
			t.Fatalf("last %s: %s", name, b)
		}
	}
	if _, ok := first.Get("c500"); ok {
		t.Error("found a cookie that is not there")
	}
	if len(pairs(&first)) != 500 || len(pairs(&last)) != 500 {
		t.Error("names are not unique")
	}
}

func FuzzParse(f *testing.F) {
	v := load(f)
	for _, c := range v.Parse {
		f.Add(latin1(c.Header))
	}
	keys := secret.New(v.Secret)
	f.Fuzz(func(t *testing.T, header string) {
		jar, last := cookie.Parse(header), cookie.ParseLast(header)
		for name, value := range jar.All() {
			if got, ok := jar.Get(name); !ok || got != value {
				t.Fatalf("%q: %q is %q, All says %q", header, name, got, value)
			}
			if _, ok, _ := jar.Signed(name, keys); ok {
				t.Fatalf("%q: forged signature", header)
			}
		}
		// ParseLast reads what Merge writes.
		again := cookie.ParseLast(cookie.Merge(header))
		if got, want := pairs(&again), pairs(&last); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %q, then %q", header, want, got)
		}
		cookie.ReadChunked(&jar, "a")
		if _, err := cookie.Chunk(&jar, cookie.Cookie{Name: "a"}, header); err != nil && len(header) < 1000 {
			t.Fatalf("%q: %v", header, err)
		}
		_, _, _ = cookie.ParseSetCookie(header)
	})
}

func TestSeveralCookiesOfOneName(t *testing.T) {
	keys, other := secret.New("s"), secret.New("t")
	sign := func(value string, keys *secret.Keys) string {
		return cookie.EncodeURIComponent(cookie.Sign(value, keys))
	}
	jar := cookie.Parse("a=" + sign("x", other) + "; b=1; a=" + sign("y", keys) + "; a=; a=\"" + sign("z", keys) + "\"; a=" + sign("y", keys))
	if got := jar.Values("a"); len(got) != 5 || !jar.Repeats("a") || jar.Repeats("b") || jar.Values("c") != nil {
		t.Errorf("%q", got)
	}
	if value, ok, _ := jar.Signed("a", keys); !ok || value != "y" {
		t.Errorf("%q %v", value, ok)
	}
	var values []string
	for _, v := range jar.AllSigned("a", keys) {
		values = append(values, v.Value)
	}
	if strings.Join(values, " ") != "y z" {
		t.Errorf("%q", values)
	}
	long := cookie.Parse(strings.Repeat("a=1; ", 10_000) + "b=2")
	if n := len(long.Values("a")); n > 10 {
		t.Errorf("%d values are kept", n)
	}
	if b, _ := long.Get("b"); b != "2" {
		t.Error("the cookies behind are lost")
	}
	// Chunks of two cookies in one header, in either order of the browser.
	chunks := cookie.Parse("d.0=ab; d.1=cd; d.0=ef; d.1=gh")
	if got := cookie.ReadChunkedAll(&chunks, "d"); strings.Join(got, " ") != "efgh abcd" {
		t.Errorf("%q", got)
	}
}

func TestDomainsAbove(t *testing.T) {
	for host, want := range map[string]string{
		"auth.app.example.com:8443": "auth.app.example.com app.example.com example.com", "example.com": "example.com",
		"localhost:3000": "", "localhost": "", "127.0.0.1:3000": "", "[::1]:3000": "", "a.b.c.d.e.f": "a.b.c.d.e.f b.c.d.e.f c.d.e.f d.e.f", "": "",
	} {
		if got := strings.Join(cookie.DomainsAbove(host), " "); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}
