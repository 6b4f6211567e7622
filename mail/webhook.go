package mail

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/callback"
)

// webhookSender posts {"event":"mail.webhook","data":[envelope]}, signed if the
// webhook has a secret.
type webhookSender struct {
	hook callback.Func[*Envelope, callback.Nothing]
}

// Send implements [Sender].
func (s webhookSender) Send(ctx context.Context, e *Envelope) error {
	_, err := s.hook(ctx, e)
	return err
}
