package flow

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// LinkAccount ends a flow that links an account to a signed-in user. code and message are the error for the browser;
// code is "" if the account was linked.
func LinkAccount(c *auth.Context, link *Link, account *Account, user, profile *js.Object) (code, message string, err error) {
	live, err := link.live(c)
	if err != nil {
		return "", "", err
	}
	if !live {
		return UnableToLinkAccount, "", nil
	}
	verified := oauth.IsTrue(oauth.Member(user, "emailVerified"))
	user = oauth.Spread(user, js.Obj("emailVerified", verified))
	if code, message, err = validateLink(c, link, account, user, profile); code != "" || err != nil {
		return code, message, err
	}
	linking := c.Options.Account.AccountLinking
	trusted, err := c.TrustsProvider(account.ProviderID)
	if err != nil {
		return "", "", err
	}
	if !trusted && !verified || linking.Enabled != nil && !*linking.Enabled {
		c.Log.ErrorContext(c, "the account was not linked: its provider is not trusted", "provider", account.ProviderID)
		return UnableToLinkAccount, "", nil
	}
	email, told := oauth.Member(user, "email").(string)
	same := told && auth.LowerCase(email) == auth.LowerCase(link.Email)
	if !same && !linking.AllowDifferentEmails {
		return EmailDoesNotMatch, "", nil
	}
	if code, err = keepLinked(c, link, account); code != "" || err != nil {
		return code, "", err
	}
	ApplyProfile(c, link.UserID, user)
	return "", "", nil
}

func validateLink(c *auth.Context, link *Link, account *Account, user, profile *js.Object) (code, message string, err error) {
	told := record(oauth.Spread(user, js.Obj("id", link.UserID)))
	if told["email"] == nil {
		delete(told, "email")
	}
	source := js.Obj("action", "link-account", "method", "oauth", "oauth", js.Obj("providerId", account.ProviderID, "profile", profile))
	if err = c.ValidateUser(told, source); err == nil {
		return "", "", nil
	}
	if code, message, ok := auth.Refusal(err); ok {
		return code, message, nil
	}
	return "", "", err
}

func keepLinked(c *auth.Context, link *Link, account *Account) (code string, err error) {
	have, err := c.Accounts.FindAt(c, account.ProviderID, account.AccountID)
	if err != nil {
		return "", err
	}
	if have == nil {
		row, err := account.row(c, link.UserID)
		if err != nil {
			return "", err
		}
		if _, err = c.Accounts.Link(c, row); errors.Is(err, store.ErrDropped) {
			return UnableToLinkAccount, nil
		}
		if err == nil {
			c.Emit(auth.Event{Name: auth.AccountLinked, UserID: link.UserID, Method: account.ProviderID})
		}
		return "", err
	}
	if have.UserID != link.UserID {
		return LinkedToDifferentUser, nil
	}
	change, err := account.fields(c)
	if err != nil {
		return "", err
	}
	if scope := oauth.MergeScopes(have.Scope, account.Tokens.Scopes); scope != "" {
		change["scope"] = scope
	}
	_, err = c.Accounts.Update(c, have.ID, change)
	return "", store.UnlessGone(err)
}

// ApplyProfile copies the profile of a newly linked provider to the user, if accountLinking.updateUserInfoOnLink is
// set. Address and verification stay the same, because a link must not change the identity of a user. It returns the
// changed user, or nil if nothing was changed. A failure does not undo the link.
func ApplyProfile(c *auth.Context, userID string, user *js.Object) *auth.User {
	if !c.Options.Account.AccountLinking.UpdateUserInfoOnLink {
		return nil
	}
	change, err := profileFields(c, user, false)
	if err == nil {
		var updated *auth.User
		if updated, err = c.Users.Update(c, userID, change); err == nil {
			return updated
		}
	}
	if !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrDropped) {
		c.Log.WarnContext(c, "the profile of the linked provider could not be stored", "error", err)
	}
	return nil
}

// profileFields returns the fields of a user's row that a provider may set: name, image and the added fields that
// input may set.
func profileFields(c *auth.Context, user *js.Object, create bool) (store.Record, error) {
	rest := user.Clone()
	for _, name := range []string{"id", "email", "emailVerified", "name", "image"} {
		rest.Delete(name)
	}
	for _, col := range c.Store.Table("user").Columns {
		if col.ReadOnly {
			rest.Delete(col.Name)
		}
	}
	row, err := c.ParseInput("user", present(rest), create)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"name", "image"} {
		if v := oauth.Member(user, name); !isUndefined(v) {
			row[name] = v
		}
	}
	c.FitProfile(row)
	return row, nil
}

// present returns o without undefined members.
func present(o *js.Object) *js.Object {
	out := js.NewObject()
	for name, v := range o.All() {
		if !isUndefined(v) {
			out.Set(name, v)
		}
	}
	return out
}

func isUndefined(v any) bool { _, undefined := v.(js.Undefined); return undefined }

func record(o *js.Object) store.Record {
	row := store.Record{}
	for name, v := range present(o).All() {
		row[name] = v
	}
	return row
}
