package all_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackGateChangeEmail: changing the address afterwards is no way around the gate, with links, codes or a
// provider.
func TestAttackGateChangeEmail(t *testing.T) {
	g := openGated(t, auth.SignUpOptions{Allow: []string{"@in.test"}}, func(o *auth.Options) {
		o.User.ChangeEmail.UpdateEmailWithoutVerification = true
	})
	c := g.Client()
	ways["plugin/emailotp/sign_in.go"]["code by mail"](g, c, "ann@in.test").Want(200)
	stays := func() {
		t.Helper()
		g.Row("user", store.Is("email", "ann@in.test"))
	}
	c.Post("/change-email", `{"newEmail":"ann@elsewhere.test"}`).Want(200)
	c.Get("/verify-email?token="+g.sent).WantCode(403, "EMAIL_NOT_ALLOWED")
	stays()
	c.Post("/change-email", `{"newEmail":"ann@elsewhere.test"}`).Want(200)
	if to := c.Get("/verify-email?callbackURL=/done&token=" + g.sent).Header.Get("Location"); to != "/done?error=EMAIL_NOT_ALLOWED" {
		t.Error(to)
	}
	c.Post("/email-otp/request-email-change", `{"newEmail":"ann@elsewhere.test"}`).Want(200)
	c.Post("/email-otp/change-email", `{"newEmail":"ann@elsewhere.test","otp":"`+g.sent+`"}`).WantCode(403, "EMAIL_NOT_ALLOWED")
	stays()
	// An address that is not verified is never changed without a proof of the new one.
	g.Change("user", store.Record{"emailVerified": false}, store.Is("email", "ann@in.test"))
	c.Post("/change-email", `{"newEmail":"boss@in.test"}`).Want(200)
	stays()
	c.Get("/verify-email?token="+g.sent).Want(200, "user.email", "boss@in.test")
	// An administrator may.
	g.Change("user", store.Record{"role": "admin"}, store.Is("email", "boss@in.test"))
	c.Post("/admin/update-user", `{"userId":"`+g.ID("user")+`","data":{"email":"boss@elsewhere.test"}}`).Want(200)
	c.Post("/admin/create-user", `{"email":"friend@elsewhere.test","name":"F","password":"password1234"}`).Want(200)
	g.Client().SignIn("friend@elsewhere.test")
}

// TestAttackGateProviderAddress: an address that changed at the provider replaces the user's only if the gate admits
// it and the provider has verified it.
func TestAttackGateProviderAddress(t *testing.T) {
	g := openGated(t, auth.SignUpOptions{Allow: []string{"@in.test"}}, func(o *auth.Options) {
		o.SocialProviders = []oauth.Provider{provider.HuggingFace(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret", OverrideUserInfoOnSignIn: true})}
	})
	for _, tc := range []struct {
		email    string
		verified bool
		want     string
	}{
		{"ann@in.test", true, "ann@in.test"},
		{"ann@elsewhere.test", true, "ann@in.test"},
		{"boss@in.test", false, "ann@in.test"},
		{"ann2@in.test", true, "ann2@in.test"},
	} {
		g.idp.Answers["huggingface.co/oauth/userinfo"] = map[string]any{"sub": "1", "email": tc.email, "name": "By " + tc.email, "email_verified": tc.verified}
		c := g.Client()
		g.back(c, "huggingface", c.Post("/sign-in/social", `{"provider":"huggingface","callbackURL":"/in"}`).Text("url"))
		if !c.SignedIn() {
			t.Errorf("%+v: not signed in", tc)
		}
		g.Row("user", store.Is("email", tc.want), store.Is("name", "By "+tc.email), store.Is("emailVerified", true))
	}
}

// TestAttackGateGuestBecomesUser: a guest is let in by its method, and becomes somebody with an address only through
// the gate.
func TestAttackGateGuestBecomesUser(t *testing.T) {
	g := openGated(t, auth.SignUpOptions{Allow: []string{"via:anonymous", "@in.test"}}, nil)
	c := g.Client()
	c.Post("/sign-in/anonymous", "").Want(200)
	ways["plugin/emailotp/sign_in.go"]["code by mail"](g, c, "out@elsewhere.test").WantCode(403, "SIGN_UP_NOT_ALLOWED")
	g.Row("user", store.Is("isAnonymous", true))
	ways["plugin/emailotp/sign_in.go"]["code by mail"](g, c, "ann@in.test").Want(200)
	g.Row("user", store.Is("email", "ann@in.test"))
}

// TestAttackGateAddresses: addresses that only look admitted, as providers may send them.
func TestAttackGateAddresses(t *testing.T) {
	g := openGated(t, auth.SignUpOptions{Allow: []string{"@in.test", "invited", "ada@single.test"}}, nil)
	for _, email := range []string{"a@evil.test@in.test", "a@in.test.evil.test", "a@evil-in.test", "a@sub.in.test", "a@in.test.", "a@\u0456n.test",
		"a\uff20evil.test@in.test", "\"a@evil.test\"@in.test", "ada+1@single.test", "a@in.test\u0000", " @in.test"} {
		_, err := g.Users.Create(t.Context(), store.Record{"email": email, "name": "N", "emailVerified": true}, "magic-link")
		if code, _, _ := auth.Refusal(err); code != auth.SignUpNotAllowed.Name {
			t.Errorf("%q: %v", email, err)
		}
		// A plugin that writes the row itself meets the gate too.
		_, err = g.Store.Create(t.Context(), "user", store.Record{"email": email, "name": "N", "emailVerified": true})
		if code, _, _ := auth.Refusal(err); code != auth.SignUpNotAllowed.Name {
			t.Errorf("%q by the store: %v", email, err)
		}
	}
	g.WantRows(0, "user")
}

// TestGateAsksPlugins: what a plugin says about invitations counts, and only with the entry invited.
func TestGateAsksPlugins(t *testing.T) {
	asked := func(o *auth.Options) {
		o.Plugins = append(o.Plugins, auth.Manifest{ID: "clubs", Provides: auth.Services{Invited: func(_ context.Context, email string) (bool, error) {
			if email == "broken@club.test" {
				return false, fmt.Errorf("no answer")
			}
			return strings.HasSuffix(email, "@club.test"), nil
		}}})
	}
	otp := ways["plugin/emailotp/sign_in.go"]["code by mail"]
	g := openGated(t, auth.SignUpOptions{Allow: []string{"invited"}}, asked)
	otp(g, g.Client(), "a@club.test").Want(200)
	otp(g, g.Client(), "a@other.test").WantCode(403, "SIGN_UP_NOT_ALLOWED")
	if a := otp(g, g.Client(), "broken@club.test"); a.Status != http.StatusInternalServerError {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	g.WantRows(1, "user")
	g = openGated(t, auth.SignUpOptions{Allow: []string{"@in.test"}}, asked)
	otp(g, g.Client(), "a@club.test").WantCode(403, "SIGN_UP_NOT_ALLOWED")
}

// TestAttackGateInvitation: an invitation that has expired, or was taken back, admits nobody.
func TestAttackGateInvitation(t *testing.T) {
	g := openGated(t, auth.SignUpOptions{Allow: []string{"invited"}, WaitingList: true, InvitationExpiresIn: option.Span(time.Minute)}, nil)
	gate, otp := g.SignUpGate(), ways["plugin/emailotp/sign_in.go"]["code by mail"]
	if _, err := gate.Invite(t.Context(), "bob@x.test", 0); err != nil {
		t.Fatal(err)
	}
	g.Advance(61 * time.Second)
	otp(g, g.Client(), "bob@x.test").WantCode(403, "SIGN_UP_NOT_ALLOWED")
	if _, err := gate.Invite(t.Context(), "bob@x.test", time.Hour); err != nil { // extends it
		t.Fatal(err)
	}
	if err := gate.Uninvite(t.Context(), "bob@x.test"); err != nil {
		t.Fatal(err)
	}
	otp(g, g.Client(), "bob@x.test").WantCode(403, "SIGN_UP_NOT_ALLOWED")
	list, err := gate.WaitingList(t.Context(), 10)
	if err != nil || len(list) != 1 || list[0].Tries != 2 || !list[0].Proven || list[0].Method != "email-otp" {
		t.Fatalf("%+v %v", list, err)
	}
	if _, err := gate.Approve(t.Context(), "bob@x.test", 0); err != nil {
		t.Fatal(err)
	}
	g.WantRows(0, "betterauthWaiting")
	otp(g, g.Client(), "bob@x.test").Want(200)
	g.WantRows(0, "betterauthInvite")
	// Somebody who is deleted is not invited any more.
	if err := g.Users.Delete(t.Context(), g.ID("user")); err != nil {
		t.Fatal(err)
	}
	otp(g, g.Client(), "bob@x.test").WantCode(403, "SIGN_UP_NOT_ALLOWED")
}

// TestAttackGateRace: of many who sign up at once with one invitation, one becomes a user; many refusals at once are
// one entry of the waiting list that counts them.
func TestAttackGateRace(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		g := openGated(t, auth.SignUpOptions{Allow: []string{"invited"}, WaitingList: true}, func(all *auth.Options) {
			all.Database = o.Database
			all.EmailVerification.SendVerificationEmail = func(context.Context, auth.LinkMail) (callback.Nothing, error) { return callback.Nothing{}, nil }
		})
		if _, err := g.SignUpGate().Invite(t.Context(), "bob@x.test", 0); err != nil {
			t.Fatal(err)
		}
		const callers = 8
		statuses := make(chan int, 2*callers)
		for _, email := range []string{"bob@x.test", "out@x.test"} {
			for range callers {
				go func() {
					statuses <- g.Client().Post("/sign-up/email", `{"name":"N","email":"`+email+`","password":"password1234"}`).Status
				}()
			}
		}
		count := map[int]int{}
		for range 2 * callers {
			count[<-statuses]++
		}
		if count[200] != 1 || count[403] < callers || count[200]+count[403]+count[422] != 2*callers {
			t.Errorf("%v", count)
		}
		g.WantRows(1, "user")
		g.WantRows(0, "betterauthInvite")
		if row := g.Row("betterauthWaiting", store.Is("email", "out@x.test")); row["tries"] != float64(callers) {
			t.Errorf("%v", row)
		}
	}, everywhere.Databases()...)
}
