package twofactor_test

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

// walk is a random sequence of what users and thieves do with a few browsers, and a model of which sessions may exist.
// The model knows the rules (who is asked when, which codes are right), not how the plugin follows them.
type walk struct {
	h        *house
	policy   twofactor.PolicyOptions
	draw     func(what string, n int) int // a number below n
	people   []*person
	browsers []*authtest.Client
	stolen   []map[string]string // copies of jars, to be replayed later

	legit   map[string]string // tokens of sessions that may exist: whose they are
	waiting map[string]*waiting
	trusted map[string]trusted
	sent    map[string]string // codes that were sent: by challenge or session
	log     []string
	failed  error // of a sequence
}

// waiting is a sign-in that waits for its second factor.
type waiting struct {
	p     *person
	ends  time.Time
	wrong int
}

// trusted is a trusted device.
type trusted struct {
	p    *person
	ends time.Time
}

const (
	tokenCookie  = "better-auth.session_token"
	waitCookie   = "better-auth.two_factor"
	deviceCookie = "better-auth.trust_device"
	tooMany      = "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"
)

func newWalk(h *house, policy twofactor.PolicyOptions, draw func(what string, n int) int) *walk {
	w := &walk{
		h: h, policy: policy, draw: draw, legit: map[string]string{}, waiting: map[string]*waiting{}, trusted: map[string]trusted{}, sent: map[string]string{},
	}
	h.reset()
	for _, enrolled := range []bool{true, false} {
		h.minute()
		p := h.join(fmt.Sprintf("walker%d", len(h.people)), enrolled, nil)
		w.people = append(w.people, p)
	}
	for token, p := range w.rows() {
		w.legit[token] = p.email
	}
	for range 3 {
		w.browsers = append(w.browsers, h.Client())
	}
	w.browsers = append(w.browsers, w.people[0].home, w.people[1].home)
	return w
}

// rows returns the sessions of the people.
func (w *walk) rows() map[string]*person {
	found := map[string]*person{}
	for _, p := range w.people {
		id := w.h.ID("user", store.Is("email", p.email))
		for _, row := range w.h.Rows("session", store.Is("userId", id)) {
			found[row.Text("token")] = p
		}
	}
	return found
}

func tokenIn(jar map[string]string) string {
	token, _, _ := strings.Cut(jar[tokenCookie], ".")
	return token
}

// alive returns whose session the browser has, or nil if it has none that the store knows.
func (w *walk) alive(c *authtest.Client) *person {
	token := tokenIn(c.Jar)
	for _, row := range w.h.Rows("session", store.Given("token", token)) {
		if row.Time("expiresAt").After(w.h.Now()) && !strings.Contains(c.Jar[tokenCookie], "forged") {
			return w.rows()[token]
		}
	}
	return nil
}

func (w *walk) enrolled(p *person) bool {
	return w.h.Row("user", store.Is("email", p.email)).True("twoFactorEnabled")
}

// asked reports whether the rules ask for a factor, or its enrolment, after a way of signing in.
func (w *walk) asked(p *person, password bool) bool {
	if w.enrolled(p) {
		return password || w.policy.Ask == twofactor.EverySignIn
	}
	return w.policy.Enrol == twofactor.Required && (password || w.policy.Ask == twofactor.EverySignIn)
}

// trusts reports whether p trusts the browser.
func (w *walk) trusts(c *authtest.Client, p *person) bool {
	d, ok := w.trusted[c.Jar[deviceCookie]]
	return ok && d.p == p && d.ends.After(w.h.Now()) && w.enrolled(p)
}

// step does one thing and checks what came of it.
func (w *walk) step() error {
	c := w.browsers[w.draw("browser", len(w.browsers))]
	steps := []action{
		w.signIn, w.signIn, w.signIn, w.prove, w.prove, w.prove, w.send, w.setUp, w.setUp, w.remove, w.newPassword, w.leave, w.leave, w.wait, w.steal,
		w.replay, w.replay, w.hammer, w.deeply, w.deeply,
	}
	return w.do(c, steps[w.draw("step", len(steps))])
}

// action is something that a browser does. It returns the answer, the person for whom it may have begun a session, and
// what it was.
type action func(c *authtest.Client) (*authtest.Answer, *person, string)

// do acts and checks.
func (w *walk) do(c *authtest.Client, act action) error {
	before := tokenIn(c.Jar)
	a, may, what := act(c)
	if what == "" {
		return w.failed // a sequence, which has checked its parts
	}
	w.log = append(w.log, what)
	if what == "replay" {
		before = tokenIn(c.Jar) // it was stolen, and is compared with the legitimate ones
	}
	return w.check(c, a, before, may)
}

// check compares the sessions that exist, and those that the browser and the answer have, with the model. may is the
// person for whom the step may have begun a session.
func (w *walk) check(c *authtest.Client, a *authtest.Answer, before string, may *person) error {
	begun := map[string]bool{}
	for token, p := range w.rows() {
		if w.legit[token] != "" {
			continue
		}
		if may != p {
			return fmt.Errorf("a session of %s in the store", p.email)
		}
		w.legit[token], begun[token] = p.email, true
	}
	entitled := func(token string) bool {
		return token == "" || token == before || begun[token] || may != nil && w.legit[token] == may.email
	}
	if token := tokenIn(c.Jar); !entitled(token) {
		return fmt.Errorf("the browser has the session %s", token)
	}
	if a != nil {
		for _, path := range []string{"token", "session.token"} {
			if token, _ := a.Value(path).(string); !entitled(token) {
				return fmt.Errorf("the answer has the session %s: %s", token, a)
			}
		}
		for _, name := range []string{"Set-Auth-Token", "Set-Auth-Jwt", "Set-Ott"} {
			if a.Header.Get(name) != "" && (tokenIn(c.Jar) == "" || may == nil && before == "") {
				return fmt.Errorf("the answer has %s", name)
			}
		}
		if raw := c.Jar[waitCookie]; raw != "" && may == nil {
			for _, line := range a.Header["Set-Cookie"] {
				if (strings.HasPrefix(line, tokenCookie) || strings.HasPrefix(line, "better-auth.session_data")) && !strings.Contains(line, "=; Max-Age=0") && before == "" {
					return fmt.Errorf("a session beside the challenge: %s", line)
				}
			}
		}
	}
	// What the cookies of the browser are worth, cached or not.
	for _, query := range []string{"", "?disableCookieCache=true"} {
		probe := w.h.Client()
		maps.Copy(probe.Jar, c.Jar)
		if token, _ := probe.Get("/get-session" + query).Value("session.token").(string); token != "" && w.legit[token] == "" {
			return fmt.Errorf("get-session%s answers the session %s", query, token)
		}
	}
	return nil
}
