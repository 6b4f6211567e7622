// Package secret implements everything that must stay secret or is proved with a
// secret: password hashes, digests, signatures, symmetric encryption, random
// identifiers, rotation of the server's secret, and the JOSE tokens (JWT, JWE,
// JWK). All formats are those of the npm package better-auth, byte for byte.
//
//	keys := secret.New(os.Getenv("BETTER_AUTH_SECRET"))
//	signature := keys.Sign(value)
//	ok, current := keys.Verify(value, signature)
//
//	hasher := secret.NewHasher(secret.HasherOptions{})
//	hash, err := hasher.Hash(ctx, password)
//
// The package never reads the clock: functions that need the time take it as an
// argument.
package secret

// This package uses no HTTP, cookies, databases or configuration files.

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
)

// DefaultSecret is the secret that the reference uses outside production if none is
// set (better-auth/dist/utils/constants.mjs). It is public, so as a legacy secret
// it counts as absent.
const DefaultSecret = "better-auth-secret-12345678901234567890"

// legacyVersion marks the secret from before versions were used, as in the
// reference's getAllSecrets (crypto/jwt.mjs).
const legacyVersion = -1

// Version is one entry of the option `secrets`: a secret and its number.
type Version struct {
	// Its number, which encrypted values carry.
	Version int `json:"version" unset:"needed" min:"0"`
	// The secret.
	Value string `json:"value" unset:"needed"`
}

// ConfigError describes a mistake in a list of versioned secrets, in the
// reference's words (context/secret-utils.mjs).
type ConfigError struct{ Message string }

// Error returns the message.
func (e *ConfigError) Error() string { return e.Message }

// Keys is the server's secret, or a list of versioned secrets, the first of which
// is the current one. The current secret signs and encrypts; all of them verify and
// decrypt. A Keys is immutable and safe for concurrent use.
type Keys struct {
	versioned bool
	list      []*keyState // current first, the legacy secret last
	legacy    *keyState   // nil: none
}

// New returns the keys of a server with a single, unversioned secret.
func New(secret string) *Keys {
	return &Keys{list: []*keyState{newKeyState(Version{Value: secret})}}
}

// NewVersioned returns the keys for the option `secrets`; the first entry is the
// current secret. Legacy is the secret from before versions were used and may be
// empty; it decrypts old data. The error is a *ConfigError.
func NewVersioned(list []Version, legacy string) (*Keys, error) {
	if err := checkVersions(list); err != nil {
		return nil, err
	}
	if legacy == DefaultSecret {
		legacy = ""
	}
	return newVersioned(list, legacy), nil
}

func newVersioned(list []Version, legacy string) *Keys {
	k := &Keys{versioned: true}
	for _, v := range list {
		state := newKeyState(v)
		k.list = append(k.list, state)
		if v.Value == legacy && k.legacy == nil {
			k.legacy = state
		}
	}
	if legacy != "" && k.legacy == nil {
		k.legacy = newKeyState(Version{Version: legacyVersion, Value: legacy})
		k.list = append(k.list, k.legacy)
	}
	return k
}

func checkVersions(list []Version) error {
	if len(list) == 0 {
		return &ConfigError{"`secrets` array must contain at least one entry."}
	}
	seen := make(map[int]bool, len(list))
	for _, v := range list {
		switch {
		case v.Version < 0:
			return &ConfigError{fmt.Sprintf("Invalid version %d in `secrets`. Version must be a non-negative integer.", v.Version)}
		case v.Value == "":
			return &ConfigError{fmt.Sprintf("Empty secret value for version %d in `secrets`.", v.Version)}
		case seen[v.Version]:
			return &ConfigError{fmt.Sprintf("Duplicate version %d in `secrets`. Each version must be unique.", v.Version)}
		}
		seen[v.Version] = true
	}
	return nil
}

// ParseVersions parses the value of BETTER_AUTH_SECRETS, "2:new,1:old". For an
// empty value it returns nil. The error is a *ConfigError.
func ParseVersions(env string) ([]Version, error) {
	if env == "" {
		return nil, nil
	}
	var list []Version
	for i, entry := range strings.Split(env, ",") {
		number, value, found := strings.Cut(js.Trim(entry), ":")
		if !found {
			return nil, &ConfigError{fmt.Sprintf(`Invalid BETTER_AUTH_SECRETS entry at position %d. Expected format: "<version>:<secret>"`, i+1)}
		}
		version, ok := parseInt(number)
		if !ok || version < 0 {
			return nil, &ConfigError{fmt.Sprintf("Invalid version in BETTER_AUTH_SECRETS entry at position %d. Version must be a non-negative integer.", i+1)}
		}
		value = js.Trim(value)
		if value == "" {
			return nil, &ConfigError{fmt.Sprintf("Empty secret value for version %d in BETTER_AUTH_SECRETS.", version)}
		}
		list = append(list, Version{Version: version, Value: value})
	}
	return list, nil
}

// parseInt parses the leading integer of s and ignores the rest, as JavaScript's
// parseInt does.
func parseInt(s string) (int, bool) {
	s = js.Trim(s)
	end := 0
	if end < len(s) && (s[0] == '+' || s[0] == '-') {
		end++
	}
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(s[:end])
	return n, err == nil
}

// Current returns the secret that signs and encrypts.
func (k *Keys) Current() string { return k.list[0].value }

// All returns every secret, the current one first. A single secret has version 0; a
// legacy secret beside versioned ones has version -1.
func (k *Keys) All() []Version {
	all := make([]Version, len(k.list))
	for i, state := range k.list {
		all[i] = state.Version
	}
	return all
}

// Common reports whether two servers have a secret in common, of whatever version.
func Common(a, b []Version) bool {
	seen := make(map[string]bool, len(a))
	for _, v := range a {
		seen[v.Value] = true
	}
	return slices.ContainsFunc(b, func(v Version) bool { return seen[v.Value] })
}

// Purpose returns keys derived for one use, for example "oauth-state-cookie", with
// the same versions (crypto/purpose.mjs). The derivation costs a few microseconds
// for each secret, so callers keep the result.
func (k *Keys) Purpose(name string) *Keys {
	if !k.versioned {
		return New(derivePurpose(k.Current(), name))
	}
	var list []Version
	legacy := ""
	for _, v := range k.All() {
		derived := derivePurpose(v.Value, name)
		if k.legacy != nil && v.Value == k.legacy.value {
			legacy = derived
		}
		if v.Version != legacyVersion {
			list = append(list, Version{Version: v.Version, Value: derived})
		}
	}
	return newVersioned(list, legacy)
}

func derivePurpose(secret, name string) string {
	return hex.EncodeToString(deriveKey(secret, "better-auth:oauth-encryption:v1", "better-auth:"+name+":v1", 32))
}

// deriveKey is HKDF-SHA256. It cannot fail, because all lengths used here are far
// below HKDF's limit.
func deriveKey(secret, salt, info string, length int) []byte {
	key, _ := hkdf.Key(sha256.New, []byte(secret), []byte(salt), info, length)
	return key
}

// EstimateEntropy estimates the bits of randomness in s from its length and the
// number of different characters (context/secret-utils.mjs). The reference warns
// below 120.
func EstimateEntropy(s string) float64 {
	unique := make(map[rune]bool)
	for _, r := range s {
		unique[r] = true
	}
	if len(unique) == 0 {
		return 0
	}
	return math.Log2(math.Pow(float64(len(unique)), float64(JSLength(s))))
}

// JSLength returns the length of s in UTF-16 units, as JavaScript counts it. The
// limits on passwords are in this unit.
func JSLength(s string) int { return js.Length(s) }
