package secret

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
)

const (
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits = "0123456789"
)

// ID returns n random characters of a-z, A-Z, 0-9, the alphabet of row ids and
// session tokens (@better-auth/core/dist/utils/id.mjs). The reference uses 32.
func ID(n int) string { return pick(n, lower+upper+digits) }

// Random returns n random characters. The alphabets "a-z", "A-Z", "0-9" and "-_"
// mean those characters, any other text (at most 256 bytes) means its own
// characters. The default is a-z, 0-9, A-Z, - and _, as in the reference's
// generateRandomString.
func Random(n int, alphabets ...string) string {
	var set strings.Builder
	for _, a := range alphabets {
		switch a {
		case "a-z":
			set.WriteString(lower)
		case "A-Z":
			set.WriteString(upper)
		case "0-9":
			set.WriteString(digits)
		default:
			set.WriteString(a)
		}
	}
	if set.Len() == 0 {
		return pick(n, lower+digits+upper+"-_")
	}
	return pick(n, set.String())
}

// pick draws random bytes and discards those that would make some characters more
// likely than others.
func pick(n int, set string) string {
	if n <= 0 {
		return ""
	}
	set = set[:min(len(set), 256)]
	limit := 256 / len(set) * len(set)
	out := make([]byte, 0, n)
	var pool [64]byte
	for {
		rand.Read(pool[:])
		for _, b := range pool {
			if int(b) >= limit {
				continue
			}
			out = append(out, set[int(b)%len(set)])
			if len(out) == n {
				return string(out)
			}
		}
	}
}

// UUID returns a random UUID (version 4) in lower case.
func UUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	out[8] = '-'
	hex.Encode(out[9:13], b[4:6])
	out[13] = '-'
	hex.Encode(out[14:18], b[6:8])
	out[18] = '-'
	hex.Encode(out[19:23], b[8:10])
	out[23] = '-'
	hex.Encode(out[24:36], b[10:16])
	return string(out[:])
}

// Bytes returns n random bytes.
func Bytes(n int) []byte {
	b := make([]byte, max(n, 0))
	rand.Read(b)
	return b
}

// Hex returns n random bytes as 2n hexadecimal digits in lower case.
func Hex(n int) string { return hex.EncodeToString(Bytes(n)) }
