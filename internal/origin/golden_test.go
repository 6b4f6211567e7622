package origin

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

// golden is testdata/golden.json, made by testdata/golden.mjs.
type golden struct {
	URLs            [][]any
	Patterns        []string
	Subjects        []string
	Matches         []string
	MatchesRelative []string
	Globs, Texts    []string
	GlobMatches     []string
	HostPatterns    []string
	Hosts           []string
	HostMatches     []string
	Bases           []step[string]
	ProxyHosts      []pair
	ProxyProtos     []pair
	Configs         []struct {
		AllowedHosts       []string
		Protocol, Fallback string
		Origins            []string
	}
	Resolves []struct {
		Config                        int
		Host, XFHost, XFProto, Scheme string
		Trust                         bool
		Value, Error                  string
	}
	Requests []struct {
		Host, XFHost, XFProto, Scheme string
		Trust                         bool
		Base, GotHost, GotProto       string
	}
	Loopback []pair
	Paths    [][3]string
	Appends  []step[[][2]string]
}

type result struct{ Value, Error string }

type pair struct {
	in   string
	want bool
}

func (p *pair) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &[]any{&p.in, &p.want}) }

type step[T any] struct {
	url  string
	arg  T
	want result
}

func (s *step[T]) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&s.url, &s.arg, &s.want})
}

func readGolden(t testing.TB) *golden {
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

func (r result) check(t *testing.T, got string, err error, what ...any) {
	t.Helper()
	if err != nil && err.Error() != r.Error || err == nil && (r.Error != "" || got != r.Value) {
		t.Errorf("%q: got %q, %v; want %+v", what, got, err, r)
	}
}

func TestURLs(t *testing.T) {
	for _, row := range readGolden(t).URLs {
		url := row[0].(string)
		for i, fn := range []func(string) (string, bool){Origin, Host, Protocol, Path} {
			got, ok := fn(url)
			want, wantOK := row[i+1].(string)
			if got != want || ok != wantOK {
				t.Errorf("%s(%q) = %q, %v; want %q, %v", [...]string{"Origin", "Host", "Protocol", "Path"}[i], url, got, ok, want, wantOK)
			}
		}
		if got := SafeScheme(url); got != row[5] {
			t.Errorf("SafeScheme(%q) = %v", url, got)
		}
	}
}

func TestPatterns(t *testing.T) {
	g := readGolden(t)
	for i, text := range g.Patterns {
		pattern := Compile(text)
		for j, url := range g.Subjects {
			if pattern.hostOnly && !SafeScheme(url) {
				continue // stricter than the reference, see TestAttackScriptOnTrustedHost
			}
			if got, want := pattern.Matches(url, false), g.Matches[i][j] == '1'; got != want {
				t.Errorf("Compile(%q).Matches(%q, false) = %v", text, url, got)
			}
			if got, want := pattern.Matches(url, true), g.MatchesRelative[i][j] == '1'; got != want {
				t.Errorf("Compile(%q).Matches(%q, true) = %v", text, url, got)
			}
		}
	}
}

func TestListIsAnyOfItsPatterns(t *testing.T) {
	g := readGolden(t)
	list := CompileAll(g.Patterns[3:10])
	for j, url := range g.Subjects {
		want := false
		for i := 3; i < 10; i++ {
			want = want || g.Matches[i][j] == '1'
		}
		if got := list.Trusts(url, false); got != want {
			t.Errorf("Trusts(%q) = %v", url, got)
		}
	}
	if CompileAll(nil).Trusts("/a", true) {
		t.Error("an empty list trusts a path")
	}
}

func TestWildcardMatch(t *testing.T) {
	g := readGolden(t)
	for i, pattern := range g.Globs {
		for j, text := range g.Texts {
			if got, want := WildcardMatch(pattern, text), g.GlobMatches[i][j] == '1'; got != want {
				t.Errorf("WildcardMatch(%q, %q) = %v", pattern, text, got)
			}
		}
	}
}

func TestMatchesHost(t *testing.T) {
	g := readGolden(t)
	for i, pattern := range g.HostPatterns {
		for j, host := range g.Hosts {
			if got, want := MatchesHost(host, pattern), g.HostMatches[i][j] == '1'; got != want {
				t.Errorf("MatchesHost(%q, %q) = %v", host, pattern, got)
			}
		}
	}
}

func TestBaseURL(t *testing.T) {
	for _, row := range readGolden(t).Bases {
		got, err := BaseURL(row.url, row.arg)
		row.want.check(t, got, err, row.url, row.arg)
	}
}

func TestPredicates(t *testing.T) {
	g := readGolden(t)
	for name, test := range map[string]struct {
		fn   func(string) bool
		rows []pair
	}{
		"ValidProxyHost":  {ValidProxyHost, g.ProxyHosts},
		"ValidProxyProto": {ValidProxyProto, g.ProxyProtos},
		"IsLoopbackHost":  {IsLoopbackHost, g.Loopback},
	} {
		for _, row := range test.rows {
			if got := test.fn(row.in); got != row.want {
				t.Errorf("%s(%q) = %v", name, row.in, got)
			}
		}
	}
}

func TestDynamic(t *testing.T) {
	g := readGolden(t)
	for _, row := range g.Resolves {
		c := g.Configs[row.Config]
		d := Dynamic{AllowedHosts: c.AllowedHosts, Fallback: c.Fallback, Protocol: c.Protocol}
		got, err := d.Resolve(row.Host, row.XFHost, row.XFProto, row.Scheme, DefaultBasePath, row.Trust)
		result{row.Value, row.Error}.check(t, got, err, row.Config, row.Host, row.XFHost, row.XFProto, row.Scheme)
	}
	for _, c := range g.Configs {
		d := Dynamic{AllowedHosts: c.AllowedHosts, Fallback: c.Fallback, Protocol: c.Protocol}
		if got, want := strings.Join(d.TrustedOrigins(), " "), strings.Join(c.Origins, " "); got != want {
			t.Errorf("TrustedOrigins of %+v = %s; want %s", d, got, want)
		}
	}
}

func TestFromRequest(t *testing.T) {
	for _, row := range readGolden(t).Requests {
		r := &http.Request{Host: row.Host, Header: http.Header{}}
		if row.XFHost != "" {
			r.Header["X-Forwarded-Host"] = strings.Split(row.XFHost, ", ")
		}
		if row.XFProto != "" {
			r.Header.Set("X-Forwarded-Proto", row.XFProto)
		}
		host, protocol, ok := FromRequest(r, row.Scheme, row.Trust)
		if row.GotHost != host || protocol != row.GotProto || !ok {
			t.Errorf("FromRequest of %+v = %s, %s, %v", row, host, protocol, ok)
		}
		got, err := SourceOf(r, row.Scheme).RequestBaseURL(DefaultBasePath, row.Trust)
		result{Value: row.Base}.check(t, got, err, row)
	}
}

func TestNormalizePath(t *testing.T) {
	for _, row := range readGolden(t).Paths {
		path, ok := Path(row[0])
		if !ok {
			path = "/"
		}
		if got := NormalizePath(path, row[1]); got != row[2] {
			t.Errorf("NormalizePath(%q, %q) = %q; want %q", path, row[1], got, row[2])
		}
	}
}

func TestAppendQuery(t *testing.T) {
	for _, row := range readGolden(t).Appends {
		got, err := AppendQuery(row.url, row.arg)
		row.want.check(t, got, err, row.url, row.arg)
	}
}
