package authtest

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
)

// Password is the password of users created by [Client.SignUp].
const Password = "password1234"

// PlainPasswords returns o with a trivial password hash, "plain:" before the
// password, so that tests do not spend their time on hashing.
func PlainPasswords(o auth.Options) auth.Options {
	o.EmailAndPassword.Password = auth.PasswordFuncs{
		Hash: func(_ context.Context, password string) (string, error) { return "plain:" + password, nil },
		Verify: func(_ context.Context, in auth.PasswordCheck) (bool, error) {
			return in.Hash == "plain:"+in.Password, nil
		},
	}
	return o
}

// SignUp creates a user named Test with [Password] and signs it in. The test ends
// if that fails.
func (c *Client) SignUp(email string) *Answer {
	c.Server.T.Helper()
	return c.SignUpAs("Test", email)
}

// SignUpAs is SignUp with another name.
func (c *Client) SignUpAs(name, email string) *Answer {
	c.Server.T.Helper()
	return c.must("/sign-up/email", map[string]any{"name": name, "email": email, "password": Password})
}

// SignIn signs a user in with [Password]. The test ends if that fails.
func (c *Client) SignIn(email string) *Answer {
	c.Server.T.Helper()
	return c.must("/sign-in/email", map[string]any{"email": email, "password": Password})
}

// TrySignIn tries to sign in and returns the answer.
func (c *Client) TrySignIn(email, password string) *Answer {
	c.Server.T.Helper()
	return c.Post("/sign-in/email", c.text(map[string]any{"email": email, "password": password}))
}

// SignedIn reports whether get-session returns a session for this browser.
func (c *Client) SignedIn() bool {
	c.Server.T.Helper()
	got := c.Get("/get-session")
	if got.Status != http.StatusOK {
		got.fail("got %d, want 200", got.Status)
	}
	return got.Status == http.StatusOK && got.Body != "null"
}

func (c *Client) must(path string, body map[string]any) *Answer {
	c.Server.T.Helper()
	a := c.Post(path, c.text(body))
	if a.Status != http.StatusOK {
		c.Server.T.Fatalf("POST %s: %d %s", path, a.Status, a.Body)
	}
	return a
}

func (c *Client) text(body map[string]any) string {
	c.Server.T.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.Server.T.Fatal(err)
	}
	return string(text)
}
