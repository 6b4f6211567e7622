package secret_test

import (
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// TestTOTPVectors plays appendix B of RFC 6238 and, with counters as times, appendix D of RFC 4226.
func TestTOTPVectors(t *testing.T) {
	key := []byte("12345678901234567890")
	eight := secret.TOTP{Digits: 8, Period: 30 * time.Second}
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924",
		2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := eight.Code(key, time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
	six := secret.TOTP{Digits: 6, Period: time.Second}
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := six.Code(key, time.Unix(int64(counter), 0)); got != want {
			t.Errorf("counter %d: %s, want %s", counter, got, want)
		}
	}
}

// TestTOTPWindow: a code is accepted one period early and late, and no other text is.
func TestTOTPWindow(t *testing.T) {
	key, o := []byte("a key"), secret.TOTP{Digits: 6, Period: 30 * time.Second}
	at := time.Unix(1700000010, 0) // a period begins
	code := o.Code(key, at)
	for late, want := range map[time.Duration]bool{
		-31 * time.Second: false, -30 * time.Second: true, 0: true, 29 * time.Second: true, 59 * time.Second: true, 60 * time.Second: false,
	} {
		if o.Verify(key, code, at.Add(late)) != want {
			t.Errorf("%s later: %v", late, !want)
		}
	}
	for _, other := range []string{"", code[:5], code + "0", " " + code, o.Code([]byte("another key"), at)} {
		if o.Verify(key, other, at) {
			t.Errorf("%q is accepted for %s", other, code)
		}
	}
	if one := (secret.TOTP{Digits: 1, Period: time.Minute}).Code(key, at); len(one) != 1 {
		t.Errorf("one digit: %s", one)
	}
}
