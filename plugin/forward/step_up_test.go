package forward_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/forward"
	"github.com/seed-32bd42cb/betterauth/store"
)

const factorPage = "https://app.example.com/factor?lang=de"

// factor is a plugin that records when a second factor is proved.
type factor struct {
	proved time.Time
	err    error
}

func (f *factor) Manifest() auth.Manifest {
	return auth.Manifest{ID: "factor", Provides: auth.Services{FactorTime: func(*auth.Context, *auth.SignedIn) (time.Time, error) {
		return f.proved, f.err
	}}}
}

func with(p auth.Plugin) func(*auth.Options) {
	return func(o *auth.Options) { o.Plugins = append(o.Plugins, p) }
}

// ask asks with a rule, as the subrequest of a proxy for a page.
func ask(c *authtest.Client, query string) *authtest.Answer {
	c.Header.Set("Accept", "text/html")
	c.Header.Set("X-Original-Url", "https://app.example.com/admin")
	return c.Get("/forward" + query)
}

func TestStepUp(t *testing.T) {
	f := &factor{}
	s := server(t, forward.Options{SignInURL: signIn, FactorURL: factorPage, Rules: map[string]forward.Rule{
		"recent": {SignedInWithin: 10}, "factor": {FactorWithin: 5}, "both": {SignedInWithin: 60, FactorWithin: 5}, "none": {},
	}}, with(f))
	c := s.Client()
	back := url.QueryEscape("https://app.example.com/admin")
	signInAgain := signIn + "?callbackURL=" + back + "&reason=SESSION_NOT_FRESH"
	prove := "https://app.example.com/factor?callbackURL=" + back + "&lang=de&reason=SECOND_FACTOR_REQUIRED"
	want := func(query string, status int, code, page string) {
		t.Helper()
		got := ask(c, query)
		if got.Status != status || got.Code() != code || got.Header.Get("X-Auth-Redirect") != page {
			t.Errorf("%s: %s, to %q", query, got, got.Header.Get("X-Auth-Redirect"))
		}
		if identified := len(names(got.Header)) > 0; identified != (status == 200) {
			t.Errorf("%s: %v", query, names(got.Header))
		}
	}
	want("?rule=recent", 401, "UNAUTHORIZED", signIn+"?callbackURL="+back)
	member(s, c, "ada@example.com")
	for _, query := range []string{"", "?rule=none", "?rule=recent"} {
		want(query, 200, "", "")
	}
	want("?rule=factor", 401, "SECOND_FACTOR_REQUIRED", prove)
	f.proved = s.Now()
	want("?rule=factor", 200, "", "")
	want("?rule=both", 200, "", "")
	s.Advance(5 * time.Minute)
	want("?rule=both", 401, "SECOND_FACTOR_REQUIRED", prove)
	want("?rule=recent", 200, "", "")
	s.Advance(5 * time.Minute)
	want("?rule=recent", 401, "SESSION_NOT_FRESH", signInAgain)
	want("", 200, "", "")
	c.SignIn("ada@example.com")
	want("?rule=recent", 200, "", "")

	f.err = errors.New("down")
	if got := ask(c, "?rule=factor"); got.Status != 500 || len(names(got.Header)) > 0 {
		t.Errorf("%s", got)
	}
}

func TestStepUpOfEveryRequest(t *testing.T) {
	f := &factor{}
	s := server(t, forward.Options{
		SignInURL: signIn, Redirect: true, Rule: forward.Rule{SignedInWithin: 30},
		Rules: map[string]forward.Rule{"shorter": {SignedInWithin: 10, FactorWithin: 10}, "longer": {SignedInWithin: 60}},
	}, with(f))
	c := s.Client()
	member(s, c, "ada@example.com")
	f.proved = s.Now().Add(time.Hour) // another clock
	s.Advance(29 * time.Minute)
	ask(c, "").Want(200)
	ask(c, "?rule=longer").Want(200)
	ask(c, "?rule=shorter").WantRedirect(signIn + "?callbackURL=" + url.QueryEscape("https://app.example.com/admin") + "&reason=SESSION_NOT_FRESH")
	s.Advance(time.Minute)
	ask(c, "").Want(302)
	ask(c, "?rule=longer").Want(302)
	// A script cannot use a page.
	c.Header.Set("Accept", "application/json")
	c.Get("/forward").WantCode(401, "SESSION_NOT_FRESH")
	c.SignIn("ada@example.com")
	f.proved = time.Time{}
	ask(c, "?rule=shorter").WantRedirect(signIn + "?callbackURL=" + url.QueryEscape("https://app.example.com/admin") + "&reason=SECOND_FACTOR_REQUIRED")
	// Without a page the code says what is missing.
	bare := server(t, forward.Options{Rule: forward.Rule{SignedInWithin: 1}})
	b := bare.Client()
	member(bare, b, "ada@example.com")
	bare.Advance(time.Minute)
	if got := ask(b, "").WantCode(401, "SESSION_NOT_FRESH"); got.Header.Get("X-Auth-Redirect") != "" {
		t.Errorf("%v", got.Header)
	}
}

// An address that is not verified is said first, whatever the rule.
func TestStepUpOfUnverified(t *testing.T) {
	s := server(t, forward.Options{Rules: map[string]forward.Rule{"recent": {SignedInWithin: 1}}})
	c := s.Client()
	c.SignUp("ada@example.com")
	s.Advance(time.Hour)
	c.Get("/forward?rule=recent").WantCode(403, "EMAIL_NOT_VERIFIED")
	verify(t, s, "ada@example.com")
	c.Get("/forward?rule=recent").WantCode(401, "SESSION_NOT_FRESH")
}

func TestRefusedRules(t *testing.T) {
	for want, o := range map[string]forward.Options{
		"factorWithin needs a plugin":                  {Rule: forward.Rule{FactorWithin: 5}},
		"needs a plugin that records":                  {Rules: map[string]forward.Rule{"a": {FactorWithin: 5}}},
		`factorURL "/factor" must be`:                  {FactorURL: "/factor"},
		"rules.a.signedInWithin: must be at least 0":   {Rules: map[string]forward.Rule{"a": {SignedInWithin: -1}}},
		"signedInWithin: must be at least 0 minutes":   {Rule: forward.Rule{SignedInWithin: -5}},
		"signedInWithin: must be at most 52704000 min": {Rule: forward.Rule{SignedInWithin: 1 << 40}},
	} {
		_, err := betterauth.New(auth.Options{BaseURL: auth.Static(authtest.Origin), Secret: authtest.Secret, Plugins: []auth.Plugin{forward.New(o)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}

// A rule is chosen by the proxy's configuration: nothing that a client sends weakens it, and a rule that does not exist
// lets nobody through.
func TestAttackWeakenedRule(t *testing.T) {
	s := server(t, forward.Options{SignInURL: signIn, Rules: map[string]forward.Rule{"recent": {SignedInWithin: 1}, "none": {}}})
	c := s.Client()
	member(s, c, "ada@example.com")
	s.Advance(time.Minute)
	for _, header := range []string{"X-Original-Url", "X-Forwarded-Uri", "X-Original-Uri", "X-Rewrite-Url"} {
		d := s.Client()
		d.Jar, d.Header = c.Jar, http.Header{header: {"https://app.example.com/public?rule=none"}, "X-Forwarded-Method": {"GET"}, "Rule": {"none"}}
		d.Get("/forward?rule=recent").WantCode(401, "SESSION_NOT_FRESH")
	}
	for _, query := range []string{"?rule=", "?rule", "?rule=other", "?rule=Recent", "?rule=recent,none", "?rule=none&rule=recent", "?rule=recent&rule=none", "?rule=%00", "?rule=__proto__", "?rule=none%20"} {
		if got := c.Get("/forward" + query); got.Status != 400 || len(names(got.Header)) > 0 {
			t.Errorf("%s: %s %v", query, got, names(got.Header))
		}
	}
}

// A session that has ended satisfies no rule, although the cookie cache has a copy of it.
func TestAttackRuleWithEndedSession(t *testing.T) {
	yes := true
	s := server(t, forward.Options{Rules: map[string]forward.Rule{"recent": {SignedInWithin: 60}}}, func(o *auth.Options) { o.Session.CookieCache.Enabled = &yes })
	c := s.Client()
	up := member(s, c, "ada@example.com")
	c.SignIn("ada@example.com")
	if err := s.Sessions.End(t.Context(), up.Text("token")); err != nil {
		t.Fatal(err)
	}
	c.Get("/forward?rule=recent").Want(200)
	if _, err := s.Store.UpdateMany(t.Context(), "session", nil, store.Record{"expiresAt": s.Now().Add(-time.Second)}); err != nil {
		t.Fatal(err)
	}
	c.Get("/forward").Want(200) // the copy
	c.Get("/forward?rule=recent").WantCode(401, "UNAUTHORIZED")
}
