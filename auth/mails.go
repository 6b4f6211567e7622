package auth

import (
	"cmp"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/mail"
)

// The messages that the built-in sender mail writes for the core callbacks.

// SendInBackground calls a mail callback without delaying or failing the request: a failure is logged, and a webhook
// is not waited for. So neither the answer nor its time reveals whether a message was sent. option is the callback's
// path, for the log.
func SendInBackground[In any](c *Context, option string, send callback.Func[In, callback.Nothing], in In) {
	send.Aside(c, in, func(err error) {
		if err != nil {
			c.Log.ErrorContext(c, option+" failed", "error", err)
		}
	})
}

// VerificationLink returns the message to a user with a link that verifies an address. token is made for it. The link
// leads to callbackURL afterwards, or to "/" if that is empty.
func (c *Context) VerificationLink(user *User, token, callbackURL string) LinkMail {
	url := c.BaseURL + "/verify-email?token=" + token + "&callbackURL=" + cookie.EncodeURIComponent(cmp.Or(callbackURL, "/"))
	return LinkMail{User: user, URL: url, Token: token, Call: c}
}

// MailVerification sends the message that asks a user to verify the address, as a side effect of another call: see
// SendInBackground. It does nothing if the options have no callback for it.
func (c *Context) MailVerification(user *User, callbackURL string) {
	if send := c.Options.EmailVerification.SendVerificationEmail; send != nil {
		link := c.VerificationLink(user, c.VerificationToken(user.ID, user.Email), callbackURL)
		c.Emit(Event{Name: EmailVerificationSent, UserID: user.ID})
		SendInBackground(c, "emailVerification.sendVerificationEmail", send, link)
	}
}

// Mail implements [mail.Messager].
func (m LinkMail) Mail() mail.Message {
	return mail.Message{
		To: m.User.Email, URL: m.URL, Language: m.Call.ReaderLanguage(),
		Details: map[string]any{"user": map[string]any(m.User.Record()), "token": m.Token},
	}
}

// Mail implements [mail.Messager]. The message goes to the current address.
func (m ChangeMail) Mail() mail.Message {
	out := m.LinkMail.Mail()
	out.Details["newEmail"] = m.NewEmail
	return out
}

// Mail implements [mail.Messager].
func (e UserEvent) Mail() mail.Message {
	return mail.Message{
		To: e.User.Email, Language: e.Call.ReaderLanguage(),
		Details: map[string]any{"user": map[string]any(e.User.Record())},
	}
}

// ReaderLanguage returns the preferred languages of the caller's browser, or "" if it names none.
func (c *Context) ReaderLanguage() string {
	if c == nil {
		return ""
	}
	v, _ := c.RequestHeaderValue("Accept-Language")
	return cut(v, maxLanguage)
}
