package cookie_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// FuzzTokenCache decodes any text as a cached session in token form. Only tokens
// made with our key are accepted: the genuine ones, or the same with other
// padding bits in their last base64 digits.
func FuzzTokenCache(f *testing.F) {
	keys := secret.New("s")
	genuine := map[cookie.Strategy]string{}
	for _, strategy := range []cookie.Strategy{cookie.JWT, cookie.JWE} {
		value, err := cookie.EncodeCache(keys, strategy, sample(), 300, now())
		if err != nil {
			f.Fatal(err)
		}
		genuine[strategy] = value
		f.Add(value)
		f.Add(value[:len(value)-1])
		f.Add(strings.Replace(value, ".", "..", 1))
		f.Add(value + "." + value)
	}
	f.Add("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0....")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, value string) {
		for strategy, right := range genuine {
			d, ok := cookie.DecodeCache(keys, strategy, value, now().Add(time.Second))
			if !ok || value == right {
				continue
			}
			if string(d.User) != userText || len(value) < len(right)-8 || !strings.EqualFold(value[:40], right[:40]) {
				t.Errorf("%s: opened %q", strategy, value)
			}
		}
	})
}
