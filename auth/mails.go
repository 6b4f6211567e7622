package auth

import (
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/mail"
)

// What the built-in sender mail makes of the core's callbacks.

// SendInBackground calls a sender along the way of c, which option names: a failure is
// logged and does not fail the call, and a webhook is not waited for, so that
// neither answer nor time tells whether anything was sent.
func SendInBackground[In any](c *Context, option string, send callback.Func[In, callback.Nothing], in In) {
	send.Aside(c, in, func(err error) {
		if err != nil {
			c.Log.ErrorContext(c, option+" failed", "error", err)
		}
	})
}

// Mail implements [mail.Messager].
func (m LinkMail) Mail() mail.Message {
	return mail.Message{
		To: m.User.Email, URL: m.URL, Language: m.Call.ReaderLanguage(),
		Details: map[string]any{"user": map[string]any(m.User.Record()), "token": m.Token},
	}
}

// Mail implements [mail.Messager]: the present address is asked.
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

// ReaderLanguage is what the caller's browser prefers to read, "" when it does
// not say.
func (c *Context) ReaderLanguage() string {
	if c == nil {
		return ""
	}
	v, _ := c.RequestHeaderValue("Accept-Language")
	return cut(v, maxLanguage)
}
