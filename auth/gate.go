package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/internal/gate"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The error codes of the sign-up gate. The reference has none.
var (
	SignUpNotAllowed = Code{"SIGN_UP_NOT_ALLOWED", "Sign-up is not open to this address"}
	EmailNotAllowed  = Code{"EMAIL_NOT_ALLOWED", "This address is not allowed"}
)

// SignUpGate decides who may become a user: see [SignUpOptions]. It stands in the database hooks of the table of users,
// so that it holds for every way in which a user comes to be, those of plugins included.
type SignUpGate struct {
	a        *Auth
	rules    *gate.Rules
	inviters []func(ctx context.Context, email string) (bool, error)
}

// SignUpGate returns the gate, or nil if everybody may sign up.
func (a *Auth) SignUpGate() *SignUpGate { return a.gate }

// awaitsProof is the field of users who were admitted because of an address that nobody has proven yet.
const awaitsProof = "betterauthAwaitsProof"

func (a *Auth) openGate() error {
	o := a.Options.SignUp
	switch {
	case o.Allow == nil && o.WaitingList:
		return errors.New("signUp.waitingList is set, but signUp.allow is not: nobody would be refused")
	case o.Allow == nil:
		return nil
	case len(o.Allow) == 0:
		return errors.New("signUp.allow is empty: name who may sign up, or leave it out to admit everybody")
	}
	if o.InvitationExpiresIn <= 0 {
		return errors.New("signUp.invitationExpiresIn must be positive")
	}
	rules, err := gate.Parse(o.Allow)
	if err != nil {
		return fmt.Errorf("signUp.allow: %w", err)
	}
	if o.WaitingList && !rules.Invited {
		return errors.New("signUp.waitingList needs the entry invited in signUp.allow, because an address is approved by inviting it")
	}
	a.gate = &SignUpGate{a: a, rules: rules}
	return nil
}

// checkGate refuses a gate whose addresses could never be proven. It needs the senders of the plugins.
func (a *Auth) checkGate() error {
	o := a.Options
	if a.gate == nil || !a.gate.rules.ByAddress() || !o.EmailAndPassword.Enabled || o.EmailAndPassword.DisableSignUp {
		return nil
	}
	if o.EmailVerification.SendVerificationEmail == nil {
		return errors.New("signUp.allow names addresses, which somebody who signs up with a password has to prove: set emailVerification.sendVerificationEmail, or emailAndPassword.disableSignUp")
	}
	return nil
}

// own returns what the engine adds to the server, as a plugin.
func (a *Auth) own() []Plugin {
	var own []Plugin
	if a.gate != nil {
		own = append(own, a.gate.manifest())
	}
	if a.hasGrace() {
		own = append(own, deletionManifest())
	}
	return own
}

func (g *SignUpGate) manifest() Manifest {
	m := Manifest{
		ID: "sign-up-gate", Codes: []Code{SignUpNotAllowed},
		Database: map[string][]store.Hooks{"user": {{
			Source: "the sign-up gate", BeforeCreate: g.beforeCreate, BeforeUpdate: g.beforeUpdate, AfterCreate: g.afterCreate,
		}}},
	}
	if g.rules.ByAddress() {
		m.Codes = append(m.Codes, EmailNotAllowed)
		m.Models = append(m.Models, store.Model{Name: "user", Fields: []store.Field{
			{Name: awaitsProof, Type: store.Boolean, Optional: true, ReadOnly: true, Hidden: true},
		}})
	}
	if g.rules.Invited {
		m.Models = append(m.Models, inviteModel())
	}
	if g.a.Options.SignUp.WaitingList {
		m.Models = append(m.Models, waitingModel())
	}
	return m
}

type admittedKey struct{}

// Admitted returns a context in which the gate lets every user pass. It is for people and programs that decide
// themselves who becomes a user, such as administrators.
func Admitted(ctx context.Context) context.Context {
	return context.WithValue(ctx, admittedKey{}, true)
}

func isAdmitted(ctx context.Context) bool {
	admitted, _ := ctx.Value(admittedKey{}).(bool)
	return admitted
}

// methodOf returns how a user is created: "magic-link", "oauth:google" …; "" if the row is written in another way.
func methodOf(ctx context.Context) string {
	source := identity.SourceOf(ctx)
	v, _ := source.Get("method")
	method, _ := v.(string)
	if v, ok := source.Get("oauth"); ok && method == "oauth" {
		if told, ok := v.(*js.Object); ok {
			if id, _ := told.Get("providerId"); id != nil {
				return "oauth:" + js.String(id)
			}
		}
	}
	return method
}

// beforeCreate refuses a user, or marks one whose address is to be proven.
func (g *SignUpGate) beforeCreate(ctx context.Context, row store.Record) (store.Record, error) {
	method := methodOf(ctx)
	if isAdmitted(ctx) || g.rules.Method(method) {
		return nil, nil
	}
	email, proven := row.Text("email"), row.True("emailVerified")
	allowed, err := g.allows(ctx, email)
	switch {
	case err != nil:
		return nil, err
	case allowed && !proven && !revocable(method):
		return nil, Forbidden(SignUpNotAllowed)
	case !allowed:
		g.note(ctx, refusedSignUp{email: email, method: method, proven: proven})
		return nil, Forbidden(SignUpNotAllowed)
	case !proven:
		return store.Record{awaitsProof: true}, nil
	}
	return nil, nil
}

// revocable reports whether what a user of this method has is revoked when somebody else proves the address: passwords
// and accounts of providers are (see [identity.Users.Prove]). Other ways in, such as wallets, would stay with the one who
// only typed the address.
func revocable(method string) bool {
	return method == "email-password" || strings.HasPrefix(method, "oauth:")
}

// beforeUpdate refuses a new address that could not have signed up. The address of a user who exists is not new: it is
// the user's own, or the column refuses it.
func (g *SignUpGate) beforeUpdate(ctx context.Context, change store.Record) (store.Record, error) {
	if !g.rules.ByAddress() {
		return nil, nil
	}
	if email, ok := change["email"].(string); ok && !isAdmitted(ctx) {
		known, err := g.a.Users.FindByEmail(ctx, email)
		if err != nil {
			return nil, err
		}
		if known == nil {
			if allowed, err := g.allows(ctx, email); err != nil {
				return nil, err
			} else if !allowed {
				return nil, Forbidden(EmailNotAllowed)
			}
		}
	}
	if change["emailVerified"] == true {
		return store.Record{awaitsProof: false}, nil
	}
	return nil, nil
}

// afterCreate removes what was recorded for somebody who is a user now.
func (g *SignUpGate) afterCreate(ctx context.Context, row store.Record) error {
	key, ok := gate.Key(row.Text("email"))
	if !ok {
		return nil
	}
	if g.rules.Invited {
		if _, err := g.a.Store.Quiet().DeleteMany(ctx, invites, store.Is("email", key)); err != nil {
			g.a.Log.ErrorContext(ctx, "the invitation of a new user could not be deleted", "error", err)
		}
	}
	if g.a.Options.SignUp.WaitingList {
		if _, err := g.a.Store.Quiet().DeleteMany(ctx, waiting, store.Is("email", key)); err != nil {
			g.a.Log.ErrorContext(ctx, "a new user could not be deleted from the waiting list", "error", err)
		}
	}
	return nil
}

// allows reports whether an entry admits the address.
func (g *SignUpGate) allows(ctx context.Context, email string) (bool, error) {
	if g.rules.Address(email) {
		return true, nil
	}
	if !g.rules.Invited {
		return false, nil
	}
	return g.invited(ctx, email)
}

// AwaitsProof reports whether the user was admitted because of an address that nobody has proven yet. Such a user
// starts no session.
func (c *Context) AwaitsProof(user *User) bool {
	return !user.EmailVerified && user.Extra.True(awaitsProof)
}

// ProvesAddresses reports whether new addresses have to be proven before they count, because signUp.allow names
// addresses.
func (a *Auth) ProvesAddresses() bool { return a.gate != nil && a.gate.rules.ByAddress() }

// PretendGate does the work of the gate for an address that is not going to be created, where the time of the answer
// must not reveal that somebody has it.
func (c *Context) PretendGate(email string) {
	if c.gate != nil {
		if _, err := c.gate.allows(c, email); err != nil {
			c.Log.DebugContext(c, "the gate was not asked", "error", err)
		}
	}
}
