package secret

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strconv"
	"strings"

	crypt "github.com/go-crypt/crypt/algorithm"
	"github.com/go-crypt/crypt/algorithm/argon2"
	"github.com/go-crypt/crypt/algorithm/bcrypt"
	"github.com/go-crypt/crypt/algorithm/pbkdf2"
	"github.com/go-crypt/crypt/algorithm/shacrypt"
)

// Kind is the kind of a stored password hash.
type Kind string

// The kinds of hashes that a Hasher verifies. It creates only Native ones.
const (
	Native    Kind = "better-auth"
	Bcrypt    Kind = "bcrypt"
	Argon2    Kind = "argon2"
	PBKDF2    Kind = "pbkdf2"
	Scrypt    Kind = "scrypt"
	SHACrypt  Kind = "sha-crypt"
	PHPass    Kind = "phpass"
	WordPress Kind = "wordpress"
	Firebase  Kind = "firebase-scrypt"
	Unknown   Kind = "unknown"
)

// Limits for the cost of an imported hash, so that a malicious one takes seconds
// and not minutes, and megabytes and not gigabytes.
const (
	maxHashText       = 1024
	maxBcryptCost     = 15
	maxIterations     = 10_000_000 // PBKDF2
	maxRounds         = 2_000_000  // sha-crypt
	maxPHPassLog      = 20
	maxImportedMemory = 256 << 20
	maxImportedWork   = 1 << 30 // bytes of memory times passes
	maxLanes          = 16
	minKey            = 16 // bytes: a shorter key could be guessed
)

// heavyMemory is the largest amount of memory of a hash that may run beside
// others.
const heavyMemory = 32 << 20

// imported is a hash that another program created.
type imported struct {
	kind   Kind
	memory int
	match  func(m *scratch, password string) (bool, error)
}

// Inspect returns the kind of a stored hash. If a Hasher cannot verify it, the
// error wraps ErrPasswordHash with the reason; it contains no part of the hash.
func Inspect(hash string) (Kind, error) {
	if isNative(hash) {
		return Native, nil
	}
	i, err := parseImported(hash)
	if i == nil {
		return Unknown, err
	}
	return i.kind, err
}

// isNative reports whether a hash has the reference's form: a salt, a colon and a
// key of 128 lower-case hexadecimal digits. The reference accepts any two texts,
// but no password matches another key.
func isNative(hash string) bool {
	salt, rest, _ := strings.Cut(hash, ":")
	key, _, _ := strings.Cut(rest, ":")
	return salt != "" && len(key) == 2*nativeLength && strings.Trim(key, "0123456789abcdef") == ""
}

// verifyImported reports whether another program created the hash from the
// password, which that program used as typed.
func (h *Hasher) verifyImported(ctx context.Context, hash, password string) (bool, error) {
	i, err := parseImported(hash)
	if err != nil {
		return false, err
	}
	return compute(ctx, h, i.memory > heavyMemory, func(m *scratch) (bool, error) { return i.match(m, password) })
}

// parsers parse hashes according to the beginning of their text.
var parsers = []struct {
	prefix string
	kind   Kind
	parse  func(hash string) (*imported, error)
}{
	{"$2", Bcrypt, parseBcrypt},
	{"$bcrypt-sha256$", Bcrypt, parseBcryptSHA256},
	{"bcrypt$", Bcrypt, parseDjangoBcrypt},
	{"bcrypt_sha256$", Bcrypt, parseDjangoBcrypt},
	{"$argon2", Argon2, parseArgon2},
	{"argon2$", Argon2, func(hash string) (*imported, error) { return parseArgon2(strings.TrimPrefix(hash, "argon2")) }},
	{"$pbkdf2", PBKDF2, parsePBKDF2},
	{"pbkdf2_", PBKDF2, parseDjangoPBKDF2},
	{"pbkdf2:", PBKDF2, parseWerkzeugPBKDF2},
	{"$scrypt$", Scrypt, parseScrypt},
	{"scrypt$", Scrypt, parseDjangoScrypt},
	{"scrypt:", Scrypt, parseWerkzeugScrypt},
	{"$fbscrypt$", Firebase, parseFirebase},
	{"$5$", SHACrypt, parseSHACrypt},
	{"$6$", SHACrypt, parseSHACrypt},
	{"$P$", PHPass, parsePHPass},
	{"$H$", PHPass, parsePHPass},
	{"$S$", PHPass, parsePHPass},
	{"$wp$2", WordPress, parseWordPress},
}

// parseImported parses a hash of another program. If it fails, the result is nil
// unless the kind is known.
func parseImported(hash string) (*imported, error) {
	if len(hash) > maxHashText {
		return nil, unfit("it is too long")
	}
	for _, p := range parsers {
		if !strings.HasPrefix(hash, p.prefix) {
			continue
		}
		i, err := p.parse(hash)
		switch {
		case err != nil && !errors.Is(err, ErrPasswordHash):
			// The library's errors may contain parts of the hash.
			return &imported{kind: p.kind}, unfit("it is malformed")
		case err != nil:
			return &imported{kind: p.kind}, err
		}
		i.kind = p.kind
		return i, nil
	}
	return nil, unfit("its format is unknown")
}

func unfit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrPasswordHash, fmt.Sprintf(format, args...))
}

// bounded parses a parameter, which must not be above most.
func bounded(name, text string, most int) (int, error) {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil || n < 0:
		return 0, unfit("its %s is not a number", name)
	case n > most:
		return 0, unfit("its %s is above %d", name, most)
	}
	return n, nil
}

// parameters parses "m=1,t=2" into a map.
func parameters(text string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		out[name] = value
	}
	return out
}

// digested verifies with a digest of the library.
func digested(d crypt.Digest, err error) (*imported, error) {
	if err != nil {
		return nil, err
	}
	if len(d.Key()) < minKey {
		return nil, unfit("its key is too short")
	}
	return &imported{match: func(_ *scratch, password string) (bool, error) { return d.MatchAdvanced(password) }}, nil
}

// translated verifies the password as converted by change.
func translated(i *imported, err error, change func(string) string) (*imported, error) {
	if err != nil {
		return nil, err
	}
	match := i.match
	return &imported{memory: i.memory, match: func(m *scratch, password string) (bool, error) { return match(m, change(password)) }}, nil
}

// compared verifies with the key that derive computes from the password.
func compared(memory int, key []byte, derive func(m *scratch, password string, length int) ([]byte, error)) (*imported, error) {
	if len(key) < minKey || len(key) > maxHashText {
		return nil, unfit("its key is too short")
	}
	return &imported{memory: memory, match: func(m *scratch, password string) (bool, error) {
		got, err := derive(m, password, len(key))
		return err == nil && subtle.ConstantTimeCompare(got, key) == 1, err
	}}, nil
}

func parseBcrypt(hash string) (*imported, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 4 || len(hash) != 60 {
		return nil, unfit("it is not 60 characters long")
	}
	if _, err := bounded("cost", parts[2], maxBcryptCost); err != nil {
		return nil, err
	}
	return digested(bcrypt.Decode(hash))
}

// parseBcryptSHA256 parses passlib's form.
func parseBcryptSHA256(hash string) (*imported, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 5 {
		return nil, unfit("it does not have three parts")
	}
	p := parameters(parts[2])
	if _, err := bounded("cost", p["r"], maxBcryptCost); err != nil {
		return nil, err
	}
	if p["v"] != "2" {
		return nil, unfit("its version is not 2")
	}
	return digested(bcrypt.Decode(hash))
}

func parseArgon2(hash string) (*imported, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		return nil, unfit("it does not have five parts")
	}
	p := parameters(parts[3])
	memory, err1 := bounded("memory", p["m"], maxImportedMemory>>10)
	passes, err2 := bounded("number of passes", p["t"], maxImportedWork>>10)
	lanes, err3 := bounded("parallelism", p["p"], maxLanes)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if memory == 0 || passes == 0 || lanes == 0 {
		return nil, unfit("a parameter is 0")
	}
	if err := affordable(memory<<10, passes); err != nil {
		return nil, err
	}
	i, err := digested(argon2.Decode(hash))
	if err == nil {
		i.memory = memory << 10
	}
	return i, err
}

// affordable checks the limits for memory in bytes and the number of passes over
// it.
func affordable(memory, passes int) error {
	switch {
	case memory > maxImportedMemory:
		return unfit("it takes more than %d MiB", maxImportedMemory>>20)
	case passes > maxImportedWork/max(memory, 1):
		return unfit("it takes too long")
	}
	return nil
}

func parsePBKDF2(hash string) (*imported, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 5 {
		return nil, unfit("it does not have four parts")
	}
	if n, err := bounded("number of iterations", parts[2], maxIterations); err != nil {
		return nil, err
	} else if n == 0 {
		return nil, unfit("a parameter is 0")
	}
	return digested(pbkdf2.Decode(hash))
}

func parseSHACrypt(hash string) (*imported, error) {
	parts := strings.Split(hash, "$")
	if len(parts) == 5 {
		if _, err := bounded("number of rounds", strings.TrimPrefix(parts[2], "rounds="), maxRounds); err != nil {
			return nil, err
		}
	}
	return digested(shacrypt.Decode(hash))
}
