package base

import (
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

var updateUser = auth.Handle(auth.Route{
	ID: "updateUser", Methods: []string{http.MethodPost}, Path: "/update-user", Session: auth.RequireSession,
	Summary: "Update the current user",
}, func(c *auth.Context, in *recordRequest) (*statusAnswer, error) {
	if email, _ := in.Body.Get("email"); js.Truthy(email) {
		return nil, auth.BadRequest(auth.EmailCanNotBeUpdated)
	}
	rest := in.Body.Clone()
	rest.Delete("name")
	rest.Delete("image")
	change, err := c.ParseInput("user", rest, false)
	if err != nil {
		return nil, err
	}
	for _, core := range []string{"name", "image"} {
		if v, ok := in.Body.Get(core); ok {
			change[core] = v
		}
	}
	if len(change) == 0 {
		return nil, auth.Status(http.StatusBadRequest, "No fields to update")
	}
	user, err := c.UpdateUser(c, c.Session.UserID(), change)
	if err != nil {
		return nil, err
	}
	if user == nil {
		user = merged(c.Session.User, change)
	}
	return done, c.SetSessionCookie(auth.SignedIn{Session: c.Session.Session, User: user}, nil)
})

type deleteUserRequest struct {
	CallbackURL *string `json:"callbackURL,omitempty" doc:"The callback URL to redirect to after the user is deleted"`
	Password    *string `json:"password,omitempty" doc:"The password of the user is required to delete the user"`
	Token       *string `json:"token,omitempty" doc:"The token to delete the user is required"`
}

type deleteUserAnswer struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

var deleteUser = auth.Handle(auth.Route{
	ID: "deleteUser", Methods: []string{http.MethodPost}, Path: "/delete-user", Session: auth.StoredSession,
	Summary: "Delete the user",
}, removeUser)

func removeUser(c *auth.Context, in *deleteUserRequest) (*deleteUserAnswer, error) {
	o := c.Options.User.DeleteUser
	if !o.Enabled {
		return nil, auth.Fail(http.StatusNotFound, auth.Code{})
	}
	withPassword := in.Password != nil && *in.Password != ""
	if withPassword {
		if err := confirmPassword(c, *in.Password); err != nil {
			return nil, err
		}
	}
	if in.Token != nil && *in.Token != "" {
		return deleteWithToken(c, *in.Token)
	}
	if o.SendDeleteAccountVerification != nil {
		return mailDeletion(c, in)
	}
	if !withPassword && !c.IsFresh(c.Session) {
		return nil, auth.BadRequest(auth.SessionExpired)
	}
	return deleteNow(c)
}

func confirmPassword(c *auth.Context, password string) error {
	if err := c.CheckPasswordNotTooLong(password); err != nil {
		return err
	}
	account, err := c.FindCredential(c, c.Session.UserID())
	if err != nil {
		return err
	}
	if str(account, "password") == "" {
		return auth.BadRequest(auth.CredentialAccountNotFound)
	}
	return matchPassword(c, account, password)
}

// matchPassword refuses a password that is not that of the account of who is
// signed in.
func matchPassword(c *auth.Context, account store.Record, password string) error {
	if err := c.TryOwnPassword(); err != nil {
		return err
	}
	right, err := c.CheckPassword(c, account, password)
	if err != nil {
		return err
	}
	if !right {
		return auth.BadRequest(auth.InvalidPassword)
	}
	return c.OwnPasswordRight()
}

func mailDeletion(c *auth.Context, in *deleteUserRequest) (*deleteUserAnswer, error) {
	o := c.Options.User.DeleteUser
	life := time.Duration(o.DeleteTokenExpiresIn) * time.Second
	token := secret.Random(32, "0-9", "a-z")
	if _, err := c.CreateVerification(c, "delete-account-"+token, c.Session.UserID(), c.Now().Add(life)); err != nil {
		return nil, err
	}
	target := "/"
	if in.CallbackURL != nil && *in.CallbackURL != "" {
		target = *in.CallbackURL
	}
	url := c.BaseURL + "/delete-user/callback?token=" + token + "&callbackURL=" + cookie.EncodeURIComponent(target)
	auth.TellAside(c, "user.deleteUser.sendDeleteAccountVerification", o.SendDeleteAccountVerification,
		auth.LinkMail{User: c.Session.User, URL: url, Token: token, Call: c})
	return &deleteUserAnswer{Success: true, Message: "Verification email sent"}, nil
}

func deleteNow(c *auth.Context) (*deleteUserAnswer, error) {
	o, user := c.Options.User.DeleteUser, c.Session.User
	tell := auth.UserRequest{User: user, Call: c}
	if o.BeforeDelete != nil {
		if _, err := o.BeforeDelete(c, tell); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	id := str(user, "id")
	if err := deleteEverything(c, id); err != nil {
		return nil, err
	}
	if err := c.DeleteSessionCookie(); err != nil {
		return nil, err
	}
	if o.AfterDelete != nil {
		if _, err := o.AfterDelete(c, tell); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	return &deleteUserAnswer{Success: true, Message: "User deleted"}, nil
}

// deleteEverything deletes user, accounts and sessions, all or none: but where
// delete hooks listen, they hear of each as it goes, as in the reference, and
// what they have heard of can't be taken back.
func deleteEverything(c *auth.Context, id string) error {
	all := func(c *auth.Context) error {
		if err := c.DeleteUser(c, id); err != nil {
			return err
		}
		return c.DeleteUserSessions(c, id)
	}
	if c.HasDeleteHooks() {
		return all(c)
	}
	return c.Tx(all)
}

func deleteWithToken(c *auth.Context, token string) (*deleteUserAnswer, error) {
	proof, err := c.TakeVerification(c, "delete-account-"+token)
	if err != nil {
		return nil, err
	}
	if proof == nil || str(proof, "value") != c.Session.UserID() {
		return nil, auth.NotFound(auth.InvalidToken)
	}
	return deleteNow(c)
}

type deleteCallbackRequest struct {
	Token       string  `query:"token" doc:"The token to verify the deletion request"`
	CallbackURL *string `query:"callbackURL,omitempty" doc:"The URL to redirect to after deletion"`
}

func deleteLanding(o *auth.Options) *auth.LandingPage {
	if !o.User.DeleteUser.LandingPage {
		return nil
	}
	return &auth.LandingPage{
		Title: "Delete your account?", Text: "Press the button to delete your " + o.AppName + " account. This cannot be undone.",
		Button: "Delete my account", Note: "If you want to keep it, close the page: nothing has changed.",
	}
}

var deleteUserCallback = auth.Handle(auth.Route{
	ID: "deleteUserCallback", Methods: []string{http.MethodGet}, Path: "/delete-user/callback",
	Summary: "Callback to complete user deletion with verification token", Landing: deleteLanding,
}, func(c *auth.Context, in *deleteCallbackRequest) (*deleteUserAnswer, error) {
	if in.CallbackURL != nil {
		if err := c.CheckCallback(*in.CallbackURL); err != nil {
			return nil, err
		}
	}
	if !c.Options.User.DeleteUser.Enabled {
		return nil, auth.NotFound(auth.Code{Name: "NOT_FOUND", Message: "Not found"})
	}
	s, err := c.CurrentSession(auth.Lookup{NoCache: c.Stateful()})
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, auth.NotFound(auth.FailedToGetUserInfo)
	}
	out, err := deleteWithToken(c, in.Token)
	if err == nil && in.CallbackURL != nil && *in.CallbackURL != "" {
		return nil, auth.Redirect(*in.CallbackURL)
	}
	return out, err
})
