package admin_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/access"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const (
	root = "root@example.com"
	ann  = "ann@example.com"
	bob  = "bob@example.com"
)

// world is a server with the plugin.
type world struct{ *authtest.Server }

func open(t testing.TB, o auth.Options, p admin.Options) *world {
	t.Helper()
	o.Plugins = append(o.Plugins, admin.New(p))
	return &world{authtest.New(t, authtest.PlainPasswords(o))}
}

// make creates a user by the program and returns the id.
func (w *world) make(email, role string) string {
	w.T.Helper()
	body := map[string]any{"name": "Test", "email": email, "password": authtest.Password}
	if role != "" {
		body["role"] = role
	}
	out, err := w.Call(w.T.Context(), "createUser", auth.Input{Body: body})
	if err != nil {
		w.T.Fatal(err)
	}
	v, err := js.Parse(out.JSON())
	if err != nil {
		w.T.Fatal(err)
	}
	user, _ := v.(*js.Object).Get("user")
	id, _ := user.(*js.Object).Get("id")
	return js.String(id)
}

// as creates a user of a role, signs in as it, and returns the browser and the id.
func (w *world) as(email, role string) (*authtest.Client, string) {
	w.T.Helper()
	id := w.make(email, role)
	c := w.Client()
	c.SignIn(email)
	return c, id
}

func post(c *authtest.Client, path, body string, args ...any) *authtest.Answer {
	return c.Post("/admin/"+path, fmt.Sprintf(body, args...))
}

// TestFlow: an administrator does everything once, on every database.
func TestFlow(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, admin.Options{})
		c, _ := w.as(root, "admin")
		b, id := w.as(bob, "")
		token := b.Get("/get-session").Want(200, "user.role", "user", "user.banned", false).Text("session.token")
		c.Get("/admin/list-users?sortBy=email").Want(200, "total", 2.0, "users.0.email", bob, "users.1.email", root)
		c.Get("/admin/list-users?sortBy=email&sortDirection=desc&limit=1&offset=1").Want(200, "total", 2.0, "users", authtest.Len(1), "users.0.email", bob, "limit", 1.0, "offset", 1.0)
		c.Get("/admin/list-users?searchValue=bob").Want(200, "total", 1.0)
		c.Get("/admin/list-users?filterField=role&filterValue=admin").Want(200, "total", 1.0, "users.0.email", root)
		c.Get("/admin/get-user?id="+id).Want(200, "email", bob)
		c.Get("/admin/get-user?id=nobody").WantCode(404, "USER_NOT_FOUND")
		post(c, "list-user-sessions", `{"userId":"%s"}`, id).Want(200, "sessions", authtest.Len(1), "sessions.0.token", token)
		post(c, "list-user-sessions", `{"userId":"nobody"}`).Want(200, "sessions", authtest.Len(0))
		post(c, "update-user", `{"userId":"%s","data":{"name":"Bobby"}}`, id).Want(200, "name", "Bobby")
		post(c, "set-role", `{"userId":"%s","role":["user","helper"]}`, id).Want(200, "user.role", "user,helper")
		b.Get("/get-session").Want(200, "user.name", "Bobby", "user.role", "user,helper")
		post(c, "revoke-user-session", `{"sessionToken":"%s"}`, token).Want(200, "success", true)
		if b.SignedIn() {
			t.Error("the session did not end")
		}
		b.SignIn(bob)
		post(c, "revoke-user-sessions", `{"userId":"%s"}`, id).Want(200, "success", true)
		post(c, "revoke-user-sessions", `{"userId":"nobody"}`).Want(200, "success", true)
		if b.SignedIn() {
			t.Error("the sessions did not end")
		}
		post(c, "set-user-password", `{"userId":"%s","newPassword":"password5678"}`, id).Want(200, "status", true)
		b.TrySignIn(bob, authtest.Password).Want(401)
		b.TrySignIn(bob, "password5678").Want(200)
		post(c, "ban-user", `{"userId":"%s"}`, id).Want(200, "user.banned", true, "user.banReason", "No reason", "user.banExpires", nil)
		if b.SignedIn() {
			t.Error("a banned user is signed in")
		}
		b.TrySignIn(bob, "password5678").WantCode(403, "BANNED_USER").WantNoCookie("better-auth.session_token")
		w.WantRows(1, "user", store.Is("banned", true))
		post(c, "unban-user", `{"userId":"%s"}`, id).Want(200, "user.banned", false, "user.banReason", nil)
		b.TrySignIn(bob, "password5678").Want(200)
		post(c, "remove-user", `{"userId":"%s"}`, id).Want(200, "success", true)
		post(c, "remove-user", `{"userId":"%s"}`, id).WantCode(404, "USER_NOT_FOUND")
		if b.SignedIn() {
			t.Error("a removed user is signed in")
		}
		w.WantRows(1, "user")
		w.WantRows(1, "account")
	})
}

// TestImpersonation: an administrator signs in as somebody else and back, on every database.
func TestImpersonation(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, admin.Options{})
		c, me := w.as(root, "admin")
		b, id := w.as(bob, "")
		post(c, "stop-impersonating", `{}`).Want(400, "message", "You are not impersonating anyone")
		post(c, "impersonate-user", `{"userId":"%s"}`, id).Want(200, "session.impersonatedBy", me, "user.email", bob).WantCookie("better-auth.admin_session")
		c.Get("/get-session").Want(200, "user.email", bob, "session.impersonatedBy", me)
		c.Get("/admin/list-users").WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS")
		b.Get("/list-sessions").Want(200, "", authtest.Len(1))
		post(c, "stop-impersonating", `{}`).Want(200, "user.email", root).WantCookie("better-auth.admin_session", "Max-Age=0")
		c.Get("/get-session").Want(200, "user.email", root)
		post(b, "impersonate-user", `{"userId":"%s"}`, me).WantCode(403, "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS")
		other := w.make(ann, "user,admin")
		post(c, "impersonate-user", `{"userId":"%s"}`, other).WantCode(403, "YOU_CANNOT_IMPERSONATE_ADMINS")
		post(c, "impersonate-user", `{"userId":"%s"}`, id).Want(200)
		w.Advance(61 * time.Minute)
		if c.SignedIn() {
			t.Error("an impersonation lasts more than an hour")
		}
	})
}

// TestBanEnds: a ban that is over is lifted by the next sign-in.
func TestBanEnds(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, admin.Options{DefaultBanExpiresIn: 60, DefaultBanReason: "because", BannedUserMessage: admin.BannedMessage{
			Func: func(_ context.Context, in admin.Banned) (string, error) {
				return in.User.Extra.Text("banReason"), nil
			},
		}})
		c, _ := w.as(root, "admin")
		b, id := w.as(bob, "")
		post(c, "ban-user", `{"userId":"%s"}`, id).Want(200, "user.banReason", "because")
		b.TrySignIn(bob, authtest.Password).Want(403, "code", "BANNED_USER", "message", "because")
		w.Advance(59 * time.Second)
		b.TrySignIn(bob, authtest.Password).Want(403)
		w.Advance(2 * time.Second)
		b.SignIn(bob)
		b.Get("/get-session").Want(200, "user.banned", false, "user.banReason", nil, "user.banExpires", nil)
		post(c, "ban-user", `{"userId":"%s","banExpiresIn":1e300}`, id).Want(400)
		if !b.SignedIn() {
			t.Error("a refused ban ended the sessions")
		}
	})
}

// TestCreate: who may create whom.
func TestCreate(t *testing.T) {
	w := open(t, auth.Options{}, admin.Options{
		Roles:        access.Roles{"admin": admin.Roles()["admin"], "user": {}, "maker": {"user": {"create"}}, "banner": {"user": {"create", "ban"}}},
		AdminUserIDs: []string{"the-root"},
	})
	c, _ := w.as(root, "admin")
	maker, _ := w.as("maker@example.com", "maker")
	banner, _ := w.as("banner@example.com", "banner")
	plain, _ := w.as(ann, "user")
	for i, test := range []struct {
		c          *authtest.Client
		more, code string
	}{
		{c, `"role":"maker"`, ""}, {c, `"data":{"role":["maker","user"]}`, ""}, {c, `"data":{"banned":true}`, ""}, {c, `"role":"ghost"`, "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE"},
		{c, `"data":{"role":7}`, "INVALID_ROLE_TYPE"}, {c, `"data":{"role":null}`, "INVALID_ROLE_TYPE"}, {c, `"data":{"id":"the-root"}`, "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS"},
		{maker, `"x":1`, ""}, {maker, `"role":"user"`, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE"}, {maker, `"data":{"role":"user"}`, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE"},
		{maker, `"data":{"banReason":"x"}`, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"}, {banner, `"data":{"banReason":"x"}`, ""}, {maker, `"data":{"id":"the-root"}`, "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS"},
		{plain, `"x":1`, "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS"}, {w.Client(), `"x":1`, ""},
		{c, `"email":"nothing"`, "INVALID_EMAIL"}, {c, `"email":"` + ann + `"`, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"},
	} {
		got := post(test.c, "create-user", `{"name":"N","email":"n%d@example.com",%s}`, i, test.more)
		switch {
		case len(test.c.Jar) == 0:
			got.Want(401)
		case test.code == "":
			got.Want(200)
		default:
			if got.Code() != test.code {
				t.Errorf("%s: %s, want %s", test.more, got, test.code)
			}
		}
	}
}

// TestRefusedOptions: roles that do not exist are found at the start.
func TestRefusedOptions(t *testing.T) {
	for want, o := range map[string]admin.Options{
		"":                         {AdminRoles: []string{"ADMIN"}, AC: admin.Statements(), Roles: admin.Roles()},
		`there is no role "ghost"`: {AdminRoles: []string{"admin", "ghost"}},
		`there is no role " user"`: {AdminRoles: []string{"admin", " user"}},
		`the resource "user" has no action "fly"`: {AC: admin.Statements(), Roles: access.Roles{"admin": {"user": {"fly"}}}},
	} {
		err := admin.New(o).Manifest().Init(nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestAdminRolesText: in a file, adminRoles may be a text.
func TestAdminRolesText(t *testing.T) {
	for text, want := range map[string]string{`"a,b"`: "[a b]", `["a","b"]`: "[a b]", `""`: "[]", `7`: "error"} {
		var r admin.RoleNames
		got := "error"
		if err := r.UnmarshalJSON([]byte(text)); err == nil {
			got = fmt.Sprint([]string(r))
		}
		if got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// TestOutage: while the database does not answer, a list is not said to be empty.
func TestOutage(t *testing.T) {
	var out authtest.Outage
	o := everywhere.Memory.Options(t)
	o.Database = out.Driver(o.Database)
	w := open(t, o, admin.Options{})
	c, _ := w.as(root, "admin")
	out.Begin(store.ErrUnavailable)
	c.Get("/admin/list-users").WantCode(503, "SERVICE_UNAVAILABLE")
	out.End()
	c.Get("/admin/list-users").Want(200, "total", 1.0)
}

// TestRacingCreate: of callers that create the same address one succeeds, and the others get the code for that.
func TestRacingCreate(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, admin.Options{})
		c, _ := w.as(root, "admin")
		var mu sync.Mutex
		var wg sync.WaitGroup
		created := 0
		for range 6 {
			wg.Go(func() {
				one := w.Client()
				one.Jar = c.Jar
				got := post(one, "create-user", `{"name":"B","email":"%s","password":"password1234"}`, bob)
				mu.Lock()
				defer mu.Unlock()
				if got.Status == 200 {
					created++
				} else if got.Code() != "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" {
					t.Error(got)
				}
			})
		}
		wg.Wait()
		if created != 1 {
			t.Errorf("%d were created", created)
		}
		w.WantRows(1, "user", store.Is("email", bob))
	})
}
