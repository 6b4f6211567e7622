package auth

import (
	"github.com/seed-32bd42cb/betterauth/callback"
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
