package rediskv

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/internal/address"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

func summary(p *parsed) string {
	o := p.options
	text := fmt.Sprintf("%s:%s@%s/%d", o.Username, o.Password, strings.Join(o.Addrs, ","), o.DB)
	add := func(format string, args ...any) { text += " " + fmt.Sprintf(format, args...) }
	if o.IsClusterMode {
		add("cluster")
	}
	if o.MasterName != "" {
		add("sentinels=%s %s:%s", o.MasterName, o.SentinelUsername, o.SentinelPassword)
	}
	if p.tls.Level > address.Unsaid {
		add("tls=%d", p.tls.Level)
	}
	if p.prefix != "" {
		add("prefix=%s", p.prefix)
	}
	for _, one := range []struct {
		name string
		time time.Duration
	}{{"dial", o.DialTimeout}, {"read", o.ReadTimeout}, {"write", o.WriteTimeout}, {"wait", o.PoolTimeout}, {"idle", o.ConnMaxIdleTime}} {
		if one.time != 0 {
			add("%s=%s", one.name, one.time)
		}
	}
	if o.PoolSize != 0 {
		add("pool=%d", o.PoolSize)
	}
	if o.ClientName != "" {
		add("client=%s", o.ClientName)
	}
	return text
}

// TestAddress parses addresses as they are found in projects. Levels of TLS: 1 off,
// 3 encrypted, 5 checked.
func TestAddress(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		{"redis://localhost", ":@localhost:6379/0"},
		{"redis://localhost:6379?family=0", ":@localhost:6379/0"},
		{"redis://:p@h:6380/2", ":p@h:6380/2"},
		{"redis://default:p@ss%25@h/0", "default:p@ss%@h:6379/0"},
		{"redis://h?db=3&password=p&username=u", "u:p@h:6379/3"},
		{"valkey://h", ":@h:6379/0"},
		{"valkeys://u:p@h:6379", "u:p@h:6379/0 tls=5"},
		{"rediss://default:p@fly.upstash.io:6379", "default:p@fly.upstash.io:6379/0 tls=5"},
		{"rediss://:p@ec2.example.com:6380?ssl_cert_reqs=none", ":p@ec2.example.com:6380/0 tls=3"},
		{"rediss://:p@h?rejectUnauthorized=false", ":p@h:6379/0 tls=3"},
		{"rediss://:p@h?skip_verify=true", ":p@h:6379/0 tls=3"},
		{"redis://h?tls=true", ":@h:6379/0 tls=5"},
		{"redis://[::1]:6380", ":@[::1]:6380/0"},
		{"unix:///run/redis.sock?db=1", ":@/run/redis.sock/1"},
		{"unix://u:p@/run/redis.sock", "u:p@/run/redis.sock/0"},
		{"/run/redis.sock?db=2", ":@/run/redis.sock/2"},
		{"redis://h?pool_size=5&dial_timeout=3&read_timeout=500ms&write_timeout=1s&pool_timeout=0&idle_timeout=30", ":@h:6379/0 dial=3s read=500ms write=1s wait=-1ns idle=30s pool=5"},
		{"redis://h?connectTimeout=2000&commandTimeout=1500&maxRetriesPerRequest=null&enableReadyCheck=false&lazyConnect=true&keepAlive=0&connectionName=web&keyPrefix=app:",
			":@h:6379/0 prefix=app: dial=2s read=1.5s client=web"},
		{"redis://h1:7000,h2,h3:7002/0?cluster=true", ":@h1:7000,h2:6379,h3:7002/0 cluster"},
		{"redis://:p@h1:7000,h2:7001", ":p@h1:7000,h2:7001/0 cluster"},
		{"redis://h1:7000?cluster=true", ":@h1:7000/0 cluster"},
		{"redis://h1:7000?addr=h2:7001&addr=h3:7002", ":@h1:7000,h2:7001,h3:7002/0 cluster"},
		{"redis-cluster://h1:7000", ":@h1:7000/0 cluster"},
		{"redis://:p@s1,s2:26380/1?sentinelMaster=mymaster&sentinelUsername=su&sentinelPassword=sp", ":p@s1:26379,s2:26380/1 sentinels=mymaster su:sp"},
		{"redis-sentinel://s1?master_name=mymaster", ":@s1:26379/0 sentinels=mymaster :"},
		{"\"redis://h\"\n", ":@h:6379/0"},
	} {
		p, err := read(c.address)
		if err != nil {
			t.Errorf("%s: %v", c.address, err)
			continue
		}
		if got := summary(p); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.address, got, c.want)
		}
	}
}

func TestAddressRefuses(t *testing.T) {
	for address, want := range map[string]string{
		"":                                 "must begin with redis://",
		"localhost:6379":                   "must begin with redis://",
		"https://x.upstash.io":             "Upstash",
		"redis://h/one":                    "no database number",
		"redis://h:x":                      "port",
		"redis://:p/ss@h":                  "%2F",
		"redis://h?famly=0":                "did you mean family?",
		"redis://h1,h2/3":                  "only has database 0",
		"redis://h1,,h2":                   "empty host",
		"unix://run/redis.sock":            "absolute path",
		"redis-sentinel://h":               "sentinelMaster",
		"redis://h?addr=u:p@h2":            "has an @ after the host",
		"redis://h?pool_size=many":         "pool_size must be a whole number",
		"rediss://h?ssl_check_hostname=no": "cannot be false",
	} {
		err := CheckAddress(address)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "secondary storage") {
			t.Errorf("%s: got %v, want %q in it", address, err, want)
		}
	}
}

// FuzzAddress puts a password into an address and checks that descriptions, notes
// and errors do not contain it.
func FuzzAddress(f *testing.F) {
	const marker = "hunter2QZ"
	planted := []func(p string) string{
		func(p string) string { return "redis://default:" + p + "@h:6379/0" },
		func(p string) string { return "rediss://:" + p + "@h1,h2?family=0" },
		func(p string) string { return "redis://" + p + "@h" },
		func(p string) string { return "unix://:" + p + "@/run/redis.sock" },
		func(p string) string { return "default:" + p + "@h:6379" },
		func(p string) string { return "https://default:" + p + "@x.upstash.io" },
		func(p string) string { return "redis://h?password=" + url.QueryEscape(p) },
		func(p string) string {
			return "redis://s?sentinelMaster=m&sentinelPassword=" + url.QueryEscape(p) + "&username=u"
		},
		func(p string) string { return "valkey://:" + strings.ReplaceAll(url.QueryEscape(p), "+", "%20") + "@h" },
	}
	for i := range planted {
		f.Add(uint8(i), "p@ss%25", "")
		f.Add(uint8(i), "a/b?c=", "#d&e=f")
		f.Add(uint8(i), "0", ":0")
	}
	f.Fuzz(func(t *testing.T, form uint8, before, after string) {
		if len(before)+len(after) > 200 || strings.Contains(before+after, marker) {
			return
		}
		n := int(form) % len(planted)
		password := before + marker + after
		text := planted[n](password)
		said := []string{}
		p, err := read(text)
		if err != nil {
			said = append(said, err.Error())
		} else {
			said = append(said, p.shown, fmt.Sprint(p.notes), fmt.Sprint(p.secure()))
		}
		for _, one := range said {
			if strings.Contains(one, marker) {
				t.Errorf("%q: %q", text, one)
			}
		}
		plain := utf8.ValidString(password) && !strings.ContainsFunc(password, unicode.IsControl)
		if plain && (n == 6 || n == 8) && (err != nil || p.options.Password != password) {
			t.Errorf("%q: the password is not read as it is: %v", text, err)
		}
	})
}

// TestAddressPage checks that the documentation names every parameter.
func TestAddressPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Database addresses")
	section, _, _ = strings.Cut(section, "\n## ")
	said := map[string]bool{}
	for _, name := range regexp.MustCompile("`[^`]+`").FindAllString(section, -1) {
		said[strings.Trim(name, "`")] = true
	}
	for _, name := range parameters.Names() {
		if !said[name] {
			t.Errorf("docs/configuration.md does not say what becomes of the parameter %s", name)
		}
	}
}

// TestCertificatesOfNodes connects to a node of a cluster by its IP address. A
// cluster names its own nodes in this way.
func TestCertificatesOfNodes(t *testing.T) {
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{testserver.Certificate(t)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.(*tls.Conn).Handshake()
			_ = c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for address, want := range map[string]bool{
		"rediss://localhost:" + port + ",localhost:1?sslrootcert=": true,
		"rediss://127.0.0.1:" + port + ",127.0.0.1:1?sslrootcert=": true,
		"rediss://example.com:1,127.0.0.1:1?sslrootcert=":          false,
	} {
		p, err := read(address + url.QueryEscape(testserver.CA(t)))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.secure(); err != nil {
			t.Fatal(err)
		}
		c, err := dialer(5*time.Second, p.options.TLSConfig)(t.Context(), "tcp", l.Addr().String())
		if (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
		if err == nil {
			_ = c.Close()
		}
	}
}
