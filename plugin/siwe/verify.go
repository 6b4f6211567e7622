package siwe

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type verifyRequest struct {
	Message   string  `json:"message"`
	Signature string  `json:"signature"`
	Email     *string `json:"email,omitempty"`
}

// BodySchema describes the body; other members are refused.
func (verifyRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("message", schema.String().Min(1)),
		schema.Field("signature", schema.String().Min(1)),
		schema.Field("email", schema.String().Email().Optional()),
	).Strict()
}

// emailRequest is a verifyRequest that must name an address.
type emailRequest verifyRequest

// BodySchema describes the body if the option anonymous is false.
func (emailRequest) BodySchema() *schema.Schema {
	return verifyRequest{}.BodySchema().Refine(func(v any) bool {
		body, ok := v.(*js.Object)
		if !ok {
			return false
		}
		email, _ := body.Get("email")
		return js.Truthy(email)
	}, "Email is required when the anonymous plugin option is disabled.", "email")
}

type verifyAnswer struct {
	Token   string     `json:"token"`
	Success bool       `json:"success"`
	User    walletUser `json:"user"`
}

type walletUser struct {
	ID            string  `json:"id"`
	WalletAddress string  `json:"walletAddress"`
	ChainID       float64 `json:"chainId"`
}

func (p *Plugin) verify() auth.Endpoint {
	route := auth.Route{ID: "verifySiweMessage", Methods: []string{http.MethodPost}, Path: "/siwe/verify", Session: auth.Public, NeedRequest: true,
		OpenAPI: js.NewObject()} // the reference describes nothing
	if p.anonymous() {
		return auth.Handle(route, p.signIn)
	}
	return auth.Handle(route, func(c *auth.Context, in *emailRequest) (*verifyAnswer, error) {
		return p.signIn(c, (*verifyRequest)(in))
	})
}

// signIn answers failures of callbacks with a 401, as in the reference.
func (p *Plugin) signIn(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
	answer, err := p.exchange(c, in)
	var known *auth.Error
	if err == nil || errors.As(err, &known) || c.StoreFailure() != nil {
		return answer, err
	}
	c.Log.ErrorContext(c, "siwe: a message could not be verified", "error", err)
	return nil, unauthorized(somethingWrong).Because(err)
}

// exchange verifies a signed message and signs its owner in.
func (p *Plugin) exchange(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
	m, err := p.read(c, in.Message)
	if err != nil {
		return nil, err
	}
	w := wallet{address: checksummed(m.address), chainID: m.chainID}
	if err := p.checkSignature(c, in, m, w); err != nil {
		return nil, err
	}
	user, err := p.owner(c, w, in.Email)
	if err != nil {
		return nil, err
	}
	session, err := c.SignIn(user, auth.SignIn{Method: "siwe"})
	if errors.Is(err, store.ErrDropped) {
		return nil, refuse(http.StatusInternalServerError, auth.Code{Message: "Internal Server Error"})
	}
	if err != nil {
		return nil, err
	}
	return &verifyAnswer{session.Token, true, walletUser{user.ID, w.address, w.chainID}}, nil
}

// read parses a message, uses its nonce up, and checks that it is meant for this server at this time.
func (p *Plugin) read(c *auth.Context, text string) (message, error) {
	m := parseMessage(text)
	if !nonceText.MatchString(m.nonce) {
		return m, unauthorized(MessageMismatch)
	}
	switch _, err := nonces().Take(c, m.nonce); {
	case errors.Is(err, store.ErrNotFound):
		return m, unauthorized(NonceExpired)
	case err != nil:
		return m, err
	case !m.isFor(p.opts.Domain):
		return m, unauthorized(MessageMismatch)
	case m.hasExpired(c.Now()):
		return m, unauthorized(MessageExpired)
	case m.startsLater(c.Now()):
		return m, unauthorized(MessageNotYetValid)
	}
	return m, nil
}

func (p *Plugin) checkSignature(c *auth.Context, in *verifyRequest, m message, w wallet) error {
	verify := p.opts.VerifyMessage
	if verify == nil {
		verify = VerifyMessage
	}
	domain := p.opts.Domain
	valid, err := verify(c, Verification{
		Message: in.Message, Signature: in.Signature, Address: w.address, ChainID: w.chainID,
		Cacao: Cacao{
			Header:    CacaoHeader{"caip122"},
			Payload:   CacaoPayload{Domain: domain, Audience: domain, Nonce: m.nonce, Issuer: domain, Version: "1"},
			Signature: CacaoSignature{"eip191", in.Signature},
		},
	})
	if err != nil {
		return auth.FromCallback(err)
	}
	if !valid {
		return unauthorized(invalidSignature)
	}
	return nil
}
