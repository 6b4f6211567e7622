package admin_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Clients set none of the plugin's fields, neither when they sign up nor later.
func TestAttackOwnRole(t *testing.T) {
	w := open(t, auth.Options{}, admin.Options{})
	c := w.Client()
	for _, field := range []string{`"role":"admin"`, `"banReason":"x"`, `"banExpires":"2020-01-01T00:00:00.000Z"`} {
		c.Post("/sign-up/email", `{"name":"A","email":"`+ann+`","password":"password1234",`+field+`}`).Want(400)
	}
	c.SignUp(ann)
	for _, field := range []string{`"role":"admin"`, `"banned":true`, `"banReason":"x"`} {
		c.Post("/update-user", `{"name":"A",`+field+`}`).Want(400)
	}
	c.Post("/update-session", `{"impersonatedBy":"x"}`).Want(400)
	c.Get("/get-session").Want(200, "user.role", "user", "user.banned", false, "session.impersonatedBy", nil)
}

// Nobody without the permission does anything, by any endpoint; strangers neither.
func TestAttackWithoutPermission(t *testing.T) {
	w := open(t, auth.Options{}, admin.Options{})
	_, victim := w.as(root, "admin")
	c, _ := w.as(ann, "user")
	before := w.Row("user", store.Is("id", victim))
	for path, body := range map[string]string{
		"set-role": `"role":"user"`, "create-user": `"name":"N","email":"n@example.com"`, "update-user": `"data":{"name":"X"}`, "list-user-sessions": ``, "unban-user": ``,
		"ban-user": ``, "impersonate-user": ``, "revoke-user-session": `"sessionToken":"x"`, "revoke-user-sessions": ``, "remove-user": ``, "set-user-password": `"newPassword":"password5678"`,
	} {
		text := `{"userId":"` + victim + `"` + strings.TrimSuffix(","+body, ",") + `}`
		w.Client().Post("/admin/"+path, text).Want(401)
		if got := c.Post("/admin/"+path, text); got.Status != 403 || !strings.HasPrefix(got.Code(), "YOU_ARE_NOT_ALLOWED_TO_") {
			t.Errorf("%s: %s", path, got)
		}
	}
	for _, path := range []string{"/admin/list-users", "/admin/get-user?id=" + victim} {
		w.Client().Get(path).Want(401)
		c.Get(path).Want(403)
	}
	after := w.Row("user", store.Is("id", victim))
	if before.Text("name") != after.Text("name") || before.Text("role") != after.Text("role") || after.True("banned") {
		t.Error(after)
	}
	w.WantRows(2, "user")
	w.WantRows(2, "session")
}

// With the permission to update users only, neither id, password, role, ban, address nor phone number change.
func TestAttackUpdateProtectedFields(t *testing.T) {
	w := open(t, auth.Options{}, admin.Options{Roles: access.Roles{"admin": admin.Roles()["admin"], "user": {}, "updater": {"user": {"update"}}}})
	_, victim := w.as(root, "admin")
	c, own := w.as(ann, "updater")
	for data, code := range map[string]string{
		`"id":"x"`: "USER_ID_CANNOT_BE_UPDATED", `"password":"x"`: "PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER", `"role":"admin"`: "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE",
		`"banned":true`: "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", `"banReason":"x"`: "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", `"banExpires":null`: "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS",
		`"email":"x@example.com"`: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL", `"emailVerified":true`: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL",
		`"phoneNumber":"+1"`: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER", `"phoneNumberVerified":true`: "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER",
	} {
		for _, id := range []string{victim, own} {
			if got := post(c, "update-user", `{"userId":"%s","data":{"name":"N",%s}}`, id, data); got.Code() != code {
				t.Errorf("%s: %s", data, got)
			}
		}
	}
	w.WantRows(2, "user", store.Is("name", "Test"))
}

// Nobody bans or removes themselves, however the id is written: an administrator could lock everybody out.
func TestAttackBanYourself(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, admin.Options{})
		c, own := w.as(root, "admin")
		for _, id := range []string{own, "0" + own, strings.ToUpper(own), strings.ToLower(own), own + " "} {
			post(c, "ban-user", `{"userId":"%s"}`, id)
			for _, banned := range []string{"true", "1", `"true"`} {
				post(c, "update-user", `{"userId":"%s","data":{"banned":%s}}`, id, banned)
			}
			post(c, "remove-user", `{"userId":"%s"}`, id)
		}
		c.Get("/get-session").Want(200, "user.banned", false)
		post(c, "ban-user", `{"userId":"%s"}`, own).WantCode(400, "YOU_CANNOT_BAN_YOURSELF")
		post(c, "update-user", `{"userId":"%s","data":{"banned":true}}`, own).WantCode(400, "YOU_CANNOT_BAN_YOURSELF")
		post(c, "remove-user", `{"userId":"%s"}`, own).WantCode(400, "YOU_CANNOT_REMOVE_YOURSELF")
	})
}

// A role that was taken away, and a session that was ended, count at once, also with the cookie cache.
func TestAttackStaleRole(t *testing.T) {
	w := open(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: new(true)}}}, admin.Options{})
	c, own := w.as(root, "admin")
	second, _ := w.as(ann, "admin")
	c.Get("/admin/list-users").Want(200)
	post(second, "set-role", `{"userId":"%s","role":"user"}`, own).Want(200)
	c.Get("/admin/list-users").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")
	post(second, "revoke-user-sessions", `{"userId":"%s"}`, own).Want(200)
	c.Get("/admin/list-users").Want(401)
}

// Roles are names, not patterns: padding, capitals and names of JavaScript's own members grant nothing.
func TestAttackRoleNames(t *testing.T) {
	w := open(t, auth.Options{}, admin.Options{})
	for i, role := range []string{" admin", "admin ", "ADMIN", "user, admin", "constructor", "__proto__", ",", "adminuser"} {
		c, _ := w.as("u"+string(rune('a'+i))+"@example.com", role)
		c.Get("/admin/list-users").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")
	}
}

// The cookie of the administrator's own session cannot be forged, nor taken from somebody else, and works once.
func TestAttackAdminCookie(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, admin.Options{})
		c, _ := w.as(root, "admin")
		other, _ := w.as(ann, "admin")
		b, id := w.as(bob, "")
		bobs := b.Get("/get-session").Text("session.token")
		const name = "better-auth.admin_session"
		post(other, "impersonate-user", `{"userId":"%s"}`, id).Want(200)
		post(c, "impersonate-user", `{"userId":"%s"}`, id).Want(200)
		own := c.Jar[name]
		signature := own[strings.LastIndex(own, "."):]
		for _, value := range []string{"", "x", url.QueryEscape(bobs + ":"), url.QueryEscape(bobs+":") + signature, other.Jar[name]} {
			c.Jar[name] = value
			post(c, "stop-impersonating", `{}`).Want(500).WantNoCookie("better-auth.session_token")
		}
		c.Jar[name] = own
		copied := w.Client()
		for k, v := range c.Jar {
			copied.Jar[k] = v
		}
		post(c, "stop-impersonating", `{}`).Want(200, "user.email", root)
		post(copied, "stop-impersonating", `{}`).Want(401)
		b.Jar[name] = own
		post(b, "stop-impersonating", `{}`).Want(400)
		b.Get("/get-session").Want(200, "user.email", bob)
	})
}

// Sessions of a removed or banned user end in every storage.
func TestAttackSessionsOutliveUser(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, admin.Options{})
		c, _ := w.as(root, "admin")
		for _, path := range []string{"remove-user", "ban-user"} {
			b, id := w.as(path+"@example.com", "")
			again := w.Client()
			again.SignIn(path + "@example.com")
			post(c, path, `{"userId":"%s"}`, id).Want(200)
			if b.SignedIn() || again.SignedIn() {
				t.Errorf("%s: a session is left", path)
			}
		}
	})
}

// A user who is banned while a sign-in is under way is not signed in.
func TestAttackBanDuringSignIn(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		var w *world
		ban := false
		o.Plugins = append(o.Plugins, auth.Manifest{ID: "slow", Admit: func(c *auth.Context, user *auth.User, _ auth.SignIn) error {
			if !ban {
				return nil
			}
			ban = false
			// Between the check and the session, an administrator bans the user.
			_, err := w.Users.Update(context.WithoutCancel(w.T.Context()), user.ID, store.Record{"banned": true})
			return err
		}})
		own := admin.New(admin.Options{})
		o.Plugins = append([]auth.Plugin{own}, o.Plugins...)
		w = &world{authtest.New(t, authtest.PlainPasswords(o))}
		b, id := w.as(bob, "")
		b.Jar = map[string]string{}
		ban = true
		b.TrySignIn(bob, authtest.Password).WantCode(403, "BANNED_USER")
		if b.SignedIn() {
			t.Error("a banned user is signed in")
		}
		w.WantRows(1, "user", store.Is("id", id), store.Is("banned", true))
	})
}

// Other ways in are closed to banned users too, and an administrator cannot become one of them either.
func TestAttackBannedByOtherWay(t *testing.T) {
	w := open(t, auth.Options{}, admin.Options{})
	c, _ := w.as(root, "admin")
	_, id := w.as(bob, "")
	post(c, "ban-user", `{"userId":"%s"}`, id).Want(200)
	post(c, "impersonate-user", `{"userId":"%s"}`, id).WantCode(403, "BANNED_USER").WantNoCookie("better-auth.session_token", "better-auth.admin_session")
	c.Get("/get-session").Want(200, "user.email", root)
}

// Sessions that last longer than session.expiresIn end with all others, also those that a call is just writing.
func TestAttackLongImpersonation(t *testing.T) {
	o := everywhere.SecondaryStorage.Options(t)
	w := open(t, o, admin.Options{ImpersonationSessionDuration: 30 * 24 * 3600})
	c, _ := w.as(root, "admin")
	second, _ := w.as(ann, "admin")
	_, id := w.as(bob, "")
	post(c, "impersonate-user", `{"userId":"%s"}`, id).Want(200)
	w.Advance(20 * 24 * time.Hour)
	c.Get("/get-session").Want(200, "user.email", bob)
	second.SignIn(ann)
	post(second, "revoke-user-sessions", `{"userId":"%s"}`, id).Want(200)
	if c.SignedIn() {
		t.Error("the impersonation goes on")
	}
}
