package cookie_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// vectors come from the npm package, by testdata/make.mjs.
type vectors struct {
	Secret    string
	Now       int64
	Serialize []struct {
		Name, Value, Result, Error string
		Attributes                 cookie.Overrides
	}
	Parse []struct {
		Header      string
		First, Last [][2]string
	}
	Options []struct {
		Options options
		Result  map[string]struct {
			Name       string
			Attributes cookie.Overrides
		}
		Error string
	}
	Chunk []struct {
		Name, Header string
		Size         int
		Lines, Clean []string
	}
	Read  []struct{ Header, Value string }
	Cache []struct {
		Strategy               cookie.Strategy
		MaxAge                 int
		Session, User, Version string
		Value                  string
		Decoded                decoded
	}
	Payloads []struct {
		Strategy cookie.Strategy
		Value    string
		Decoded  *decoded
	}
}

type options struct {
	BaseURL  json.RawMessage
	Advanced struct {
		UseSecureCookies      *bool
		CookiePrefix          string
		CrossSubDomainCookies struct {
			Enabled bool
			Domain  string
		}
		DefaultCookieAttributes cookie.Overrides
		Cookies                 map[string]cookie.Custom
	}
	Session struct {
		ExpiresIn   int
		CookieCache struct{ MaxAge int }
	}
}

type decoded struct {
	Session, User, Version string
	UpdatedAt, ExpiresAt   int64
}

func load(t testing.TB) (v vectors) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSerializeAsReference(t *testing.T) {
	for _, c := range load(t).Serialize {
		line, err := cookie.Serialize(c.Name, c.Value, c.Attributes.Apply(cookie.Attributes{}))
		if line != c.Result || (err != nil) != (c.Error != "") {
			t.Errorf("%s: %s %v\nwant %s %s", c.Name, line, err, c.Result, c.Error)
		}
	}
}

func TestAttackHeaderInjection(t *testing.T) {
	for _, c := range []struct {
		name string
		a    cookie.Attributes
	}{
		{"a\r\nSet-Cookie: b", cookie.Attributes{}}, {"a; Domain=x", cookie.Attributes{}},
		{"a", cookie.Attributes{Path: "/\n"}}, {"a", cookie.Attributes{Domain: "x; Secure"}}, {"a", cookie.Attributes{SameSite: "lax\x00"}},
	} {
		if line, err := cookie.Serialize(c.name, "v", c.a); err == nil {
			t.Errorf("wrote %q", line)
		}
	}
}

func TestParseAsReference(t *testing.T) {
	for _, c := range load(t).Parse {
		header := latin1(c.Header)
		first, last := cookie.Parse(header), cookie.ParseLast(header)
		if got := pairs(&first); !reflect.DeepEqual(got, c.First) {
			t.Errorf("Parse(%q) = %q, want %q", c.Header, got, c.First)
		}
		if got := pairs(&last); !reflect.DeepEqual(got, c.Last) {
			t.Errorf("ParseLast(%q) = %q, want %q", c.Header, got, c.Last)
		}
	}
}

// latin1 returns the bytes that Node would read as s.
func latin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func pairs(j *cookie.Jar) [][2]string {
	list := [][2]string{}
	for name, value := range j.All() {
		list = append(list, [2]string{name, value})
	}
	return list
}

func TestOptionsAsReference(t *testing.T) {
	for _, c := range load(t).Options {
		o := cookie.Options{
			Prefix: c.Options.Advanced.CookiePrefix, UseSecure: c.Options.Advanced.UseSecureCookies,
			CrossSubDomain: c.Options.Advanced.CrossSubDomainCookies.Enabled, Domain: c.Options.Advanced.CrossSubDomainCookies.Domain,
			Defaults: c.Options.Advanced.DefaultCookieAttributes, Cookies: c.Options.Advanced.Cookies,
		}
		if json.Unmarshal(c.Options.BaseURL, &o.BaseURL) != nil && c.Options.BaseURL != nil {
			var dynamic struct{ Protocol string }
			if err := json.Unmarshal(c.Options.BaseURL, &dynamic); err != nil {
				t.Fatal(err)
			}
			o.Dynamic, o.Protocol = true, dynamic.Protocol
		}
		if err := o.Validate(); (err != nil) != (c.Error != "") {
			t.Errorf("%+v: %v, want %q", o, err, c.Error)
		}
		if c.Error != "" {
			continue
		}
		set := o.Set(c.Options.Session.ExpiresIn, c.Options.Session.CookieCache.MaxAge)
		for key, got := range map[string]cookie.Cookie{
			"sessionToken": set.SessionToken, "sessionData": set.SessionData, "accountData": set.AccountData, "dontRememberToken": set.DontRemember,
		} {
			want := cookie.Cookie{Name: c.Result[key].Name, Attributes: c.Result[key].Attributes.Apply(cookie.Attributes{})}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v %s: %+v, want %+v", o, key, got, want)
			}
		}
	}
}

func TestChunksAsReference(t *testing.T) {
	for _, c := range load(t).Chunk {
		request := cookie.Parse(c.Header)
		ck := cookie.Cookie{Name: c.Name, Attributes: cookie.Attributes{SameSite: "lax", Path: "/", HttpOnly: true, MaxAge: cookie.Seconds(300)}}
		value := make([]byte, c.Size)
		for i := range value {
			value[i] = "abcdefghij"[i%10]
		}
		settings, err := cookie.Chunk(&request, ck, string(value))
		if (err != nil) != (c.Size > 400000) {
			t.Errorf("%d bytes: %v", c.Size, err)
		}
		if got := lines(t, settings); !reflect.DeepEqual(got, c.Lines) {
			t.Errorf("Chunk %s %q %d:\n%.200q\nwant\n%.200q", c.Name, c.Header, c.Size, got, c.Lines)
		}
		if got := lines(t, cookie.Clean(&request, ck)); !reflect.DeepEqual(got, c.Clean) {
			t.Errorf("Clean %s %q: %q, want %q", c.Name, c.Header, got, c.Clean)
		}
	}
	for _, c := range load(t).Read {
		request := cookie.Parse(c.Header)
		if got := cookie.ReadChunked(&request, "n"); got != c.Value {
			t.Errorf("ReadChunked(%q) = %q, want %q", c.Header, got, c.Value)
		}
	}
}

func lines(t *testing.T, settings []cookie.Setting) []string {
	t.Helper()
	list := []string{}
	for _, s := range settings {
		line, err := s.Line()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, line)
	}
	return list
}

func TestCacheAsReference(t *testing.T) {
	v := load(t)
	keys, now := secret.New(v.Secret), time.UnixMilli(v.Now)
	for _, c := range v.Cache {
		cache := cookie.Cache{Session: []byte(c.Session), User: []byte(c.User), UpdatedAt: v.Now, Version: c.Version}
		value, err := cookie.EncodeCache(keys, c.Strategy, cache, c.MaxAge, now)
		if err != nil {
			t.Fatal(err)
		}
		if c.Strategy != cookie.JWE && value != c.Value {
			t.Errorf("%s, maxAge %d:\n%s\nwant\n%s", c.Strategy, c.MaxAge, value, c.Value)
		}
		for _, value := range []string{value, c.Value} {
			d, ok := cookie.DecodeCache(keys, c.Strategy, value, now)
			if got := plain(d); !ok || got != c.Decoded {
				t.Errorf("%s, maxAge %d: %v\n%+v\nwant\n%+v", c.Strategy, c.MaxAge, ok, got, c.Decoded)
			}
		}
	}
	for _, c := range v.Payloads {
		d, ok := cookie.DecodeCache(keys, c.Strategy, c.Value, now)
		if ok != (c.Decoded != nil) {
			t.Errorf("%s %q: %v %+v, want %+v", c.Strategy, c.Value, ok, plain(d), c.Decoded)
			continue
		}
		if ok && plain(d) != *c.Decoded {
			t.Errorf("%s %q:\n%+v\nwant\n%+v", c.Strategy, c.Value, plain(d), *c.Decoded)
		}
	}
}

func plain(d cookie.Decoded) decoded {
	return decoded{Session: string(d.Session), User: string(d.User), Version: d.Version, UpdatedAt: d.UpdatedAt, ExpiresAt: d.ExpiresAt}
}
