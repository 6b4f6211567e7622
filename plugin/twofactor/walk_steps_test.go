package twofactor_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/secret"
)

func (w *walk) signIn(c *authtest.Client) (*authtest.Answer, *person, string) {
	return w.signInAs(w.draw("kind", 3))(c)
}

// signInAs returns a sign-in: with a password, by another way, or by a strong one.
func (w *walk) signInAs(kind int) action {
	return func(c *authtest.Client) (*authtest.Answer, *person, string) { return w.signInBy(c, kind) }
}

func (w *walk) signInBy(c *authtest.Client, kind int) (*authtest.Answer, *person, string) {
	p := w.people[w.draw("person", len(w.people))]
	kinds := []map[string]way{byPassword, others, strong}
	all := names(kinds[kind])
	name := all[w.draw("way", len(all))]
	switch {
	case name == "one-time token" && w.alive(p.home) != p, name == "verified address":
		return nil, nil, "nothing" // nobody is there to make the token; and the flow ends other sessions
	}
	may := p
	trust := w.trusts(c, p)
	if kind < 2 && w.asked(p, kind == 0) && !trust {
		may = nil
	}
	raw := c.Jar[deviceCookie]
	a := kinds[kind][name](w.h, c, p)
	if now := c.Jar[deviceCookie]; now != raw && now != "" && trust {
		delete(w.trusted, raw)
		w.trusted[now] = trusted{p, w.h.Now().Add(30 * 24 * time.Hour)}
	}
	if may == nil && c.Jar[waitCookie] != "" {
		w.waiting[c.Jar[waitCookie]] = &waiting{p: p, ends: w.h.Now().Add(10 * time.Minute)}
	}
	return a, may, p.email + " by " + name
}

// deeply does several things in a row that chance seldom does: a whole sign-in by password with its factor in a trusted
// browser, and what follows after a while, perhaps in another browser that has the same cookies.
func (w *walk) deeply(c *authtest.Client) (*authtest.Answer, *person, string) {
	acts := []action{w.leave, w.signInAs(0), w.prove, w.prove, w.leave, w.wait, w.signIn}
	switch w.draw("copied", 4) {
	case 0, 1:
		acts = slices.Insert(acts, 2+w.draw("when", 3), action(w.steal))
	case 2: // the waiting sign-in is completed twice
		acts = []action{w.leave, w.signInAs(0), w.steal, w.prove, w.leave, w.replayLast(waitCookie), w.prove, w.prove}
	}
	if len(w.stolen) > 0 {
		acts = append(acts, w.leave, w.replayOne(deviceCookie), w.signInAs(w.draw("kind", 2)), w.replayOne(waitCookie), w.prove)
	}
	for _, act := range acts {
		if w.failed = w.do(c, act); w.failed != nil {
			break
		}
	}
	return nil, nil, ""
}

// hammer guesses, and then sends a code that may be right.
func (w *walk) hammer(c *authtest.Client) (*authtest.Answer, *person, string) {
	challenge := w.waiting[c.Jar[waitCookie]]
	inSession := w.alive(c) != nil
	for range 1 + w.draw("guesses", 6) {
		raw := c.Jar[waitCookie]
		switch a := totp(c, "000000"); {
		case inSession || challenge == nil:
		case a.Code() == "INVALID_CODE":
			challenge.wrong++
		case a.Code() == tooMany:
			delete(w.waiting, raw)
		}
	}
	w.log = append(w.log, "guesses")
	return w.prove(c)
}

// prove sends a code, right or wrong, of any person.
func (w *walk) prove(c *authtest.Client) (*authtest.Answer, *person, string) {
	may, challenge := w.alive(c), w.waiting[c.Jar[waitCookie]]
	inSession := may != nil
	of := w.people[w.draw("whose code", len(w.people))]
	if challenge != nil && w.draw("one's own", 4) > 0 {
		of = challenge.p
	}
	kind := []string{"totp", "totp", "otp", "backup-code"}[w.draw("kind of code", 4)]
	key := tokenIn(c.Jar)
	if !inSession {
		key = c.Jar[waitCookie]
	}
	code := "000000"
	if w.draw("right", 4) > 0 {
		switch {
		case kind == "totp" && of.app != nil:
			code = of.app.now()
		case kind == "otp" && w.sent[key] != "":
			code = w.sent[key]
		case kind == "backup-code" && of.app != nil && len(of.app.codes) > 0:
			code = of.app.codes[0]
		}
	}
	if !inSession && challenge != nil && w.fits(challenge, kind, key, code) && challenge.ends.After(w.h.Now()) && (challenge.wrong < 5 || kind == "otp") {
		may = challenge.p
	}
	trust := w.draw("trust", 2) == 0
	raw := c.Jar[waitCookie]
	a := c.Post("/two-factor/verify-"+kind, body("code", code, "trustDevice", trust))
	switch {
	case a.Status == 200 && kind == "backup-code":
		of.app.codes = of.app.codes[1:]
	case a.Status == 200 && kind == "totp":
		of.proven = true
	case (a.Code() == "INVALID_CODE" && kind == "totp" || a.Code() == "INVALID_BACKUP_CODE") && challenge != nil && !inSession:
		challenge.wrong++
	}
	if a.Code() == tooMany && kind != "otp" && !inSession {
		delete(w.waiting, raw) // codes that are sent count by themselves
	}
	if a.Status == 200 && !inSession {
		delete(w.waiting, raw)
		if trust && c.Jar[deviceCookie] != "" && may != nil {
			w.trusted[c.Jar[deviceCookie]] = trusted{may, w.h.Now().Add(30 * 24 * time.Hour)}
		}
	}
	if a.Status == 200 && kind == "otp" {
		delete(w.sent, key)
	}
	return a, may, fmt.Sprintf("verify-%s with %s: %d", kind, code, a.Status)
}

// fits reports whether a code completes a challenge.
func (w *walk) fits(in *waiting, kind, key, code string) bool {
	switch kind {
	case "totp":
		return in.p.app != nil && (in.p.proven || !w.enrolled(in.p)) && (secret.TOTP{Digits: 6, Period: 30 * time.Second}).Verify(in.p.app.key, code, w.h.Now())
	case "otp":
		return w.sent[key] == code && code != "000000"
	}
	// Those who have turned the factor off while the sign-in waited need none.
	return in.p.app != nil && (w.enrolled(in.p) || w.policy.Enrol != twofactor.Required) && slices.Contains(in.p.app.codes, code)
}

func (w *walk) send(c *authtest.Client) (*authtest.Answer, *person, string) {
	p, key := w.alive(c), tokenIn(c.Jar)
	if p == nil {
		key = c.Jar[waitCookie]
		if challenge := w.waiting[key]; challenge != nil {
			p = challenge.p
		}
	}
	a := c.Post("/two-factor/send-otp", "{}")
	if a.Status == 200 && p != nil {
		w.sent[key] = w.h.sent(p.email)
	}
	return a, nil, "send-otp"
}

func (w *walk) setUp(c *authtest.Client) (*authtest.Answer, *person, string) {
	may, enrolling := w.alive(c), w.waiting[c.Jar[waitCookie]]
	method := []string{"totp", "totp", "otp"}[w.draw("method", 3)]
	a := c.Post("/two-factor/enable", body("password", authtest.Password, "method", method))
	if a.Status == 200 && method == "totp" {
		of := may
		if of == nil {
			of = enrolling.p
		}
		of.app, of.proven = w.h.scan(a), false
	}
	return a, may, fmt.Sprintf("enable %s: %d", method, a.Status)
}

func (w *walk) remove(c *authtest.Client) (*authtest.Answer, *person, string) {
	may, raw := w.alive(c), c.Jar[deviceCookie]
	a := c.Post("/two-factor/disable", password)
	if a.Status == 200 {
		may.app, may.proven = nil, false
		delete(w.trusted, raw)
	}
	return a, may, fmt.Sprintf("disable: %d", a.Status)
}

func (w *walk) newPassword(c *authtest.Client) (*authtest.Answer, *person, string) {
	may := w.alive(c)
	a := c.Post("/change-password", body("currentPassword", authtest.Password, "newPassword", authtest.Password, "revokeOtherSessions", w.draw("revoke", 2) == 0))
	return a, may, "change-password"
}

func (w *walk) leave(c *authtest.Client) (*authtest.Answer, *person, string) {
	return c.Post("/sign-out", "{}"), nil, "sign-out"
}

func (w *walk) wait(*authtest.Client) (*authtest.Answer, *person, string) {
	d := []time.Duration{time.Second, 40 * time.Second, 4 * time.Minute, 11 * time.Minute, 20 * time.Hour, 31 * 24 * time.Hour}[w.draw("wait", 6)]
	w.h.Advance(d)
	return nil, nil, d.String()
}

// steal keeps a copy of the browser's cookies.
func (w *walk) steal(c *authtest.Client) (*authtest.Answer, *person, string) {
	w.stolen = append(w.stolen, maps.Clone(c.Jar))
	return nil, nil, "steal"
}

// replay puts stolen cookies into a browser: all, or some beside its own.
func (w *walk) replay(c *authtest.Client) (*authtest.Answer, *person, string) {
	if len(w.stolen) == 0 {
		return nil, nil, "nothing"
	}
	jar := w.stolen[w.draw("stolen", len(w.stolen))]
	mixed := w.draw("mixed", 2) == 0
	if !mixed {
		clear(c.Jar)
	}
	for _, name := range slices.Sorted(maps.Keys(jar)) {
		if !mixed || w.draw("this one", 2) == 0 {
			c.Jar[name] = jar[name]
		}
	}
	return nil, nil, "replay"
}

// replayLast returns an action that replays one cookie of the jar that was stolen last.
func (w *walk) replayLast(name string) action {
	return func(c *authtest.Client) (*authtest.Answer, *person, string) {
		if value := w.stolen[len(w.stolen)-1][name]; value != "" {
			c.Jar[name] = value
		}
		return nil, nil, "replay " + name
	}
}

// replayOne returns an action that replays one cookie.
func (w *walk) replayOne(name string) action {
	return func(c *authtest.Client) (*authtest.Answer, *person, string) {
		if value := w.stolen[w.draw("stolen", len(w.stolen))][name]; value != "" {
			c.Jar[name] = value
		}
		return nil, nil, "replay " + name
	}
}
