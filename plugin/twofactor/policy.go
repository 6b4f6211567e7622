package twofactor

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// The values of the options policy.ask and policy.enrol.
const (
	PasswordSignIn = "passwordSignIn"
	EverySignIn    = "everySignIn"
	Optional       = "optional"
	Required       = "required"
)

// PolicyOptions say when a second factor is asked for beyond the reference, which asks users who have one, after
// passwords. They never ask less.
type PolicyOptions struct {
	// After which sign-ins the factor is asked for: `passwordSignIn`, or `everySignIn`: also
	// after links, codes, providers and tokens. A passkey that verifies its user counts as
	// two factors.
	Ask string `json:"ask" default:"passwordSignIn" enum:"passwordSignIn,everySignIn"`
	// Whom it is for: `enrolled`, `all`, or `{ role: [admin] }`, by the field `role` of users.
	For Audience `json:"for" default:"enrolled"`
	// `required`: those whom it is for and who have no factor must set one up before their
	// sign-in ends in a session.
	Enrol string `json:"enrol" default:"optional" enum:"optional,required"`
	// Page to which sign-ins that end in a redirect send the browser for the factor.
	Page string `json:"page" unset:"where the sign-in ends, with the parameter twoFactorRedirect"`
}

// Audience says whom a policy is for: those who have a second factor, or everybody, or those with one of the roles.
type Audience struct {
	All   bool
	Roles []string
}

// audienceMap is the option for in its map form.
type audienceMap struct {
	// The roles.
	Role Roles `json:"role"`
}

// Roles is a list of roles; in a file a single text is a list of one.
type Roles []string

// OptionShape implements [option.Shaper].
func (Roles) OptionShape() option.Shape {
	return option.Shape{Text: true, List: reflect.TypeFor[string]()}
}

// UnmarshalJSON reads a text or a list of texts.
func (r *Roles) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*r = Roles{one}
		return nil
	}
	var list []string
	if json.Unmarshal(text, &list) != nil {
		return errors.New("must be a text or a list of texts")
	}
	*r = list
	return nil
}

// OptionShape implements [option.Shaper].
func (Audience) OptionShape() option.Shape {
	return option.Shape{Texts: []string{"enrolled", "all"}, Map: reflect.TypeFor[audienceMap]()}
}

// UnmarshalJSON reads enrolled, all or {role}.
func (a *Audience) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	*a = Audience{}
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if v != "enrolled" && v != "all" {
			return fmt.Errorf("unknown audience %q (known: enrolled, all, or {role: …})", v)
		}
		a.All = v == "all"
		return nil
	case *js.Object:
		var m struct{ Role Roles }
		if v.Len() == 1 && v.Has("role") && json.Unmarshal(text, &m) == nil && len(m.Role) > 0 {
			a.Roles = m.Role
			return nil
		}
	}
	return errors.New("must be enrolled, all, or {role: …}")
}

// includes reports whether a policy for the audience is for a user.
func (a *Audience) includes(user *auth.User) bool {
	if len(a.Roles) == 0 {
		return a.All || hasFactor(user)
	}
	for role := range strings.SplitSeq(user.Extra.Text("role"), ",") {
		if slices.Contains(a.Roles, strings.TrimSpace(role)) {
			return true
		}
	}
	return false
}

func (o *PolicyOptions) check(a *auth.Auth) error {
	var errs []error
	if o.Enrol == Required && !o.For.All && len(o.For.Roles) == 0 {
		errs = append(errs, errors.New("policy.enrol: required needs policy.for: all or {role: …}; those who are enrolled need not enrol"))
	}
	if len(o.For.Roles) > 0 && a.Store.Table("user").Column("role") == nil {
		errs = append(errs, errors.New("policy.for names roles, but users have no field role; a plugin or user.additionalFields adds it"))
	}
	return errors.Join(errs...)
}

// need is what a sign-in has to wait for.
type need int

const (
	nothing   need = iota
	factor         // a code
	enrolment      // a second factor that is set up now
)

// needs returns what a sign-in has to wait for.
func (p *Plugin) needs(c *auth.Context, user *auth.User, how auth.SignIn) need {
	o := &p.opts.Policy
	byPassword := slices.Contains(withPassword(), c.Route.Path)
	switch {
	case how.Continues != nil, how.Approved, how.Method == method, how.Method == "anonymous":
		return nothing // no sign-in, or one that has been checked, or a guest
	case how.UserVerified && !(hasFactor(user) && c.Route.Path == "/passkey/verify-registration"):
		return nothing
	case hasFactor(user) && (byPassword || o.Ask == EverySignIn && o.For.includes(user)):
		return factor
	case !hasFactor(user) && p.mustEnrol(user) && (byPassword || o.Ask == EverySignIn):
		return enrolment
	}
	return nothing
}

// mustEnrol reports whether the policy demands that a user without a second factor sets one up.
func (p *Plugin) mustEnrol(user *auth.User) bool {
	o := &p.opts.Policy
	return o.Enrol == Required && !hasFactor(user) && o.For.includes(user)
}

// divert answers a sign-in that waits. One that would end in a redirect sends the browser on with parameters that tell
// the page what is missing; the cookie of the challenge is set with it.
func (p *Plugin) divert(c *auth.Context, answer *challengeAnswer) error {
	failed, _ := c.Returned.(*auth.Error)
	if failed == nil {
		c.Returned = answer
		return nil
	}
	target := failed.Header.Get("Location")
	query := [][2]string{{"twoFactorRedirect", "true"}, {"twoFactorMethods", strings.Join(answer.Methods, ",")}}
	if answer.Enrol {
		query = append(query, [2]string{"twoFactorEnrol", "true"})
	}
	if page := p.opts.Policy.Page; page != "" {
		query = append(query, [2]string{"callbackURL", target})
		target = page
	}
	target, err := origin.WithQuery(c.BaseURL, target, query)
	if err != nil {
		return err
	}
	c.SetResponseHeader("Location", target)
	c.Returned = auth.Redirect(target)
	return nil
}

// redirects reports whether an answer sends the browser on.
func redirects(answer any) bool {
	e, ok := answer.(*auth.Error)
	return ok && e.Status == http.StatusFound && e.Header.Get("Location") != ""
}
