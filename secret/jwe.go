package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	josecipher "github.com/go-jose/go-jose/v4/cipher"
)

const (
	jweInfo      = "BetterAuth.js Generated Encryption Key"
	jweEnc       = "A256CBC-HS512"
	jweTagSize   = 32
	jweTolerance = 15 * time.Second
)

// jweKey is a secret's encryption key for one salt, with the header of its
// tokens.
type jweKey struct {
	aead   cipher.AEAD
	kid    string
	header string // encoded
}

// jwe derives the key for a salt and keeps it. Salts are constants of the program,
// so there are only a few.
func (s *keyState) jwe(salt string) (*jweKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key, ok := s.jwes[salt]; ok {
		return key, nil
	}
	raw := deriveKey(s.value, salt, jweInfo, 64)
	aead, err := josecipher.NewCBCHMAC(raw, aes.NewCipher)
	if err != nil {
		return nil, err
	}
	thumbprint := sha256.Sum256([]byte(`{"k":"` + b64.EncodeToString(raw) + `","kty":"oct"}`))
	kid := b64.EncodeToString(thumbprint[:])
	header := `{"alg":"dir","enc":"` + jweEnc + `","kid":"` + kid + `"}`
	key := &jweKey{aead: aead, kid: kid, header: b64.EncodeToString([]byte(header))}
	if s.jwes == nil {
		s.jwes = make(map[string]*jweKey)
	}
	s.jwes[salt] = key
	return key, nil
}

// SealJWE encrypts a JSON object under a key derived from the current secret and
// the salt, and adds the claims iat, exp and jti after the given ones
// (symmetricEncodeJWT in crypto/jwt.mjs).
func (k *Keys) SealJWE(claims []byte, salt string, now time.Time, ttl time.Duration) (string, error) {
	jti := Member{Name: []byte("jti"), Value: []byte(`"` + UUID() + `"`)}
	plain, err := withClaims(claims, append(issueTimes(now, ttl), jti)...)
	if err != nil {
		return "", fmt.Errorf("secret: claims are %w", err)
	}
	key, err := k.list[0].jwe(salt)
	if err != nil {
		return "", err
	}
	iv := make([]byte, key.aead.NonceSize())
	rand.Read(iv)
	sealed := key.aead.Seal(nil, iv, plain, []byte(key.header))
	body, tag := sealed[:len(sealed)-jweTagSize], sealed[len(sealed)-jweTagSize:]

	token := make([]byte, 0, len(key.header)+4+b64.EncodedLen(len(iv))+b64.EncodedLen(len(body))+b64.EncodedLen(len(tag)))
	token = append(token, key.header...)
	token = append(token, '.', '.') // no encrypted key, because alg is dir
	token = b64.AppendEncode(token, iv)
	token = append(token, '.')
	token = b64.AppendEncode(token, body)
	token = append(token, '.')
	return string(b64.AppendEncode(token, tag)), nil
}

// OpenJWE decrypts a token of SealJWE and checks exp, nbf and iat with 15 seconds
// of tolerance. It uses the key that the token's kid names; without a kid it tries
// every secret. The error wraps ErrToken or ErrExpired.
//
// The reference also allows A256GCM, but derives only 64-byte keys, which that
// algorithm rejects: such a token can be opened neither there nor here.
func (k *Keys) OpenJWE(token, salt string, now time.Time) ([]byte, error) {
	parts, err := splitToken(token, 5)
	if err != nil {
		return nil, err
	}
	sealed, err := parseJWE(parts)
	if err != nil {
		return nil, err
	}
	for _, state := range k.list {
		key, err := state.jwe(salt)
		if err != nil {
			return nil, err
		}
		if sealed.hasKid && sealed.kid != key.kid {
			continue
		}
		plain, err := key.aead.Open(nil, sealed.iv, sealed.body, []byte(parts[0]))
		if err != nil {
			continue
		}
		if err := CheckClaims(sealed.header, plain, Checks{Tolerance: jweTolerance}, now); err != nil {
			return nil, err
		}
		return plain, nil
	}
	return nil, fmt.Errorf("%w: no secret decrypts it", ErrToken)
}

type jweParts struct {
	header, iv, body []byte // body includes the tag
	kid              string
	hasKid           bool
}

func parseJWE(parts []string) (*jweParts, error) {
	alg, text, err := tokenAlgorithm(parts[0])
	if err != nil {
		return nil, err
	}
	header, err := ParseMembers(text)
	if err != nil {
		return nil, err
	}
	enc, _ := header.String("enc")
	if alg != "dir" || enc != jweEnc || parts[1] != "" || header.Get("zip") != nil {
		return nil, fmt.Errorf("%w: JWE algorithms", ErrToken)
	}
	sealed := &jweParts{header: text, hasKid: header.Get("kid") != nil}
	sealed.kid, _ = header.String("kid")
	iv, errIV := b64.DecodeString(parts[2])
	body, errBody := b64.DecodeString(parts[3])
	tag, errTag := b64.DecodeString(parts[4])
	if errIV != nil || errBody != nil || errTag != nil {
		return nil, fmt.Errorf("%w: JWE is not base64url", ErrToken)
	}
	if len(iv) != aes.BlockSize || len(tag) != jweTagSize || len(body) == 0 || len(body)%aes.BlockSize != 0 {
		return nil, fmt.Errorf("%w: JWE lengths", ErrToken)
	}
	sealed.iv, sealed.body = iv, append(body, tag...)
	return sealed, nil
}
