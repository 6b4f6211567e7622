// Package passkeytest is a WebAuthn authenticator and the browser before it, in software, for tests of passkeys.
//
//	key := passkeytest.New(passkeytest.ES256, "http://localhost:3210")
//	c.Post("/passkey/verify-registration", `{"response":`+key.Create(challenge)+`}`)
//	c.Post("/passkey/verify-authentication", `{"response":`+key.Get(challenge)+`}`)
//
// A func that changes the [Ceremony] makes a response that is wrong in one place.
package passkeytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"maps"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// The COSE algorithms of keys.
const (
	ES256 = -7
	EdDSA = -8
	PS256 = -37
	RS256 = -257
)

// The flags of authenticator data.
const (
	UserPresent    = 1 << 0
	UserVerified   = 1 << 2
	BackupEligible = 1 << 3
	BackedUp       = 1 << 4
	Attested       = 1 << 6
	Extended       = 1 << 7
)

// Key is a passkey on an authenticator of its own.
type Key struct {
	ID      []byte
	AAGUID  [16]byte
	Origin  string // of the page
	RPID    string // domain of the site
	Flags   byte   // UserPresent and UserVerified, unless changed
	Counter uint32 // of the last use
	Counts  bool

	alg    int
	signer crypto.Signer
	cose   map[int]any
}

// New makes a passkey with a key of this algorithm, for the site with this origin. It panics on a mistake of the test.
func New(alg int, origin string) *Key {
	site, err := url.Parse(origin)
	if err != nil {
		panic(err)
	}
	k := &Key{ID: make([]byte, 32), Origin: origin, RPID: site.Hostname(), Flags: UserPresent | UserVerified, Counts: true, alg: alg}
	rand.Read(k.ID)
	k.generate()
	return k
}

func (k *Key) generate() {
	switch k.alg {
	case ES256:
		key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		point, err := key.PublicKey.Bytes()
		if err != nil {
			panic(err)
		}
		k.signer, k.cose = key, map[int]any{1: 2, 3: k.alg, -1: 1, -2: point[1:33], -3: point[33:]}
	case EdDSA:
		public, key, _ := ed25519.GenerateKey(rand.Reader)
		k.signer, k.cose = key, map[int]any{1: 1, 3: k.alg, -1: 6, -2: []byte(public)}
	default:
		key, _ := rsa.GenerateKey(rand.Reader, 2048)
		k.signer, k.cose = key, map[int]any{1: 3, 3: k.alg, -1: key.N.Bytes(), -2: []byte{1, 0, 1}}
	}
}

// PublicKey returns the key as a server stores it: COSE, in base64.
func (k *Key) PublicKey() string { return base64.StdEncoding.EncodeToString(marshal(k.cose)) }

// Clone returns a copy of the authenticator, with the counter that it has now.
func (k *Key) Clone() *Key { c := *k; return &c }

// Sign returns the key's signature of data.
func (k *Key) Sign(data []byte) []byte {
	sum := sha256.Sum256(data)
	message, opts := sum[:], crypto.SignerOpts(crypto.SHA256)
	switch k.alg {
	case EdDSA:
		message, opts = data, crypto.Hash(0)
	case PS256:
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	}
	signature, err := k.signer.Sign(rand.Reader, message, opts)
	if err != nil {
		panic(err)
	}
	return signature
}

// Ceremony is a response before it is encoded.
type Ceremony struct {
	ClientData map[string]any
	RPID       string
	Flags      byte
	Counter    uint32
	Extensions map[string]any
	Leftover   []byte // after the authenticator data

	// Of a registration:
	CredentialID []byte
	COSE         map[int]any
	Format       string
	Statement    func(signed []byte) map[string]any // signed is what a self attestation signs

	// Of a sign-in:
	Signature func(signature []byte) []byte

	Outer map[string]any // replaces members of the credential
	Inner map[string]any // replaces members of its response
}

func (k *Key) begin(kind, challenge string, flags byte, change []func(*Ceremony)) *Ceremony {
	if k.Counts {
		k.Counter++
	}
	o := &Ceremony{
		ClientData: map[string]any{"type": kind, "challenge": challenge, "origin": k.Origin, "crossOrigin": false},
		RPID:       k.RPID, Flags: k.Flags | flags, Counter: k.Counter, CredentialID: k.ID, COSE: maps.Clone(k.cose), Format: "none",
		Statement: func([]byte) map[string]any { return map[string]any{} },
		Signature: func(s []byte) []byte { return s },
		Outer:     map[string]any{}, Inner: map[string]any{},
	}
	for _, f := range change {
		f(o)
	}
	return o
}

func (o *Ceremony) authData(attested []byte) []byte {
	site := sha256.Sum256([]byte(o.RPID))
	data := append(site[:], o.Flags)
	data = binary.BigEndian.AppendUint32(data, o.Counter)
	data = append(data, attested...)
	if o.Extensions != nil {
		data = append(data, marshal(o.Extensions)...)
	}
	return append(data, o.Leftover...)
}

// clientData returns the client data and what is signed with the authenticator data.
func (o *Ceremony) clientData(authData []byte) (text, signed []byte) {
	text, err := json.Marshal(o.ClientData)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(text)
	return text, append(append([]byte{}, authData...), sum[:]...)
}

// Create returns the response to a registration as JSON.
func (k *Key) Create(challenge string, change ...func(*Ceremony)) string {
	o := k.begin("webauthn.create", challenge, Attested, change)
	var attested []byte
	if o.Flags&Attested != 0 {
		attested = append(attested, k.AAGUID[:]...)
		attested = binary.BigEndian.AppendUint16(attested, uint16(len(o.CredentialID)))
		attested = append(attested, o.CredentialID...)
		attested = append(attested, marshal(o.COSE)...)
	}
	data := o.authData(attested)
	client, signed := o.clientData(data)
	object := marshal(map[string]any{"fmt": o.Format, "authData": data, "attStmt": o.Statement(signed)})
	return o.encode(o.CredentialID, map[string]any{
		"clientDataJSON": encode(client), "attestationObject": encode(object), "transports": []string{"internal", "hybrid"},
	})
}

// Get returns the response to a sign-in as JSON.
func (k *Key) Get(challenge string, change ...func(*Ceremony)) string {
	o := k.begin("webauthn.get", challenge, 0, change)
	data := o.authData(nil)
	client, signed := o.clientData(data)
	return o.encode(k.ID, map[string]any{
		"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(o.Signature(k.Sign(signed))),
	})
}

func (o *Ceremony) encode(id []byte, inner map[string]any) string {
	maps.Copy(inner, o.Inner)
	outer := map[string]any{"id": encode(id), "rawId": encode(id), "type": "public-key", "response": inner}
	maps.Copy(outer, o.Outer)
	text, err := json.Marshal(outer)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func marshal(v any) []byte {
	b, err := webauthncbor.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
