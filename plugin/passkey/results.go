package passkey

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Registration is a verified registration.
type Registration struct {
	Format            string // of the attestation: none, packed …
	AAGUID            string // model of the authenticator; see [AuthenticatorName]
	CredentialID      string // base64url
	PublicKey         []byte // COSE key
	Counter           uint32
	Transports        any // a list of texts as the browser sent it, or nil
	AttestationObject []byte
	UserVerified      bool
	DeviceType        string // SingleDevice or MultiDevice
	BackedUp          bool
	Origin            string
	RPID              string
	Extensions        *js.Object // results of extensions that the authenticator signed; nil for none
}

// Arguments implements [callback.Arguer]. Bytes are sent as base64url.
func (r *Registration) Arguments() []any {
	credential := js.Obj("id", r.CredentialID, "publicKey", encode(r.PublicKey), "counter", r.Counter)
	if r.Transports != nil {
		credential.Set("transports", r.Transports)
	}
	info := js.Obj("fmt", r.Format, "aaguid", r.AAGUID, "credentialType", "public-key", "credential", credential,
		"attestationObject", encode(r.AttestationObject), "userVerified", r.UserVerified, "credentialDeviceType", r.DeviceType,
		"credentialBackedUp", r.BackedUp, "origin", r.Origin, "rpID", r.RPID)
	if r.Extensions != nil {
		info.Set("authenticatorExtensionResults", r.Extensions)
	}
	return []any{js.Obj("verified", true, "registrationInfo", info)}
}

// Authentication is a verified sign-in.
type Authentication struct {
	NewCounter   uint32
	CredentialID string // base64url
	UserVerified bool
	DeviceType   string // SingleDevice or MultiDevice
	BackedUp     bool
	Origin       string
	RPID         string
	Extensions   *js.Object // results of extensions that the authenticator signed; nil for none
}

// Arguments implements [callback.Arguer].
func (a *Authentication) Arguments() []any {
	info := js.Obj("newCounter", a.NewCounter, "credentialID", a.CredentialID, "userVerified", a.UserVerified,
		"credentialDeviceType", a.DeviceType, "credentialBackedUp", a.BackedUp)
	if a.Extensions != nil {
		info.Set("authenticatorExtensionResults", a.Extensions)
	}
	info.Set("origin", a.Origin)
	info.Set("rpID", a.RPID)
	return []any{js.Obj("verified", true, "authenticationInfo", info)}
}

// extensionResults converts the extension data of an authenticator to values of package js; nil if there is none.
func extensionResults(data []byte) (*js.Object, error) {
	if len(data) == 0 {
		return nil, nil
	}
	var members map[string]any
	if err := webauthncbor.Unmarshal(data, &members); err != nil {
		return nil, fmt.Errorf("passkey: extensions: %w", err)
	}
	o := js.NewObject()
	for _, name := range slices.Sorted(maps.Keys(members)) {
		o.Set(name, plain(members[name]))
	}
	return o, nil
}

// plain converts a CBOR value. Bytes become base64url.
func plain(v any) any {
	switch v := v.(type) {
	case []byte:
		return encode(v)
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	case float32:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plain(v[i])
		}
		return out
	case map[any]any:
		o := js.NewObject()
		names := map[string]any{}
		for k, inner := range v {
			names[fmt.Sprint(k)] = inner
		}
		for _, name := range slices.Sorted(maps.Keys(names)) {
			o.Set(name, plain(names[name]))
		}
		return o
	}
	return v
}
