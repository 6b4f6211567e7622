package passkey

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type verifyAuthenticationRequest struct {
	Response *js.Object `json:"response"`
}

// BodySchema implements the schema of the request. The response is checked by its ceremony.
func (verifyAuthenticationRequest) BodySchema() *schema.Schema {
	return schema.Object(schema.Field("response", schema.RecordOf(schema.Any(), schema.Any())))
}

type signInAnswer struct {
	Session *auth.PublicRow `json:"session"`
	User    *auth.PublicRow `json:"user"`
}

func (p *Plugin) verifyAuthentication() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "verifyPasskeyAuthentication", Methods: []string{http.MethodPost}, Path: "/passkey/verify-authentication",
		Session: auth.Public, Summary: "Verify authentication of a passkey", OpenAPI: verifyAuthenticationDoc(),
	}, p.finishAuthentication)
}

func (p *Plugin) finishAuthentication(c *auth.Context, in *verifyAuthenticationRequest) (*signInAnswer, error) {
	origins := p.origins(c)
	if origins == nil {
		return nil, auth.Status(http.StatusBadRequest, "origin missing")
	}
	ch, err := p.take(c, authentication)
	if err != nil {
		return nil, err
	}
	row, err := p.credential(c, in.Response)
	if err != nil {
		return nil, err
	}
	proof, err := p.checkAuthentication(c, in.Response, ch, origins, row)
	if err != nil {
		c.Emit(auth.Event{Name: auth.UserSignInFailed, UserID: row.UserID, Method: "passkey"})
	}
	if errors.Is(err, errNotVerified) {
		return nil, auth.Unauthorized(AuthenticationFailed).Because(err)
	}
	if err != nil {
		return nil, auth.BadRequest(AuthenticationFailed).Because(err)
	}
	if check := p.opts.Authentication.AfterVerification; check != nil {
		if _, err := check(c, AfterAuthentication{Call: c, Verification: proof, ClientData: in.Response}); err != nil {
			return nil, refusal(err)
		}
	}
	if err := p.markUsed(c, row, proof); err != nil {
		return nil, err
	}
	user, err := c.Users.Get(c, row.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, auth.Status(http.StatusInternalServerError, UserNotFound.Message)
	}
	if err != nil {
		return nil, err
	}
	session, err := p.signIn(c, user, auth.SignIn{Method: "passkey", UserVerified: proof.UserVerified})
	if err != nil {
		return nil, err
	}
	return &signInAnswer{session.Public(), user.Public()}, nil
}

// refusal returns the answer to an error of a callback.
func refusal(err error) error {
	var known *auth.Error
	if err = auth.FromCallback(err); errors.As(err, &known) {
		return err
	}
	return auth.BadRequest(AuthenticationFailed).Because(err)
}

// credential returns the passkey that a response names.
func (p *Plugin) credential(c *auth.Context, response *js.Object) (*Row, error) {
	v, _ := response.Get("id")
	id, _ := v.(string)
	row, err := p.passkeys.Get(c, store.Given("credentialID", id))
	// MySQL finds a look-alike too.
	if errors.Is(err, store.ErrNotFound) || err == nil && row.CredentialID != id {
		return nil, auth.Unauthorized(PasskeyNotFound)
	}
	return row, err
}

// markUsed stores the new counter of an authenticator and, with the option trackLastUse, the time. Of two uses at the
// same moment with the same counter one fails: there is a copy of the authenticator.
func (p *Plugin) markUsed(c *auth.Context, row *Row, proof *Authentication) error {
	where, change := []store.Where{store.Is("id", row.ID)}, store.Record{}
	used := float64(proof.NewCounter)
	counts := used != 0 // not all authenticators count
	if counts {
		where = append(where, store.Where{Field: "counter", Op: store.Lt, Value: used})
		change["counter"] = used
	}
	if p.opts.TrackLastUse {
		change[lastUsedAt] = c.Now()
	}
	if len(change) == 0 {
		return nil
	}
	_, err := p.passkeys.Update(c, where, change)
	switch {
	case !errors.Is(err, store.ErrNotFound):
		return err
	case counts:
		return auth.BadRequest(AuthenticationFailed).Because(errCounter)
	default:
		return auth.Unauthorized(PasskeyNotFound) // deleted meanwhile
	}
}
