package secret

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"strconv"
	"strings"
	"time"
)

// TOTP makes and checks time-based one-time passwords (RFC 6238) with HMAC-SHA-1, as authenticator apps do.
type TOTP struct {
	Digits int           // 1 to 8
	Period time.Duration // how long a code is current
}

// Code returns the code of a key that is current at a time.
func (o TOTP) Code(key []byte, at time.Time) string { return o.code(key, o.counter(at)) }

// Verify reports in constant time whether code is current at a time, or was or will be one period before or after it,
// because clocks differ.
func (o TOTP) Verify(key []byte, code string, at time.Time) bool {
	now, right := o.counter(at), false
	for _, counter := range []int64{now - 1, now, now + 1} {
		right = Equal(code, o.code(key, counter)) || right
	}
	return right
}

func (o TOTP) counter(at time.Time) int64 { return at.UnixMilli() / o.Period.Milliseconds() }

// code is HOTP (RFC 4226).
func (o TOTP) code(key []byte, counter int64) string {
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(counter)))
	sum := mac.Sum(nil)
	number := binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:]) & 0x7FFFFFFF
	modulus := uint32(1)
	for range o.Digits {
		modulus *= 10
	}
	text := strconv.FormatUint(uint64(number%modulus), 10)
	return strings.Repeat("0", o.Digits-len(text)) + text
}
