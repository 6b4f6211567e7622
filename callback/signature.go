package callback

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Tolerance is the largest difference between a webhook's timestamp and the
// receiver's clock.
const Tolerance = 5 * time.Minute

// ErrSignature reports a webhook call that is not signed with the secret, or has
// an old or future timestamp.
var ErrSignature = errors.New("callback: bad webhook signature")

// The headers of the Standard Webhooks specification.
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

// Sign returns the webhook-signature header of the Standard Webhooks
// specification: "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body". It
// returns an error for a whsec_ secret that is not base64.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	k, err := key(secret)
	if err != nil {
		return "", err
	}
	return "v1," + base64.StdEncoding.EncodeToString(mac(k, id, strconv.FormatInt(at.Unix(), 10), body)), nil
}

// Verify checks a call in a webhook written in Go, from the headers, the
// unmodified body, and the receiver's time. It returns nil or an ErrSignature.
func Verify(secret string, header http.Header, body []byte, now time.Time) error {
	k, err := key(secret)
	if err != nil {
		return err
	}
	if len(k) == 0 {
		return fmt.Errorf("%w: no secret", ErrSignature)
	}
	id, stamp := header.Get(headerID), header.Get(headerTimestamp)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil {
		return fmt.Errorf("%w: headers missing or malformed", ErrSignature)
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > Tolerance || age < -Tolerance {
		return fmt.Errorf("%w: sent at another time", ErrSignature)
	}
	want := mac(k, id, stamp, body)
	// While a secret is being rotated, the header contains several signatures.
	for one := range strings.FieldsSeq(header.Get(headerSignature)) {
		text, ok := strings.CutPrefix(one, "v1,")
		got, err := base64.StdEncoding.DecodeString(text)
		if ok && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return fmt.Errorf("%w: no signature matches", ErrSignature)
}

func mac(key []byte, id, timestamp string, body []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + timestamp + "."))
	h.Write(body)
	return h.Sum(nil)
}

// key decodes a secret: base64 after whsec_, and any other text as it is.
func key(secret string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return []byte(secret), nil
	}
	k, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(k) == 0 {
		return nil, errors.New("callback: secret: after whsec_ there must be base64")
	}
	return k, nil
}
