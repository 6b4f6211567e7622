package mail

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/callback"
)

// Callback returns the callback that the word mail stands for in a config file.
// event is the name of the option, which determines the template:
//
//	SendResetPassword: mail.Callback[auth.LinkMail](m, "emailAndPassword.sendResetPassword")
func Callback[In Messager](m *Mailer, event string) callback.Func[In, callback.Nothing] {
	return func(_ context.Context, in In) (callback.Nothing, error) {
		return callback.Nothing{}, m.Send(event, in.Mail())
	}
}
