package base_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

func TestSignOut(t *testing.T) {
	atCorp := func(w *world) {
		w.corp.info.EndsSessions, w.corp.endSession = true, "https://corp.test/end"
		linkedWith("corp")(w)
	}
	endpoint{method: "POST", path: "/sign-out", body: `{}`}.test(t, []call{
		{name: "ends the session", status: 200, cookie: ended, want: want{"", map[string]any{"success": true}}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(0, "session")
			if w.c.SignedIn() {
				w.T.Error("still signed in")
			}
		}},
		{name: "not signed in", by: nobody, status: 200, cookie: ended, want: want{"success", true}, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "session") }},
		{name: "body is an array", body: `[]`, status: 400, code: "VALIDATION_ERROR"},
		{name: "untrusted callbackURL", body: `{"callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL", then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "session") }},

		{name: "provider logout", given: atCorp, status: 200, cookie: ended, want: want{"success", true, "url", "https://corp.test/end?to=&state=", "redirect", true},
			then: location("https://corp.test/end?to=&state=")},
		{name: "provider logout with callbackURL and state", given: atCorp, body: `{"callbackURL":"/bye","state":"s"}`, status: 200, cookie: ended,
			want: want{"url", "https://corp.test/end?to=" + authtest.Origin + "/bye&state=s"}},
		{name: "provider logout with disableRedirect", given: atCorp, body: `{"disableRedirect":true}`, status: 200, cookie: ended,
			want: want{"url", "https://corp.test/end?to=&state=", "redirect", false}, then: location("")},
		{name: "provider logout without an address", given: before(atCorp, func(w *world) { w.corp.endSession = "" }), status: 200, cookie: ended, want: want{"", map[string]any{"success": true}}},
		{name: "provider without logout", given: linkedWith("corp"), status: 200, cookie: ended, want: want{"", map[string]any{"success": true}}},
	})
}
