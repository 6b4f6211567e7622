package secret_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/seed-32bd42cb/betterauth/secret"
)

func TestPasswords(t *testing.T) {
	v, h := load[more](t, "more.json"), secret.NewHasher(secret.HasherOptions{Parallel: 2})
	for _, c := range v.Password {
		if ok, err := h.Verify(t.Context(), c.Hash, c.Password); !ok || err != nil {
			t.Errorf("%q: %v %v", c.Password, ok, err)
		}
	}
	hash, err := h.Hash(t.Context(), "fi ligature")
	if err != nil || !regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`).MatchString(hash) {
		t.Fatalf("%s %v", hash, err)
	}
	for password, want := range map[string]bool{"fi ligature": true, "ﬁ ligature": true, "fi Ligature": false, "": false} {
		if ok, err := h.Verify(t.Context(), hash, password); ok != want || err != nil {
			t.Errorf("Verify(%q) = %v, %v; want %v", password, ok, err, want)
		}
	}
	if ok, err := h.Verify(t.Context(), hash+":more", "fi ligature"); !ok || err != nil {
		t.Errorf("a third part is ignored by the reference; here %v %v", ok, err)
	}
	for _, malformed := range []string{"", ":", "abc", "abc:", ":abc", "a::b", "abc:def", hash[:160], strings.ToUpper(hash)} {
		if _, err := h.Verify(t.Context(), malformed, "x"); !errors.Is(err, secret.ErrPasswordHash) {
			t.Errorf("%q: %v", malformed, err)
		}
	}
}

func TestHasherWaitsNoLongerThanItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := secret.NewHasher(secret.HasherOptions{Parallel: 1}).Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
	h := secret.NewHasher(secret.HasherOptions{Parallel: 1})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if _, err := h.Hash(t.Context(), "x"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestRandom(t *testing.T) {
	for _, c := range []struct {
		got, pattern string
	}{
		{secret.ID(32), `^[a-zA-Z0-9]{32}$`},
		{secret.ID(0), `^$`},
		{secret.Random(128), `^[a-zA-Z0-9_-]{128}$`},
		{secret.Random(6, "0-9"), `^[0-9]{6}$`},
		{secret.Random(500, "0-9", "a-z"), `^[0-9a-z]{500}$`},
		{secret.Random(9, "A-Z", "-_"), `^[A-Z_-]{9}$`},
		{secret.Random(9, "xy"), `^[xy]{9}$`},
		{secret.Random(3, strings.Repeat("z", 300)), `^zzz$`},
		{secret.Hex(16), `^[0-9a-f]{32}$`},
		{secret.Hex(-1), `^$`},
		{secret.UUID(), `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
	} {
		if !regexp.MustCompile(c.pattern).MatchString(c.got) {
			t.Errorf("%q does not match %s", c.got, c.pattern)
		}
	}
	counts := make(map[byte]int)
	const n = 62 * 2000
	for _, c := range []byte(secret.ID(n)) {
		counts[c]++
	}
	// 2000 of each are expected, with a standard deviation of 44.
	for c, count := range counts {
		if count < 1600 || count > 2400 {
			t.Errorf("%q came %d times of %d", c, count, n)
		}
	}
	if len(counts) != 62 {
		t.Errorf("%d different characters", len(counts))
	}
}

func TestJSLength(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "ä": 1, "😀": 2, "€x": 2} {
		if got := secret.JSLength(s); got != want {
			t.Errorf("JSLength(%q) = %d, want %d", s, got, want)
		}
	}
}
