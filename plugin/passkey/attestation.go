package passkey

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// checkRegistration verifies the response to a registration.
func (p *Plugin) checkRegistration(c *auth.Context, v any, ch *challenge, origins []string) (*Registration, error) {
	r, err := readResponse(v, "webauthn.create", ch, origins)
	if err != nil {
		return nil, err
	}
	raw, err := bytesOf(r.inner, "attestationObject")
	if err != nil {
		return nil, err
	}
	var object protocol.AttestationObject
	if err := webauthncbor.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("passkey: attestation: %w", err)
	}
	if err := object.AuthData.Unmarshal(object.RawAuthData); err != nil {
		return nil, failure(err)
	}
	data := &object.AuthData
	if err := p.checkAuthData(c, data); err != nil {
		return nil, err
	}
	if p.opts.AuthenticatorSelection.UserVerification == "required" && !data.Flags.HasUserVerified() {
		return nil, errors.New("passkey: the user was not verified")
	}
	if !data.Flags.HasAttestedCredentialData() {
		return nil, errors.New("passkey: no credential")
	}
	if err := checkNewKey(data.AttData.CredentialPublicKey); err != nil {
		return nil, err
	}
	if err := checkStatement(&object, r.clientDataHash); err != nil {
		return nil, err
	}
	transports := member(r.inner, "transports")
	if _, ok := transports.([]any); !ok && transports != nil {
		return nil, errors.New("passkey: the transports are not a list")
	}
	extensions, err := extensionResults(data.ExtData)
	if err != nil {
		return nil, err
	}
	return &Registration{
		Format: object.Format, AAGUID: uuid(data.AttData.AAGUID), CredentialID: encode(data.AttData.CredentialID),
		PublicKey: data.AttData.CredentialPublicKey, Counter: data.Counter, Transports: transports, AttestationObject: raw,
		UserVerified: data.Flags.HasUserVerified(), DeviceType: deviceType(data.Flags), BackedUp: data.Flags.HasBackupState(),
		Origin: r.origin, RPID: p.rpID(c), Extensions: extensions,
	}, nil
}

// checkNewKey checks that the key of a new passkey is one that was requested.
func checkNewKey(cose []byte) error {
	key, err := parseKey(cose)
	if err != nil {
		return err
	}
	alg := algorithmOf(key)
	if !slices.Contains(offered, webauthncose.COSEAlgorithmIdentifier(alg)) {
		return fmt.Errorf("passkey: the algorithm %d was not offered", alg)
	}
	return nil
}

// algorithmOf returns the COSE algorithm of a key, or 0 if this package does not know its kind.
func algorithmOf(key any) int64 {
	switch k := key.(type) {
	case webauthncose.OKPPublicKeyData:
		return k.Algorithm
	case webauthncose.EC2PublicKeyData:
		return k.Algorithm
	case webauthncose.RSAPublicKeyData:
		return k.Algorithm
	}
	return 0
}

// checkStatement verifies the attestation statement. None is requested, so nearly all browsers send none, or a
// signature by the passkey itself. Certificates of other formats are checked too, without asking whose they are.
func checkStatement(object *protocol.AttestationObject, clientDataHash []byte) error {
	_, certified := object.AttStatement["x5c"]
	switch format := protocol.AttestationFormat(object.Format); {
	case format == protocol.AttestationFormatPacked && !certified:
		return checkSelfAttestation(object, clientDataHash)
	case format == protocol.AttestationFormatCompound:
		return errors.New("passkey: unsupported attestation format compound")
	case format == protocol.AttestationFormatFIDOUniversalSecondFactor && slices.Max(object.AuthData.AttData.AAGUID) != 0:
		return errors.New("passkey: a U2F authenticator has no AAGUID")
	}
	return failure(object.VerifyAttestation(clientDataHash, nil, protocol.AttestationPolicy{}, protocol.SignaturePolicy{}))
}

func checkSelfAttestation(object *protocol.AttestationObject, clientDataHash []byte) error {
	alg, ok := object.AttStatement["alg"].(int64)
	signature, signed := object.AttStatement["sig"].([]byte)
	if !ok || !signed {
		return errors.New("passkey: the packed statement has no signature or algorithm")
	}
	cose := object.AuthData.AttData.CredentialPublicKey
	key, err := parseKey(cose)
	if err != nil {
		return err
	}
	if alg != algorithmOf(key) {
		return fmt.Errorf("passkey: the packed statement has another algorithm than the key: %d", alg)
	}
	return verifySignature(cose, slices.Concat(object.RawAuthData, clientDataHash), signature)
}

// uuid returns 16 bytes as the text of a UUID.
func uuid(b []byte) string {
	text := hex.EncodeToString(b)
	if len(text) != 32 {
		return text
	}
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// row returns the row of a verified registration.
func (r *Registration) row(userID, name string, now time.Time) store.Record {
	transports := ""
	if r.Transports != nil {
		transports = js.String(r.Transports)
	}
	row := store.Record{
		"userId": userID, "credentialID": r.CredentialID, "publicKey": base64.StdEncoding.EncodeToString(r.PublicKey),
		"counter": float64(r.Counter), "deviceType": r.DeviceType, "backedUp": r.BackedUp, "transports": transports,
		"createdAt": now, "aaguid": r.AAGUID,
	}
	if name != "" {
		row["name"] = name
	}
	return row
}
