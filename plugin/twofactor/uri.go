package twofactor

import (
	"encoding/base32"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// appURI returns the URI that an authenticator app reads from a QR code.
func (p *Plugin) appURI(key []byte, issuer, account string) string {
	return "otpauth://totp/" + escape(issuer, "-_.!~*'()") + ":" + escape(account, "-_.!~*'()") +
		"?secret=" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key) +
		"&issuer=" + strings.ReplaceAll(escape(issuer, "-_.* "), " ", "+") +
		"&digits=" + strconv.Itoa(p.opts.TOTPOptions.Digits) + "&period=" + strconv.Itoa(p.opts.TOTPOptions.Period)
}

// escape percent-encodes all but ASCII letters, digits and the bytes of plain.
func escape(text, plain string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', strings.IndexByte(plain, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// imported is the prefix of a secret that another program made and that is stored in base 32. Our own contain no colon.
const imported = "base32:"

// errNoKey reports an empty secret, whose codes anybody could compute.
var errNoKey = errors.New("two-factor: the secret is empty")

// keyOf returns the key of a decrypted secret: its bytes, or what its base 32 stands for.
func keyOf(secret string) (key []byte, err error) {
	if text, ok := strings.CutPrefix(secret, imported); ok {
		key, err = fromBase32(text)
	} else {
		key = []byte(secret)
	}
	if err == nil && len(key) == 0 {
		err = errNoKey
	}
	return key, err
}

// fromBase32 reads base 32 of any length, with or without padding, in capital or small letters.
func fromBase32(text string) ([]byte, error) {
	text, _, _ = strings.Cut(strings.ToUpper(text), "=")
	if i := strings.IndexFunc(text, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') }); i >= 0 {
		return nil, fmt.Errorf("two-factor: an imported secret has %q, which base 32 has not", text[i:i+1])
	}
	switch len(text) % 8 {
	case 1, 3, 6:
		text = text[:len(text)-1] // the last character begins a byte that does not end
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
}
