package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"strconv"
	"strings"
)

// decode64 decodes base64 in either alphabet, padded or not, because exports
// differ.
func decode64(text string) ([]byte, error) {
	text = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(text), "=")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, unfit("it is not base64")
	}
	return b, nil
}

// derivedPBKDF2 verifies a key that PBKDF2 derived.
func derivedPBKDF2(digest func() hash.Hash, iterations string, salt, key []byte) (*imported, error) {
	n, err := bounded("number of iterations", iterations, maxIterations)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, unfit("a parameter is 0")
	}
	return compared(0, key, func(_ *scratch, password string, length int) ([]byte, error) {
		return pbkdf2.Key(digest, password, salt, n, length)
	})
}

// digestOf returns a hash function by name.
func digestOf(name string) (func() hash.Hash, error) {
	switch name {
	case "sha1":
		return sha1.New, nil
	case "sha256":
		return sha256.New, nil
	case "sha512":
		return sha512.New, nil
	}
	return nil, unfit("its hash function is unknown")
}

// parseDjangoPBKDF2 parses pbkdf2_sha256$iterations$salt$key.
func parseDjangoPBKDF2(text string) (*imported, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 4 {
		return nil, unfit("it does not have four parts")
	}
	digest, err1 := digestOf(strings.TrimPrefix(parts[0], "pbkdf2_"))
	key, err2 := decode64(parts[3])
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return derivedPBKDF2(digest, parts[1], []byte(parts[2]), key)
}

// werkzeug splits method:parameters$salt$key, with the key in hexadecimal.
func werkzeug(text string) (method []string, salt, key []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 3 {
		return nil, nil, nil, unfit("it does not have three parts")
	}
	if key, err = hex.DecodeString(parts[2]); err != nil {
		return nil, nil, nil, unfit("its key is not hexadecimal")
	}
	return strings.Split(parts[0], ":"), []byte(parts[1]), key, nil
}

// parseWerkzeugPBKDF2 parses pbkdf2:sha256:iterations$salt$key.
func parseWerkzeugPBKDF2(text string) (*imported, error) {
	method, salt, key, err := werkzeug(text)
	if err != nil {
		return nil, err
	}
	if len(method) != 3 {
		return nil, unfit("its method does not have three parts")
	}
	digest, err := digestOf(method[1])
	if err != nil {
		return nil, err
	}
	return derivedPBKDF2(digest, method[2], salt, key)
}

// costOf parses scrypt's parameters and checks their limits.
func costOf(n, r, p string) (c scryptCost, err error) {
	var errs [3]error
	c.n, errs[0] = bounded("N", n, 1<<24)
	c.r, errs[1] = bounded("r", r, 1<<10)
	c.p, errs[2] = bounded("p", p, 1<<10)
	if err := errors.Join(errs[:]...); err != nil {
		return c, err
	}
	if c.n < 2 || c.n&(c.n-1) != 0 || c.r < 1 || c.p < 1 {
		return c, unfit("its scrypt parameters are invalid")
	}
	return c, affordable(c.memory(), c.p)
}

// power returns 2 to the given power, as text.
func power(exponent string) string {
	n, err := bounded("ln", exponent, 24)
	if err != nil {
		return ""
	}
	return strconv.Itoa(1 << n)
}

func derivedScrypt(c scryptCost, salt, key []byte) (*imported, error) {
	return compared(c.memory(), key, func(m *scratch, password string, length int) ([]byte, error) {
		return scryptKey(m, []byte(password), salt, c, length)
	})
}

// parseScrypt parses passlib's $scrypt$ln=16,r=8,p=1$salt$key.
func parseScrypt(text string) (*imported, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 5 {
		return nil, unfit("it does not have four parts")
	}
	p := parameters(parts[2])
	c, err1 := costOf(power(p["ln"]), p["r"], p["p"])
	salt, err2 := decode64(parts[3])
	key, err3 := decode64(parts[4])
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	return derivedScrypt(c, salt, key)
}

// parseDjangoScrypt parses scrypt$N$salt$r$p$key.
func parseDjangoScrypt(text string) (*imported, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 {
		return nil, unfit("it does not have six parts")
	}
	c, err1 := costOf(parts[1], parts[3], parts[4])
	key, err2 := decode64(parts[5])
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return derivedScrypt(c, []byte(parts[2]), key)
}

// parseWerkzeugScrypt parses scrypt:N:r:p$salt$key.
func parseWerkzeugScrypt(text string) (*imported, error) {
	method, salt, key, err := werkzeug(text)
	if err != nil {
		return nil, err
	}
	if len(method) != 4 {
		return nil, unfit("its method does not have four parts")
	}
	c, err := costOf(method[1], method[2], method[3])
	if err != nil {
		return nil, err
	}
	return derivedScrypt(c, salt, key)
}

// parseFirebase parses $fbscrypt$v=1,n=14,r=8,p=1,ss=…,sk=…$salt$hash, with all
// binary values in base64: n is Firebase's mem_cost, r its rounds, ss its
// base64_salt_separator and sk its base64_signer_key. The hash is the signer key,
// encrypted with the scrypt key of the password.
func parseFirebase(text string) (*imported, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 5 {
		return nil, unfit("it does not have four parts")
	}
	p := parameters(parts[2])
	if p["v"] != "1" {
		return nil, unfit("its version is not 1")
	}
	c, err1 := costOf(power(p["n"]), p["r"], p["p"])
	separator, err2 := decode64(p["ss"])
	signer, err3 := decode64(p["sk"])
	salt, err4 := decode64(parts[3])
	key, err5 := decode64(parts[4])
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return nil, err
	}
	if len(signer) != len(key) {
		return nil, unfit("signer key and hash are of different lengths")
	}
	salt = append(salt, separator...)
	return compared(c.memory(), key, func(m *scratch, password string, _ int) ([]byte, error) {
		derived, err := scryptKey(m, []byte(password), salt, c, 32)
		if err != nil {
			return nil, err
		}
		block, err := aes.NewCipher(derived)
		if err != nil {
			return nil, err
		}
		out := make([]byte, len(signer))
		cipher.NewCTR(block, make([]byte, aes.BlockSize)).XORKeyStream(out, signer)
		return out, nil
	})
}

// parseDjangoBcrypt parses bcrypt$ and bcrypt_sha256$, followed by a bcrypt hash;
// the latter is of the password's SHA-256 in hexadecimal.
func parseDjangoBcrypt(text string) (*imported, error) {
	method, rest, _ := strings.Cut(text, "$")
	i, err := parseBcrypt(rest)
	if method == "bcrypt" {
		return i, err
	}
	return translated(i, err, func(password string) string {
		sum := sha256.Sum256([]byte(password))
		return hex.EncodeToString(sum[:])
	})
}

// parseWordPress parses $wp followed by a bcrypt hash. WordPress creates it since
// 6.8 from an HMAC of the trimmed password.
func parseWordPress(text string) (*imported, error) {
	i, err := parseBcrypt(strings.TrimPrefix(text, "$wp"))
	return translated(i, err, func(password string) string {
		mac := hmac.New(sha512.New384, []byte("wp-sha384"))
		mac.Write([]byte(strings.Trim(password, " \t\n\r\x00\x0b")))
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	})
}

// phpassDigits is crypt(3)'s alphabet.
const phpassDigits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// parsePHPass parses phpass's portable hashes: $P$ and phpBB's $H$ with MD5, and
// Drupal 7's $S$ with SHA-512, truncated to 43 characters.
func parsePHPass(text string) (*imported, error) {
	digest, length := md5.New, 34
	if text[1] == 'S' {
		digest, length = sha512.New, 55
	}
	if len(text) != length {
		return nil, unfit("it is not %d characters long", length)
	}
	log := strings.IndexByte(phpassDigits, text[3])
	if log < 7 || log > maxPHPassLog {
		return nil, unfit("its number of rounds is above 2^%d", maxPHPassLog)
	}
	salt := text[4:12]
	return compared(0, []byte(text[12:]), func(_ *scratch, password string, length int) ([]byte, error) {
		h := digest()
		h.Write([]byte(salt + password))
		sum := h.Sum(nil)
		for range 1 << log {
			h.Reset()
			h.Write(sum)
			h.Write([]byte(password))
			sum = h.Sum(sum[:0])
		}
		return phpassEncode(sum)[:length], nil
	})
}

// phpassEncode encodes three bytes as four digits, the lowest bits first.
func phpassEncode(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		n := min(len(b), 3)
		bits := 0
		for i := range n {
			bits |= int(b[i]) << (8 * i)
		}
		for range n + 1 {
			out = append(out, phpassDigits[bits&63])
			bits >>= 6
		}
		b = b[n:]
	}
	return out
}
