package passkey

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// errNotVerified reports a signature that is well formed and does not match. All other errors of a check are answered
// with another status, as in the reference.
var errNotVerified = errors.New("passkey: the signature does not match")

// errCounter reports an authenticator that counted backwards, because there is a copy of it.
var errCounter = errors.New("passkey: the counter of the authenticator did not increase: it may be cloned")

// offered are the algorithms that a new passkey may use: EdDSA, ES256, RS256. Rows of the reference may have others.
var offered = []webauthncose.COSEAlgorithmIdentifier{webauthncose.AlgEdDSA, webauthncose.AlgES256, webauthncose.AlgRS256}

func algorithmParams() []any {
	out := make([]any, len(offered))
	for i, alg := range offered {
		out[i] = js.Obj("alg", int64(alg), "type", "public-key")
	}
	return out
}

// longestModulus is the longest modulus of an RSA key in bytes.
const longestModulus = 1024

// response is the browser's response, after the checks that both ceremonies share.
type response struct {
	inner          *js.Object // member response
	clientDataHash []byte
	origin         string
}

// readResponse checks the parts of a response that the browser made: the kind of credential, and type, challenge and
// origin of the client data.
func readResponse(v any, kind string, ch *challenge, origins []string) (*response, error) {
	o, _ := v.(*js.Object)
	if o == nil {
		return nil, errors.New("passkey: no response")
	}
	id, rawID := member(o, "id"), member(o, "rawId")
	if text, ok := id.(string); !ok || text == "" || id != rawID {
		return nil, errors.New("passkey: the credential id is missing or not base64url")
	}
	if t := member(o, "type"); t != "public-key" {
		return nil, fmt.Errorf("passkey: the credential type is %v", t)
	}
	inner, _ := member(o, "response").(*js.Object)
	if inner == nil {
		return nil, errors.New("passkey: the credential has no response")
	}
	raw, err := bytesOf(inner, "clientDataJSON")
	if err != nil {
		return nil, err
	}
	data, err := js.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("passkey: client data: %w", err)
	}
	client, _ := data.(*js.Object)
	if client == nil {
		return nil, errors.New("passkey: the client data is not an object")
	}
	from, err := checkClientData(client, kind, ch, origins)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	return &response{inner, sum[:], from}, nil
}

func checkClientData(client *js.Object, kind string, ch *challenge, origins []string) (origin string, err error) {
	if t := member(client, "type"); t != kind {
		return "", fmt.Errorf("passkey: the ceremony is %v, not %s", t, kind)
	}
	if member(client, "challenge") != ch.Expected {
		return "", errors.New("passkey: another challenge")
	}
	origin, _ = member(client, "origin").(string)
	if !slices.Contains(origins, origin) {
		return "", fmt.Errorf("passkey: the origin is %q, not one of %q", origin, origins)
	}
	if binding := member(client, "tokenBinding"); js.Truthy(binding) {
		b, _ := binding.(*js.Object)
		switch status := member(b, "status"); status {
		case "present", "supported", "not-supported", "notSupported":
		default:
			return "", fmt.Errorf("passkey: the token binding is %v", status)
		}
	}
	return origin, nil
}

// checkAuthData checks what both ceremonies require of the authenticator: the site, and that the user was present.
func (p *Plugin) checkAuthData(c *auth.Context, data *protocol.AuthenticatorData) error {
	site := sha256.Sum256([]byte(p.rpID(c)))
	if !bytes.Equal(data.RPIDHash, site[:]) {
		return errors.New("passkey: the passkey belongs to another site")
	}
	if !data.Flags.HasUserPresent() {
		return errors.New("passkey: the user was not present")
	}
	if data.Flags.HasBackupState() && !data.Flags.HasBackupEligible() {
		return errors.New("passkey: backed up, but not eligible for backup")
	}
	return nil
}

func deviceType(flags protocol.AuthenticatorFlags) string {
	if flags.HasBackupEligible() {
		return MultiDevice
	}
	return SingleDevice
}

// checkAuthentication verifies the response to a sign-in.
func (p *Plugin) checkAuthentication(c *auth.Context, v *js.Object, ch *challenge, origins []string, row *Row) (*Authentication, error) {
	r, err := readResponse(v, "webauthn.get", ch, origins)
	if err != nil {
		return nil, err
	}
	raw, err := bytesOf(r.inner, "authenticatorData")
	if err != nil {
		return nil, err
	}
	signature, err := bytesOf(r.inner, "signature")
	if err != nil {
		return nil, err
	}
	if handle := member(r.inner, "userHandle"); js.Truthy(handle) {
		if _, ok := handle.(string); !ok {
			return nil, errors.New("passkey: the user handle is not a text")
		}
	}
	var data protocol.AuthenticatorData
	if err := data.Unmarshal(raw); err != nil {
		return nil, failure(err)
	}
	if err := p.checkAuthData(c, &data); err != nil {
		return nil, err
	}
	if counter := float64(data.Counter); (counter > 0 || row.Counter > 0) && counter <= row.Counter {
		return nil, errCounter
	}
	cose, err := base64.StdEncoding.DecodeString(row.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("passkey: the public key in row %s: %w", row.ID, err)
	}
	if err := verifySignature(cose, slices.Concat(raw, r.clientDataHash), signature); err != nil {
		return nil, err
	}
	extensions, err := extensionResults(data.ExtData)
	if err != nil {
		return nil, err
	}
	return &Authentication{
		NewCounter: data.Counter, CredentialID: row.CredentialID, UserVerified: data.Flags.HasUserVerified(),
		DeviceType: deviceType(data.Flags), BackedUp: data.Flags.HasBackupState(),
		Origin: r.origin, RPID: p.rpID(c), Extensions: extensions,
	}, nil
}

// verifySignature returns errNotVerified if a well-formed signature does not match.
func verifySignature(cose, data, signature []byte) error {
	key, err := parseKey(cose)
	if err != nil {
		return err
	}
	ok, err := webauthncose.VerifySignature(key, data, signature)
	if !ok && (err == nil || errors.Is(err, rsa.ErrVerification)) {
		return errNotVerified
	}
	return failure(err)
}

func parseKey(cose []byte) (any, error) {
	key, err := webauthncose.ParsePublicKey(cose)
	if err != nil {
		return nil, failure(err)
	}
	if k, ok := key.(webauthncose.RSAPublicKeyData); ok && len(k.Modulus) > longestModulus {
		return nil, fmt.Errorf("passkey: an RSA key of %d bytes", len(k.Modulus))
	}
	return key, nil
}

// failure adds the details of an error of the library, which its text leaves out.
func failure(err error) error {
	var known *protocol.Error
	if errors.As(err, &known) {
		return fmt.Errorf("passkey: %w: %s %s", err, known.Details, known.DevInfo)
	}
	return err
}

func member(o *js.Object, name string) any {
	if o == nil {
		return nil
	}
	v, _ := o.Get(name)
	return v
}

// bytesOf decodes a member in base64url, with or without padding.
func bytesOf(o *js.Object, name string) ([]byte, error) {
	text, ok := member(o, name).(string)
	if !ok {
		return nil, fmt.Errorf("passkey: %s is not a text", name)
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, fmt.Errorf("passkey: %s: %w", name, err)
	}
	return b, nil
}
