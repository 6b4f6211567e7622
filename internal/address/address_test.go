package address_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/address"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"redis://h", "redis || |h| "},
		{"REDIS://u:p@h:1,[::1]:2/a%20b?x=1&y=a+b", "redis |u|p|h:1,[::1]:2|a b x=1 y=a b"},
		{"x://u:p@q@h/", "x |u|p@q|h| "},
		{"x://u:%40%zz%@h", "x |u|@%zz%|h| "},
		{"x://%2Frun%2Fs/db", "x |||/run/s|db "},
		{"x:///db?password=a@b&user=me@tenant", "x ||||db password=a@b user=me@tenant"},
		{" 'x://h' \n", "x || |h| "},
	} {
		a, err := address.Parse(c.raw)
		if err != nil {
			t.Errorf("%s: %v", c.raw, err)
			continue
		}
		var hosts, params []string
		for _, h := range a.Hosts {
			hosts = append(hosts, h.String())
		}
		for _, p := range a.Params {
			params = append(params, p.Name+"="+p.Value)
		}
		got := fmt.Sprintf("%s |%s|%s|%s|%s %s", a.Scheme, a.User, a.Password, strings.Join(hosts, ","), a.Path, strings.Join(params, " "))
		if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(c.want, " ", "") {
			t.Errorf("%s:\n got %s\nwant %s", c.raw, got, c.want)
		}
	}
	for raw, want := range map[string]error{
		"h:1": address.ErrScheme, "://h": address.ErrScheme, "a b://h": address.ErrScheme,
		"x://u:p/q@h": address.ErrAt, "x://u:1/q@h": address.ErrAt, "x://u:1?q@h": address.ErrAt, "x://u:p#q@h": address.ErrHash,
		"x://u:1?user=q@h/db": address.ErrAt, "x://h:0": address.ErrPort, "x://h:99999": address.ErrPort, "x://a b/": address.ErrHost,
		"x://[::1": address.ErrHost, "x://h/\x00": address.ErrControl,
	} {
		if _, err := address.Parse(raw); !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", raw, err, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"5": 5 * time.Second, "0": 0, "1.5": 1500 * time.Millisecond, "250ms": 250 * time.Millisecond, "2min": 2 * time.Minute,
		"-1": -1, "": -1, "x": -1, "1e300": -1, "NaN": -1, "Inf": -1, "999999h": -1,
	} {
		got, err := address.Duration(text, time.Second)
		if err != nil {
			got = -1
		}
		if got != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
}

// TestSettle checks that the strictest level applies and that contradictions are
// errors.
func TestSettle(t *testing.T) {
	for name, c := range map[string]struct {
		tls  address.TLS
		want address.Security
	}{
		"nothing":               {address.TLS{}, address.Unsaid},
		"a CA alone":            {address.TLS{CA: "x"}, address.Verified},
		"encrypted with a CA":   {address.TLS{Level: address.Encrypt, CA: "x"}, address.Trusted},
		"an exception":          {address.TLS{Level: address.Verified, Unchecked: true, CA: "x"}, address.Encrypt},
		"an exception alone":    {address.TLS{Unchecked: true}, address.Unsaid},
		"off":                   {address.TLS{Level: address.Off, CA: "x"}, address.Off},
		"demanded and excepted": {address.TLS{Level: address.Verified, Demanded: true, Unchecked: true}, -1},
	} {
		got, err := c.tls.Settle()
		if err != nil {
			got = -1
		}
		if got != c.want {
			t.Errorf("%s: got %d, want %d", name, got, c.want)
		}
	}
}
