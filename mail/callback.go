package mail

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/callback"
)

// Callback is what a file's word mail means, in Go: the value of an option that
// sends. event is the option's name, which tells the template:
//
//	SendResetPassword: mail.Callback[auth.LinkMail](m, "emailAndPassword.sendResetPassword")
func Callback[In Messager](m *Mailer, event string) callback.Func[In, callback.Nothing] {
	return func(_ context.Context, in In) (callback.Nothing, error) {
		return callback.Nothing{}, m.Send(event, in.Mail())
	}
}
