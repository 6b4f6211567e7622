package siwe

import (
	"net/http"
	"regexp"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// nonceLife is how long a nonce works.
const nonceLife = 15 * time.Minute

// nonceText is the form of a nonce: that of ERC-4361, and not too long for a key.
var nonceText = regexp.MustCompile(`^[a-zA-Z0-9]{8,250}$`)

func nonces() auth.Tokens { return auth.Tokens{Prefix: "siwe:", TTL: nonceLife} }

type nonceRequest struct {
	_ struct{} `body:"optional,strict"`
}

type nonceAnswer struct {
	Nonce string `json:"nonce"`
}

func (p *Plugin) nonce(id, path string) auth.Endpoint {
	return auth.Handle(auth.Route{ID: id, Methods: []string{http.MethodPost}, Path: path, Session: auth.Public, OpenAPI: js.NewObject()},
		func(c *auth.Context, _ *nonceRequest) (*nonceAnswer, error) {
			nonce := secret.Random(32, "a-z", "A-Z", "0-9")
			if p.opts.GetNonce != nil {
				var err error
				if nonce, err = p.opts.GetNonce(c, callback.Nothing{}); err != nil {
					return nil, auth.FromCallback(err)
				}
			}
			if !nonceText.MatchString(nonce) {
				return nil, refuse(http.StatusInternalServerError, InvalidNonce)
			}
			return &nonceAnswer{nonce}, nonces().Put(c, nonce, nonce)
		})
}
