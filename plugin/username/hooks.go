package username

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// The paths whose requests are checked before they run. Users that other endpoints create or change are checked when
// their rows are written.
const (
	signUpPath = "/sign-up/email"
	updatePath = "/update-user"
)

// member returns a member of the body; given is false if the body has no such member.
func member(c *auth.Context, name string) (v any, given bool) {
	if body, ok := c.Body.(*js.Object); ok {
		return body.Get(name)
	}
	return nil, false
}

// setMember changes a member of the body for the hooks and the endpoint that follow.
func setMember(c *auth.Context, name string, v any) {
	body, _ := c.Body.(*js.Object)
	body = body.Clone()
	body.Set(name, v)
	c.Body = body
}

// takeFromDisplay uses the display username of a sign-up as the username too, if that is not given and the display
// username is a valid one.
func (p *Plugin) takeFromDisplay(c *auth.Context) error {
	display, _ := member(c, "displayUsername")
	text, isText := display.(string)
	if _, given := member(c, "username"); given || !isText {
		return nil
	}
	flaw, err := p.flaw(c, text)
	if err == nil && flaw == nil {
		setMember(c, "username", text)
	}
	return err
}

// checkRequest checks the names in the body of a sign-up or of a change.
func (p *Plugin) checkRequest(c *auth.Context) error {
	if name, given := member(c, "username"); given {
		if err := p.checkGiven(c, name); err != nil {
			return err
		}
	}
	display, given := member(c, "displayUsername")
	if !given || !p.shows() {
		return nil
	}
	return p.checkDisplay(c, display)
}

// checkGiven checks the username in the body, which may be anything.
func (p *Plugin) checkGiven(c *auth.Context, given any) error {
	name, isText := given.(string)
	if !isText {
		if given == nil {
			return p.checkRemoval(c)
		}
		return auth.BadRequest(InvalidUsername)
	}
	flaw, err := p.flaw(c, name)
	if err != nil {
		return err
	}
	if flaw != nil {
		return auth.BadRequest(*flaw)
	}
	if name, err = p.normalized(c, name); err != nil {
		return err
	}
	var user *auth.User // who changes the name; nil at a sign-up, and for strangers
	if c.Route.Path == updatePath {
		if user, err = p.signedIn(c); err != nil {
			return err
		}
		if has := usernameOf(user); p.opts.ImmutableUsername && has != "" && has != name {
			return auth.BadRequest(UsernameIsImmutable)
		}
	}
	owner, err := c.Users.FindBy(c, "username", name)
	if err != nil || owner == nil || user != nil && user.ID == owner.ID {
		return err
	}
	return auth.BadRequest(UsernameIsAlreadyTaken)
}

// checkRemoval returns an error if the username of the signed-in user is not to change, so that nobody changes it in
// two steps.
func (p *Plugin) checkRemoval(c *auth.Context) error {
	if c.Route.Path != updatePath || !p.opts.ImmutableUsername {
		return nil
	}
	user, err := p.signedIn(c)
	if err == nil && usernameOf(user) != "" {
		err = auth.BadRequest(UsernameIsImmutable)
	}
	return err
}

// signedIn returns the signed-in user, or nil. If it matters which username the user has, the user is read from the
// database: a session in the cookie cache may be older than the name.
func (p *Plugin) signedIn(c *auth.Context) (*auth.User, error) {
	s, err := c.CurrentSession(auth.Lookup{})
	if err != nil || s == nil {
		return nil, err
	}
	if !p.opts.ImmutableUsername {
		return s.User, nil
	}
	user, err := c.Users.Find(c, s.User.ID)
	if user == nil && err == nil {
		user = s.User
	}
	return user, err
}

func usernameOf(user *auth.User) string {
	if user == nil {
		return ""
	}
	return user.Extra.Text("username")
}

// showUsername makes the username of a sign-up the display username, if that is not given.
func (p *Plugin) showUsername(c *auth.Context) error {
	name, _ := member(c, "username")
	display, _ := member(c, "displayUsername")
	if p.shows() && js.Truthy(name) && !js.Truthy(display) {
		setMember(c, "displayUsername", name)
	}
	return nil
}
