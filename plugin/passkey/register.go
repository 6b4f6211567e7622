package passkey

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type verifyRegistrationRequest struct {
	Response      any    `json:"response"`
	Name          string `json:"name"`
	CreateSession bool   `json:"createSession"`
}

// BodySchema implements the schema of the request. The response is checked by its ceremony.
func (verifyRegistrationRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("response", schema.Any()),
		schema.Field("name", schema.String().Trim().Doc("Name of the passkey").Optional()),
		schema.Field("createSession", schema.Boolean().Doc("Create a session after registering the passkey").Optional()),
	)
}

func (p *Plugin) verifyRegistration() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "verifyPasskeyRegistration", Methods: []string{http.MethodPost}, Path: "/passkey/verify-registration",
		Session: p.registrationRule(), Summary: "Verify registration of a new passkey", OpenAPI: verifyRegistrationDoc(),
	}, p.finishRegistration)
}

func (p *Plugin) finishRegistration(c *auth.Context, in *verifyRegistrationRequest) (*js.Object, error) {
	origins := p.origins(c)
	if origins == nil {
		return nil, auth.BadRequest(FailedToVerifyRegistration)
	}
	ch, err := p.take(c, registration)
	if err != nil {
		return nil, err
	}
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil {
		return nil, err
	}
	if s != nil && s.User.ID != ch.User.ID {
		return nil, auth.Unauthorized(NotAllowed)
	}
	made, err := p.checkRegistration(c, in.Response, ch, origins)
	if errors.Is(err, errNotVerified) {
		return nil, auth.BadRequest(FailedToVerifyRegistration).Because(err)
	}
	if err != nil {
		return nil, auth.Internal(FailedToVerifyRegistration).Because(err)
	}
	var answer *js.Object
	write := func(c *auth.Context) (err error) {
		answer, err = p.store(c, in, ch, made)
		return err
	}
	if in.CreateSession {
		err = c.Tx(write)
	} else {
		err = write(c)
	}
	var known *auth.Error
	if err != nil && !errors.As(err, &known) {
		return nil, auth.Internal(FailedToVerifyRegistration).Because(err)
	}
	return answer, err
}

// store writes the row of a verified registration, and begins a session if the client requests one.
func (p *Plugin) store(c *auth.Context, in *verifyRegistrationRequest, ch *challenge, made *Registration) (*js.Object, error) {
	if err := p.refuseKnown(c, made.CredentialID); err != nil {
		return nil, err
	}
	userID, name, err := p.assign(c, in, ch, made)
	if err != nil {
		return nil, err
	}
	var user *auth.User
	if in.CreateSession {
		user, err = c.Users.Get(c, userID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.Internal(UserNotFound)
		}
		if err != nil {
			return nil, err
		}
	}
	row, err := c.Store.Create(c, model, made.row(userID, name, c.Now()))
	if err != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: Created, UserID: userID, Details: map[string]string{"passkey": row.Text("id")}})
	answer := js.NewObject()
	c.Store.Table(model).Public(row).Each(answer.Set)
	if user == nil {
		return answer, nil
	}
	session, err := p.signIn(c, user, auth.SignIn{Method: "passkey", UserVerified: made.UserVerified, AfterCommit: true})
	if err != nil {
		return nil, err
	}
	answer.Set("session", session.Public())
	answer.Set("user", user.Public())
	return answer, nil
}

// refuseKnown refuses a credential that is registered already, for whichever user: without an attestation nothing
// proves that it is the caller's, and a sign-in finds the user by it.
func (p *Plugin) refuseKnown(c *auth.Context, credentialID string) error {
	n, err := p.passkeys.Count(c, store.Is("credentialID", credentialID))
	if err == nil && n > 0 {
		return auth.BadRequest(PreviouslyRegistered)
	}
	return err
}

// assign returns whose passkey it is, and its name.
func (p *Plugin) assign(c *auth.Context, in *verifyRegistrationRequest, ch *challenge, made *Registration) (userID, name string, err error) {
	userID, name = ch.User.ID, in.Name
	if check := p.opts.Registration.AfterVerification; check != nil {
		user := ch.User
		user.Name = cmp.Or(user.Name, user.ID)
		to, err := check(c, AfterRegistration{Call: c, Verification: made, User: user, ClientData: in.Response, Context: ch.Context})
		if err != nil {
			return "", "", auth.FromCallback(err)
		}
		if to.UserID != "" {
			if c.Session != nil && to.UserID != c.Session.User.ID {
				return "", "", auth.Unauthorized(NotAllowed)
			}
			userID = to.UserID
		}
		name = cmp.Or(name, js.Trim(to.Name))
	}
	if userID == "" {
		return "", "", auth.BadRequest(ResolvedUserInvalid)
	}
	return userID, name, nil
}

// signIn begins the session of a user with a passkey.
func (p *Plugin) signIn(c *auth.Context, user *auth.User, how auth.SignIn) (*auth.Session, error) {
	session, err := c.SignIn(user, how)
	if errors.Is(err, store.ErrDropped) {
		return nil, auth.Internal(UnableToCreateSession)
	}
	return session, err
}
