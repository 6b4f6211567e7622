package origin

import (
	"strings"
	"testing"
)

// refuse checks that no list of trusted origins, with relative paths allowed,
// accepts one of urls.
func refuse(t *testing.T, trusted []string, urls ...string) {
	t.Helper()
	list := CompileAll(trusted)
	for _, url := range urls {
		if list.Trusts(url, true) {
			t.Errorf("%q is trusted by %q", url, trusted)
		}
	}
}

func trust(t *testing.T, trusted []string, urls ...string) {
	t.Helper()
	list := CompileAll(trusted)
	for _, url := range urls {
		if !list.Trusts(url, true) {
			t.Errorf("%q is not trusted by %q", url, trusted)
		}
	}
}

// CVE-2025-27143, CVE-2024-56734, CVE-2025-53535.
func TestAttackSchemelessRedirect(t *testing.T) {
	trusted := []string{"https://a.com", "https://*.a.com"}
	refuse(t, trusted, "//evil.com", `/\evil.com`, `\\evil.com`, `\/evil.com`, "/%5Cevil.com", "/%5cevil.com", "/%2Fevil.com",
		"/%2fevil.com", "https:evil.com", "https:/evil.com", "https:///evil.com", `https:\\evil.com`, "///evil.com", "evil.com",
		"", " ", " //evil.com", "?//evil.com", "javascript:alert(1)", "data:text/html,x", `/a\..\..\evil.com`)
	trust(t, trusted, "/", "/dashboard", "/a?next=//evil.com", "/a?b=%2F%5C", "/a#//evil.com", "https://a.com/x", "https:a.com")
}

func TestAttackControlCharacters(t *testing.T) {
	trusted := []string{"https://a.com", "*.a.com", "myapp://", "myapp://*"}
	for _, c := range []string{"\t", "\r", "\n", "\r\n", "\x00", "\x1f", "\x7f", "\u0085", "\u009f", "\x85"} {
		refuse(t, trusted, "/"+c+"/evil.com", "/"+c+`\evil.com`, c+"//evil.com", "/a"+c, "/"+c, "my"+c+"app://x", "myapp://x/"+c+"Location:")
		refuse(t, trusted, "https:"+c+"//evil.com", "https://evil.com"+c+".a.com.evil.io")
	}
}

// GHSA-vp58-j275-797x.
func TestAttackLookalikeOrigins(t *testing.T) {
	refuse(t, []string{"https://a.com", "https://*.a.com", "*.a.com"},
		"https://a.com.evil.io", "https://evil.io/?a.com", "https://evil.io/?.a.com", "https://evil.io#.a.com", "https://evil.io/.a.com",
		"https://evil.io?https://a.com", "https://xa.com", "https://a.com.", "https://aacom.evil", "http://a.com", "https://a.co",
		`https://evil.io\.a.com`, "https://evil.io%2f.a.com", "https://evil.io%5c.a.com", "https://evil.io%00.a.com", "https://evil.io／.a.com")
}

func TestAttackUserInfo(t *testing.T) {
	refuse(t, []string{"https://a.com", "https://*.a.com", "*.a.com", "exp://192.168.*.*", "myapp://*.a.com"},
		"https://a.com@evil.io", "https://a.com:443@evil.io", "https://x.a.com@evil.io/", "https://a.com%40evil.io",
		"https://evil.io%40x.a.com@evil.io", "exp://x@192.168.1.1", "exp://192.168.1.1@evil.io")
	refuse(t, []string{"myapp://*.a.com"}, "myapp://evil@x.a.com", "myapp://x.a.com@evil")
	trust(t, []string{"https://a.com"}, "https://evil.io@a.com", `https://a.com\@evil.io`)
}

func TestAttackPorts(t *testing.T) {
	refuse(t, []string{"https://a.com", "http://localhost:3000", "localhost:300?"},
		"https://a.com:444", "https://a.com:80", "http://a.com:443", "http://localhost:30001", "http://localhost:3000.evil.io",
		"http://localhost:3000@evil.io", "http://localhost.evil.io:3000", "https://a.com:99999", "https://a.com:-1")
	trust(t, []string{"https://a.com", "http://localhost:*"}, "https://a.com:443", "https://a.com:0443", "http://localhost:1")
}

// BA#3154.
func TestAttackProtocolOfWildcard(t *testing.T) {
	refuse(t, []string{"https://*.a.com"}, "http://x.a.com", "ws://x.a.com", "ftp://x.a.com", "myapp://x.a.com", "http://https://x.a.com")
	trust(t, []string{"https://*.a.com"}, "https://x.a.com", "https://x.y.a.com", "HTTPS://X.A.COM/p")
}

func TestAttackWildcardAddress(t *testing.T) {
	refuse(t, []string{"192.168.*.*", "http://10.*", "exp://192.168.*.*:*", "172.16.*:*"},
		"http://192.168.attacker.com", "http://192.168.1.attacker.com", "http://10.evil.com", "http://10.1.evil.com", "exp://192.168.evil.com:80",
		"exp://192.168.1.1.evil.com:80", "http://172.16.evil.com:80", "http://[::ffff:10.0.0.1]", "http://10.0.0.1@evil.com")
	trust(t, []string{"192.168.*.*", "http://10.*", "exp://192.168.*.*:*"}, "http://192.168.1.7", "http://10.1", "http://0xa.1", "exp://192.168.1.7:8081/x")
}

func TestAttackCustomScheme(t *testing.T) {
	refuse(t, []string{"myapp://host/cb"}, "myapp://host/cb/../evil", "myapp://host/cb/%2e%2e/evil", "myapp://host/cbx", "myapp://evil/cb",
		"myapp://host:1/cb", "myapp2://host/cb", "myapp:/cb", "myapp://evil?x=myapp://host/cb", "myapp://u@host/cb", "myapp://hoſt/cb")
	refuse(t, []string{"myapp://i.com"}, "myapp://İ.com")
	refuse(t, []string{"null", "*", "*://*"}, "null", "javascript:alert(1)", "data:,x")
	trust(t, []string{"myapp://host/cb"}, "myapp://host/cb", "myapp://host/cb/x", "MYAPP://HOST/cb?x#y", "myapp://host/a/../cb")
}

func TestAttackScriptOnTrustedHost(t *testing.T) {
	refuse(t, []string{"*.a.com", "*", "x.a.co?"}, "javascript://x.a.com/%0aalert(1)", "vbscript://x.a.com/", "JavaScript://x.a.com", "data://x.a.com/,x",
		"java\tscript://x.a.com")
}

func TestAttackAddressSpellings(t *testing.T) {
	// The number parser of whatwg-url accepts signs, and it trims nested
	// brackets. Both would turn another host into this origin.
	if o, ok := Origin("https://xn--bchéer-kva.de"); ok {
		t.Errorf("an encoded label with more to encode: %s", o)
	}
	for _, url := range []string{"http://1.-1", "http://0x-1", "http://1.0-1", "http://+1.2", "http://%2B1.2", "http://＋1.2", "http://127.0.0.+1",
		"http://[[::1]]", "http://[::1]]", "http://1\u3002-1", "http://-1", "http://+0x7f000001", "http://0x+1", "http://-1.0x1",
		"http://127.0.0.\u200b+1", "http://127.0.0.\u2060+1", "http://127.0.0.\ufe00+1", "http://\u00ad+1", "http://0x\u00ad+1", "http://127.0.0.⁺1", "http://127.0.0.\u200c+1"} {
		if o, ok := Origin(url); ok && !strings.ContainsAny(o, "+-") && !strings.Contains(o, "xn") {
			t.Errorf("Origin(%q) = %s", url, o)
		}
	}
}

func TestAttackLongInput(t *testing.T) {
	const n = 1 << 20
	trusted := CompileAll([]string{"https://*.a.com", "*a*b*c*", "myapp://*a*b*", "exp://*/**/x"})
	for _, url := range []string{
		"https://" + strings.Repeat("a", n) + "@a.com", "https://" + strings.Repeat("@", n), "https://" + strings.Repeat("a:", n) + "@x",
		"https://" + strings.Repeat("a.", n), "x://" + strings.Repeat("%", n), "x://" + strings.Repeat("é", n), "x://a\\" + strings.Repeat("a", n),
		"h\nt\ntp:" + strings.Repeat("/", n) + strings.Repeat("a", n), strings.Repeat(" ", n) + "http:" + strings.Repeat("\t/", 9) + strings.Repeat("é", n) + "@",
		"myapp://" + strings.Repeat("a", n), "javascript:" + strings.Repeat("a", n), "/" + strings.Repeat("é", n) + "\x00",
	} {
		if trusted.Trusts(url, true) {
			t.Errorf("%.20q… is trusted", url)
		}
	}
	if SafeScheme("javascript:"+strings.Repeat("a", n)) || SafeScheme("javascript://"+strings.Repeat("a", n)) {
		t.Error("a long script is a safe scheme")
	}
	if WildcardMatch(strings.Repeat("*a", 20)+"b", strings.Repeat("a", 5000)) {
		t.Error("no b, but a match")
	}
}

// GHSA-569q-mpph-wgww and the release notes of 1.7.0.
func TestAttackForwardedHost(t *testing.T) {
	d := Dynamic{AllowedHosts: []string{"a.com", "*.a.com"}, Fallback: "https://safe.com"}
	for _, host := range []string{"evil.com", "a.com.evil.io", "a.com@evil.io", "a.com/evil", "a.com, evil.com", "a.com:80:80", "a.com\tx", "x/.a.com", `evil.io\.a.com`} {
		got, err := d.Resolve("a.com", host, "https", "https", "/api/auth", false)
		if err != nil || got != "https://a.com/api/auth" {
			t.Errorf("untrusted forwarded host %q: %q, %v", host, got, err)
		}
		got, err = d.Resolve(host, "", "", "https", "/api/auth", true)
		if err != nil || got != "https://safe.com/api/auth" && got != "https://a.com/api/auth" {
			t.Errorf("host %q: %q, %v", host, got, err)
		}
	}
	long := strings.Repeat("a-", 1<<19)
	if ValidProxyHost(long) || ValidProxyHost(long+".") {
		t.Error("a label of a megabyte is a host")
	}
}

// TestAttackHostSuffix checks that a wildcard stands for labels before a dot, and
// that only a whole host name is this machine (CVE-2026-18206, CVE-2026-18211).
func TestAttackHostSuffix(t *testing.T) {
	refuse(t, []string{"https://*.example.com", "*.example.com"}, "https://evil-example.com", "https://evilexample.com", "https://example.com.evil.io", "https://evil.io/.example.com")
	refuse(t, []string{"http://localhost:*", "http://localhost", "http://127.0.0.1:*"},
		"http://localhost.evil.io", "http://localhost.evil.io:3000", "http://localhost-evil.io:80", "http://127.0.0.1.evil.io:80", "http://evil.io:80/localhost:80")
	for _, host := range []string{"localhost.evil.io", "localhostevil.io", "127.0.0.1.evil.io", "evil.localhost.io", "127.evil.io"} {
		if IsLoopbackHost(host) {
			t.Errorf("%s counts as this machine", host)
		}
		if MatchesHost(host, "localhost") || MatchesHost("evil-example.com", "*.example.com") {
			t.Errorf("%s is an allowed host", host)
		}
	}
}
