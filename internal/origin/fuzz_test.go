package origin

import (
	"strings"
	"testing"
)

func FuzzMatches(f *testing.F) {
	g := readGolden(f)
	for i, pattern := range g.Patterns {
		f.Add(pattern, g.Subjects[i])
		f.Add(pattern, g.Subjects[len(g.Subjects)-1-i])
	}
	f.Fuzz(func(t *testing.T, pattern, url string) {
		p := Compile(pattern)
		matched := p.Matches(url, true)
		if again := Compile(p.String()).Matches(url, true); again != matched {
			t.Fatalf("Compile(%q) matches %q: first %v, then %v", pattern, url, matched, again)
		}
		if List([]Pattern{Compile(""), p, p}).Trusts(url, true) != matched {
			t.Fatalf("a list of %q disagrees with it on %q", pattern, url)
		}
		if strings.HasPrefix(url, "/") {
			if matched != SafeRelative(url) || p.Matches(url, false) {
				t.Fatalf("%q decides on relative %q", pattern, url)
			}
			if u, err := parser.ParseRef("https://a.com", url); matched && (err != nil || u.Host() != "a.com") {
				t.Fatalf("%q is safe, but leads to %v", url, u)
			}
			return
		}
		origin, ok := Origin(url)
		if !ok {
			return
		}
		if again, ok := Origin(origin); !ok || again != origin {
			t.Fatalf("Origin(%q) = %q, and of that %q, %v", url, origin, again, ok)
		}
		if protocol, _ := Protocol(url); strings.HasPrefix(protocol, "http") && p.Matches(origin, false) != matched {
			t.Fatalf("%q: %q matches %v, but its origin %q does not", pattern, url, matched, origin)
		}
	})
}
