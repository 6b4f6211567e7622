package base

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
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
	user, err := c.Users.Update(c, c.Session.User.ID, change)
	if store.UnlessGone(err) != nil {
		return nil, err
	}
	reportProfile(c, change)
	if user == nil {
		user = c.Session.User.With(change)
	}
	return done, c.SetSessionCookie(auth.SignedIn{Session: c.Session.Session, User: user}, auth.RememberAsBefore)
})

// reportProfile reports what the user changed of the own profile.
func reportProfile(c *auth.Context, change store.Record) {
	id := c.Session.User.ID
	if _, image := change["image"]; image {
		c.Emit(auth.Event{Name: auth.ProfileImageUpdated, UserID: id})
		if len(change) == 1 {
			return
		}
	}
	fields := slices.Sorted(maps.Keys(change.Without("image", "updatedAt")))
	c.Emit(auth.Event{Name: auth.ProfileUpdated, UserID: id, Details: map[string]string{"fields": strings.Join(fields, ",")}})
}

// deletePrefix is the prefix of the identifiers of account deletion tokens.
const deletePrefix = "delete-account-"

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
		if err := c.ConfirmPassword(*in.Password, auth.CredentialAccountNotFound); err != nil {
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

func mailDeletion(c *auth.Context, in *deleteUserRequest) (*deleteUserAnswer, error) {
	o := c.Options.User.DeleteUser
	life := time.Duration(o.DeleteTokenExpiresIn) * time.Second
	token := secret.Random(32, "0-9", "a-z")
	if err := store.UnlessDropped(c.Once.Put(c, deletePrefix+token, c.Session.User.ID, c.Now().Add(life))); err != nil {
		return nil, err
	}
	target := "/"
	if in.CallbackURL != nil && *in.CallbackURL != "" {
		target = *in.CallbackURL
	}
	url := c.BaseURL + "/delete-user/callback?token=" + token + "&callbackURL=" + cookie.EncodeURIComponent(target)
	auth.SendInBackground(c, "user.deleteUser.sendDeleteAccountVerification", o.SendDeleteAccountVerification,
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
	if o.GracePeriod > 0 { // afterDelete is called when the period has passed
		if _, err := c.ScheduleDeletion(c, user.ID); store.UnlessGone(err) != nil {
			return nil, err
		}
		return &deleteUserAnswer{Success: true, Message: "User deleted"}, c.DeleteSessionCookie()
	}
	if err := deleteEverything(c, user.ID); err != nil {
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

// deleteEverything deletes the user with all accounts and sessions in one transaction. If delete hooks are set, it
// deletes them one after another without a transaction, as in the reference, because the effect of a hook cannot be
// rolled back.
func deleteEverything(c *auth.Context, id string) error {
	all := func(c *auth.Context) error {
		if err := store.UnlessDropped(c.Users.Delete(c, id)); err != nil {
			return err
		}
		c.Emit(auth.Event{Name: auth.UserDeleted, UserID: id})
		return c.Sessions.EndAll(c, id)
	}
	if c.HasDeleteHooks() {
		return all(c)
	}
	return c.Tx(all)
}

func deleteWithToken(c *auth.Context, token string) (*deleteUserAnswer, error) {
	proof, err := c.Once.Take(c, deletePrefix+token)
	if errors.Is(err, store.ErrNotFound) || err == nil && proof.Text != c.Session.User.ID {
		return nil, auth.NotFound(auth.InvalidToken)
	}
	if err != nil {
		return nil, err
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
	ID: "deleteUserCallback", Methods: []string{http.MethodGet}, Path: "/delete-user/callback", Session: auth.Public,
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
