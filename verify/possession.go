package verify

import (
	"crypto"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// ErrPossession: the token is bound to a key (RFC 9449), and the request does not
// prove that its sender has the key.
var ErrPossession = errors.New("verify: no proof of possession")

// Wrong combinations of token and scheme. They are faults of the token, not of the proof.
var (
	errUnbound = fmt.Errorf("%w: the token is not bound to a key", ErrPossession)
	errScheme  = fmt.Errorf("%w: the scheme must be DPoP", ErrPossession)
)

const (
	proofAge   = 5 * time.Minute
	proofAhead = 5 * time.Second
	longestJTI = 512
	proofsKept = 100_000
)

// checkPossession refuses a request with a token that is bound to a key, unless its
// header DPoP proves that the sender has the key. A proof works once.
func (v *Verifier) checkPossession(r *http.Request, scheme, token string, claims *Claims) error {
	cnf, _ := claims.Raw["cnf"].(map[string]any)
	bound, _ := cnf["jkt"].(string)
	switch {
	case bound == "" && scheme == "DPoP":
		return errUnbound
	case bound == "":
		return nil
	case scheme != "DPoP":
		return errScheme
	}
	proofs := r.Header.Values("DPoP")
	if len(proofs) != 1 {
		return fmt.Errorf("%w: there must be one header DPoP", ErrPossession)
	}
	key, payload, err := v.openProof(proofs[0])
	if err != nil {
		return err
	}
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil || subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum)), []byte(bound)) != 1 {
		return fmt.Errorf("%w: another key", ErrPossession)
	}
	return v.checkProof(r, token, bound, payload)
}

// openProof verifies the signature of a proof with the key in its header.
func (v *Verifier) openProof(proof string) (*jose.JSONWebKey, []byte, error) {
	malformed := fmt.Errorf("%w: malformed", ErrPossession)
	if len(proof) > maxToken || strings.ContainsAny(proof, "\r\n") {
		return nil, nil, malformed
	}
	signed, err := jose.ParseSignedCompact(proof, v.algorithms)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, nil, malformed
	}
	header := signed.Signatures[0].Protected
	if typ, _ := header.ExtraHeaders[jose.HeaderType].(string); typ != "dpop+jwt" {
		return nil, nil, malformed
	}
	if _, critical := header.ExtraHeaders["crit"]; critical || header.JSONWebKey == nil || !header.JSONWebKey.IsPublic() || !header.JSONWebKey.Valid() {
		return nil, nil, malformed
	}
	payload, err := signed.Verify(header.JSONWebKey.Key)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: wrong signature", ErrPossession)
	}
	return header.JSONWebKey, payload, nil
}

// checkProof checks that a proof is for this request and this token, and uses it up.
func (v *Verifier) checkProof(r *http.Request, token, bound string, payload []byte) error {
	claims, err := decodeObject(payload)
	if err != nil {
		return fmt.Errorf("%w: malformed", ErrPossession)
	}
	text := func(name string) string { s, _ := claims[name].(string); return s }
	hash := sha256.Sum256([]byte(token))
	seconds, isNumber := claims["iat"].(json.Number)
	issued, ok := instant(seconds)
	now := v.now()
	switch {
	case !isNumber || !ok || issued.After(now.Add(proofAhead)) || now.Sub(issued) > proofAge:
		return fmt.Errorf("%w: too old, or from the future", ErrPossession)
	case !strings.EqualFold(text("htm"), r.Method) || text("htm") == "":
		return fmt.Errorf("%w: for another method", ErrPossession)
	case !slices.Contains(v.addresses(r), withoutQuery(text("htu"))):
		return fmt.Errorf("%w: for another address", ErrPossession)
	case subtle.ConstantTimeCompare([]byte(text("ath")), []byte(base64.RawURLEncoding.EncodeToString(hash[:]))) != 1:
		return fmt.Errorf("%w: for another token", ErrPossession)
	case text("jti") == "" || len(text("jti")) > longestJTI:
		return fmt.Errorf("%w: no id", ErrPossession)
	}
	used := sha256.Sum256([]byte(bound + "\n" + strings.ToUpper(text("htm")) + "\n" + withoutQuery(text("htu")) + "\n" + text("jti")))
	if !v.useProof(string(used[:]), issued.Add(proofAge), now) {
		return fmt.Errorf("%w: used before", ErrPossession)
	}
	return nil
}

// addresses returns the addresses that a proof for the request may name.
func (v *Verifier) addresses(r *http.Request) []string {
	if v.origin != "" {
		return []string{withoutQuery(v.origin + r.URL.EscapedPath())}
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return []string{withoutQuery(scheme + "://" + r.Host + r.URL.EscapedPath())}
}

// withoutQuery returns origin and path of an address, "" if it is none.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Fragment != "" {
		return ""
	}
	host := strings.ToLower(u.Host)
	for scheme, port := range map[string]string{"http": ":80", "https": ":443"} {
		if u.Scheme == scheme {
			host = strings.TrimSuffix(host, port)
		}
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return u.Scheme + "://" + host + path
}

// usedProofs remembers proofs until they expire.
type usedProofs struct {
	mu      sync.Mutex
	ends    map[string]time.Time
	sweepAt time.Time
}

// useProof notes a proof and returns false if it was used before.
func (v *Verifier) useProof(id string, ends, now time.Time) bool {
	if v.proofUsed != nil {
		return v.proofUsed(base64.RawURLEncoding.EncodeToString([]byte(id)), ends)
	}
	p := &v.proofs
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ends == nil || now.After(p.sweepAt) || len(p.ends) >= proofsKept {
		left := map[string]time.Time{}
		for old, end := range p.ends {
			if end.After(now) {
				left[old] = end
			}
		}
		p.ends, p.sweepAt = left, now.Add(time.Minute)
	}
	if _, used := p.ends[id]; used || len(p.ends) >= proofsKept {
		return false
	}
	p.ends[id] = ends
	return true
}
