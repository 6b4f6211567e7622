package twofactor_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

// outcome is what a sign-in leads to.
type outcome string

const (
	session   outcome = "a session"
	factor    outcome = "a second factor"
	enrolment outcome = "a second factor to set up"
)

// got tells the outcome of an answer, and checks that it has no session before the factor.
func got(t *testing.T, c *authtest.Client, a *authtest.Answer) outcome {
	t.Helper()
	if c.SignedIn() {
		return session
	}
	wantNoSession(t, a)
	enrol := a.Value("twoFactorEnrol") == true
	if a.Status == 302 {
		u, err := url.Parse(a.Header.Get("Location"))
		if err != nil || u.Query().Get("twoFactorRedirect") != "true" {
			t.Fatalf("%d to %s", a.Status, a.Header.Get("Location"))
		}
		enrol = u.Query().Get("twoFactorEnrol") == "true"
	} else {
		a.Want(200, "twoFactorRedirect", true)
	}
	a.WantCookie("better-auth.two_factor", "HttpOnly", "Max-Age=600")
	if enrol {
		return enrolment
	}
	return factor
}

// TestPolicy signs in by every way, under each policy, as a user with and one without a second factor, and goes on to
// the session.
func TestPolicy(t *testing.T) {
	type want struct{ enrolledPassword, enrolledOther, newPassword, newOther outcome }
	off := want{factor, session, session, session}
	admin := twofactor.Audience{Roles: []string{"admin", "owner"}}
	for name, tc := range map[string]struct {
		policy twofactor.PolicyOptions
		fields store.Record
		want   want
	}{
		"none":                         {twofactor.PolicyOptions{}, nil, off},
		"every sign-in":                {twofactor.PolicyOptions{Ask: twofactor.EverySignIn}, nil, want{factor, factor, session, session}},
		"every sign-in, required":      {twofactor.PolicyOptions{Ask: twofactor.EverySignIn, For: twofactor.Audience{All: true}, Enrol: twofactor.Required}, nil, want{factor, factor, enrolment, enrolment}},
		"passwords, required":          {twofactor.PolicyOptions{For: twofactor.Audience{All: true}, Enrol: twofactor.Required}, nil, want{factor, session, enrolment, session}},
		"admins, of somebody else":     {twofactor.PolicyOptions{Ask: twofactor.EverySignIn, For: admin, Enrol: twofactor.Required}, store.Record{"role": "user,administrator"}, off},
		"admins, of an admin":          {twofactor.PolicyOptions{Ask: twofactor.EverySignIn, For: admin, Enrol: twofactor.Required}, store.Record{"role": "user, admin"}, want{factor, factor, enrolment, enrolment}},
		"admins, enrolled by own will": {twofactor.PolicyOptions{Ask: twofactor.EverySignIn, For: admin}, store.Record{"role": "owner"}, want{factor, factor, session, session}},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHouse(t, twofactor.Options{Policy: tc.policy}, "compact")
			for _, enrolled := range []bool{true, false} {
				asPassword, asOther := tc.want.newPassword, tc.want.newOther
				if enrolled {
					asPassword, asOther = tc.want.enrolledPassword, tc.want.enrolledOther
				}
				for i, ways := range []map[string]way{byPassword, others, strong} {
					for n, way := range names(ways) {
						label := map[bool]string{true: "enrolled, ", false: "new, "}[enrolled] + way
						t.Run(label, func(t *testing.T) {
							h.world.Server = h.In(t)
							p := h.join("user"+string(rune('a'+i))+string(rune('a'+n))+map[bool]string{true: "x", false: "y"}[enrolled], enrolled, tc.fields)
							c := h.Client()
							h.minute()
							a := ways[way](h, c, p)
							want := []outcome{asPassword, asOther, session}[i]
							if o := got(t, c, a); o != want {
								t.Fatalf("%s, want %s: %s", o, want, a)
							}
							h.complete(t, c, p, want)
						})
					}
				}
			}
		})
	}
}

// complete goes on from an outcome to a session.
func (h *house) complete(t *testing.T, c *authtest.Client, p *person, o outcome) {
	t.Helper()
	switch o {
	case factor:
		c.Post("/two-factor/enable", password).WantCode(401, "UNAUTHORIZED")
		totp(c, p.app.wrong()).WantCode(401, "INVALID_CODE")
		totp(c, p.app.now()).Want(200, "user.email", p.email)
	case enrolment:
		totp(c, "000000").WantCode(400, "TOTP_NOT_ENABLED")
		made := h.scan(c.Post("/two-factor/enable", password).Want(200, "method", "totp").WantNoCookie())
		backup(c, made.codes[0]).WantCode(400, "BACKUP_CODES_NOT_ENABLED")
		totp(c, made.wrong()).WantCode(401, "INVALID_CODE")
		if c.SignedIn() {
			t.Error("signed in before the app was proven")
		}
		totp(c, made.now()).Want(200, "user.twoFactorEnabled", true)
		c.Get("/get-session").Want(200, "user.twoFactorEnabled", true)
		h.minute()
		next := h.Client()
		h.challenge(next, p.email)
		backup(next, made.codes[0]).Want(200)
	}
	if !c.SignedIn() {
		t.Error("not signed in at the end")
	}
}

// TestPolicyNewUser: a sign-up, too, ends in a session only after the second factor that the policy demands; a code that
// is sent will do.
func TestPolicyNewUser(t *testing.T) {
	o := twofactor.Options{
		OTPOptions: twofactor.OTPOptions{Period: 60},
		Policy:     twofactor.PolicyOptions{Ask: twofactor.EverySignIn, For: twofactor.Audience{All: true}, Enrol: twofactor.Required},
	}
	w := open(t, auth.Options{}, o)
	c := w.Client()
	up := c.Post("/sign-up/email", body("name", "Ann", "email", ann, "password", authtest.Password))
	wantNoSession(t, up.Want(200, "", map[string]any{"twoFactorRedirect": true, "twoFactorMethods": []string{"otp"}, "twoFactorEnrol": true}))
	w.WantRows(0, "session")
	c.Post("/two-factor/enable", `{"method":"otp"}`).Want(200, "", map[string]any{"method": "otp"}).WantNoCookie()
	w.WantRows(0, "user", store.Is("twoFactorEnabled", true)) // until a code has come back
	c.Post("/two-factor/send-otp", "{}").Want(200)
	otp(c, "nonsense").WantCode(401, "INVALID_CODE")
	late := w.Client()
	late.SignIn(ann).Want(200, "twoFactorEnrol", true)
	late.Post("/two-factor/send-otp", "{}").Want(200)
	w.Advance(10*time.Minute + time.Second)
	otp(late, w.sent(ann)).WantCode(401, "INVALID_TWO_FACTOR_COOKIE")
	w.WantRows(0, "user", store.Is("twoFactorEnabled", true))
	c.SignIn(ann).Want(200, "twoFactorEnrol", true)
	c.Post("/two-factor/send-otp", "{}").Want(200)
	otp(c, w.sent(ann)).Want(200, "user.twoFactorEnabled", true)
	if !c.SignedIn() {
		t.Error("not signed in")
	}
	// Turned off, the next sign-in demands it again.
	c.Post("/two-factor/disable", password).Want(200)
	c.SignIn(ann).Want(200, "twoFactorEnrol", true)
}

// TestPolicyPage: a redirecting sign-in sends the browser to the page, which learns where to go on.
func TestPolicyPage(t *testing.T) {
	for page, want := range map[string]string{
		"":                              authtest.Origin + "/there?a=b&twoFactorRedirect=true&twoFactorMethods=totp%2Cotp",
		"/second":                       authtest.Origin + "/second?twoFactorRedirect=true&twoFactorMethods=totp%2Cotp&callbackURL=",
		"https://app.example.com/2?x=1": "https://app.example.com/2?x=1&twoFactorRedirect=true&twoFactorMethods=totp%2Cotp&callbackURL=",
	} {
		h := openHouse(t, twofactor.Options{Policy: twofactor.PolicyOptions{Ask: twofactor.EverySignIn, Page: page}}, "compact")
		p := h.join("ann", true, nil)
		for _, way := range []string{"magic link to a page", "provider"} {
			h.minute()
			c := h.Client()
			a := others[way](h, c, p)
			to := a.Header.Get("Location")
			if a.Status != 302 || !strings.HasPrefix(to, want) || len(a.Header["Location"]) != 1 {
				t.Errorf("%s: %d to %q, want %s", way, a.Status, a.Header["Location"], want)
			}
			if u, err := url.Parse(to); page != "" && (err != nil || !strings.HasSuffix(u.Query().Get("callbackURL"), "/there?a=b")) {
				t.Errorf("%s: to %s", way, to)
			}
			h.complete(t, c, p, factor)
		}
	}
}

// TestPolicyAsksNotAgain: what continues a session, what another device has approved, and guests are not asked.
func TestPolicyAsksNotAgain(t *testing.T) {
	h := openHouse(t, twofactor.Options{Policy: twofactor.PolicyOptions{Ask: twofactor.EverySignIn, For: twofactor.Audience{All: true}, Enrol: twofactor.Required}}, "compact")
	p := h.join("ann", true, nil)
	p.home.Post("/change-password", body("currentPassword", authtest.Password, "newPassword", "password5678", "revokeOtherSessions", true)).Want(200, "token", authtest.Any)
	if !p.home.SignedIn() {
		t.Error("signed out by a new password")
	}
	device := h.Client()
	codes := device.Post("/device/code", `{"client_id":"tv"}`).Want(200)
	p.home.Get("/device?user_code=" + codes.Text("user_code")).Want(200)
	p.home.Post("/device/approve", body("userCode", codes.Text("user_code"))).Want(200)
	device.Post("/device/token", body("grant_type", "urn:ietf:params:oauth:grant-type:device_code", "device_code", codes.Text("device_code"), "client_id", "tv")).
		Want(200, "access_token", authtest.Any)
	guest := h.Client()
	guest.Post("/sign-in/anonymous", "{}").Want(200, "token", authtest.Any)
	// A trusted device is trusted after every way.
	c := h.Client()
	h.minute()
	others["magic link"](h, c, p).Want(200, "twoFactorRedirect", true)
	c.Post("/two-factor/verify-totp", body("code", p.app.now(), "trustDevice", true)).Want(200)
	for _, way := range names(others) {
		h.minute()
		c.Jar = map[string]string{"better-auth.trust_device": c.Jar["better-auth.trust_device"]}
		others[way](h, c, p)
		if !c.SignedIn() {
			t.Errorf("%s: the trusted device is asked", way)
		}
	}
}

// TestAttackEnrolmentOfAnEnrolledUser: a sign-in that waits for the factor of an enrolled user cannot set up another
// one, and one that waits for enrolment can no longer, once the user is enrolled.
func TestAttackEnrolmentOfAnEnrolledUser(t *testing.T) {
	o := twofactor.Options{Policy: twofactor.PolicyOptions{Ask: twofactor.EverySignIn, For: twofactor.Audience{All: true}, Enrol: twofactor.Required}}
	w := open(t, auth.Options{}, o)
	c, thief := w.Client(), w.Client()
	c.SignUp(ann)
	thief.SignIn(ann).Want(200, "twoFactorEnrol", true)
	theirs := w.scan(thief.Post("/two-factor/enable", "{}").Want(200))
	a := w.scan(c.Post("/two-factor/enable", "{}").Want(200)) // the last one counts
	totp(thief, theirs.now()).WantCode(401, "INVALID_CODE")
	totp(c, a.now()).Want(200)

	totp(thief, theirs.now()).WantCode(401, "INVALID_CODE")
	thief.Post("/two-factor/enable", "{}").WantCode(401, "UNAUTHORIZED")
	before := w.Row("twoFactor")
	late := w.Client()
	w.challenge(late, ann)
	late.Post("/two-factor/enable", "{}").WantCode(401, "UNAUTHORIZED")
	if after := w.Row("twoFactor"); after["secret"] != before["secret"] {
		t.Error("the app was replaced")
	}
	if w.Client().Post("/two-factor/enable", "{}").WantCode(401, "UNAUTHORIZED"); thief.SignedIn() || late.SignedIn() {
		t.Error("signed in")
	}
}

func TestPolicyOptions(t *testing.T) {
	for text, want := range map[string]*twofactor.Audience{
		`"all"`: {All: true}, `"enrolled"`: {}, `null`: {}, `{"role":"admin"}`: {Roles: []string{"admin"}}, `{"role":["a","b"]}`: {Roles: []string{"a", "b"}},
		`"admins"`: nil, `{}`: nil, `{"role":[]}`: nil, `{"role":1}`: nil, `{"role":"a","x":1}`: nil, `1`: nil, `[]`: nil,
	} {
		var a twofactor.Audience
		err := a.UnmarshalJSON([]byte(text))
		if (err == nil) != (want != nil) || want != nil && (a.All != want.All || strings.Join(a.Roles, ",") != strings.Join(want.Roles, ",")) {
			t.Errorf("%s: %v %v", text, a, err)
		}
	}
}
