// Package siwe adds sign-in with an Ethereum wallet (ERC-4361): the page asks for a nonce, the wallet signs a message
// with it, and POST /siwe/verify exchanges the signed message for a session. The first sign-in creates the user.
//
//	plugins:
//	  siwe: { domain: app.example.com }
//
// or from Go:
//
//	Plugins: []auth.Plugin{siwe.New(siwe.Options{Domain: "app.example.com"})},
//
// Without the option verifyMessage the server checks personal_sign signatures (EIP-191) itself. Wallets that are
// contracts (EIP-1271) need a node of the chain, and with it that option.
package siwe

// This package does not know any chain: it verifies signatures, or has them verified.

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Domain that messages must name: the host, with its port, of the page where users sign in.
	Domain string `json:"domain" unset:"needed"`
	// Domain of the made-up addresses of users who give none.
	EmailDomainName string `json:"emailDomainName" unset:"siwe.placeholder.invalid"`
	// Signs users in without an e-mail address. If false, the first sign-in has to name one.
	Anonymous *bool `json:"anonymous" default:"true"`
	// Makes the nonce: 8 to 250 letters and digits.
	GetNonce callback.Func[callback.Nothing, string] `json:"getNonce" unset:"32 random letters and digits"`
	// Says whether the signature belongs to the message and the address.
	VerifyMessage callback.Func[Verification, bool] `json:"verifyMessage" unset:"checks EIP-191 signatures itself"`
	// Returns name and picture of a new user, from the Ethereum Name Service.
	ENSLookup callback.Func[ENSRequest, ENSProfile] `json:"ensLookup" unset:"the name is the address"`
	// Other names for the table and its columns.
	Schema map[string]auth.ModelOptions `json:"schema"`
}

// Verification is the argument of verifyMessage: the signed message, and what was read from it.
type Verification struct {
	Message   string  `arg:"0.message"`
	Signature string  `arg:"0.signature"`
	Address   string  `arg:"0.address"` // with the capitals of EIP-55
	ChainID   float64 `arg:"0.chainId"`
	Cacao     Cacao   `arg:"0.cacao"`
}

// Cacao is the same in the form of CAIP-74.
type Cacao struct {
	Header    CacaoHeader    `json:"h"`
	Payload   CacaoPayload   `json:"p"`
	Signature CacaoSignature `json:"s"`
}

// CacaoHeader names the kind of the message.
type CacaoHeader struct {
	Type string `json:"t"`
}

// CacaoPayload names who asked for the message.
type CacaoPayload struct {
	Domain   string `json:"domain"`
	Audience string `json:"aud"`
	Nonce    string `json:"nonce"`
	Issuer   string `json:"iss"`
	Version  string `json:"version"`
}

// CacaoSignature is a signature and its kind.
type CacaoSignature struct {
	Type  string `json:"t"`
	Value string `json:"s"`
}

// ENSRequest is the argument of ensLookup.
type ENSRequest struct {
	WalletAddress string `arg:"0.walletAddress"`
}

// ENSProfile is the result of ensLookup. What is nil is not known.
type ENSProfile struct {
	Name   *string `json:"name"`
	Avatar *string `json:"avatar"` // URL of a picture
}

// Plugin is the siwe plugin.
type Plugin struct {
	opts    Options
	wallets store.Table[walletAddress]
	store   *store.Store
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// walletAddress is a row: an address of a user on a chain.
type walletAddress struct {
	ID        string    `json:"id"`
	UserID    string    `json:"userId" store:"ref=user.id,index"`
	Address   string    `json:"address"`
	ChainID   float64   `json:"chainId"`
	IsPrimary bool      `json:"isPrimary"` // the address of the user's first sign-in
	CreatedAt time.Time `json:"createdAt"`
}

func model() store.Model {
	m := store.ModelOf[walletAddress]("walletAddress")
	m.Field("isPrimary").SQLDefault = false
	m.Field("address").Need = store.Need{AtLeast: addressLength}
	return m
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "siwe",
		Models:    []store.Model{model()},
		Rename:    p.opts.Schema,
		Endpoints: []auth.Endpoint{p.nonce("getSiweNonce", "/siwe/nonce"), p.nonce("getNonce", "/siwe/get-nonce"), p.verify()},
		Codes:     []auth.Code{InvalidNonce, MessageMismatch, NonceExpired, MessageExpired, MessageNotYetValid},
		Provides: auth.Services{RevokeAccess: func(ctx context.Context, userID string) error {
			_, err := p.store.DeleteMany(ctx, "walletAddress", store.Is("userId", userID))
			return err
		}},
		Init: p.init,
	}
}

func (p *Plugin) init(a *auth.Auth) error {
	p.wallets, p.store = store.TableOf[walletAddress](a.Store, "walletAddress"), a.Store
	if normalizedDomain(p.opts.Domain) == "" {
		return errors.New("siwe: domain is needed: the host of the page where users sign in, such as app.example.com")
	}
	if !p.anonymous() && !a.Once.InDatabase() {
		a.Log.Warn("siwe: e-mail addresses of new users are not used while single-use values are in secondary storage only; set verification.storeInDatabase")
	}
	return option.Check(&p.opts)
}

func (p *Plugin) anonymous() bool { return *p.opts.Anonymous }
