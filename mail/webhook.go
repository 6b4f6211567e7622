package mail

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/callback"
)

// webhookSender posts {"event":"mail.webhook","data":[envelope]}, signed if the
// webhook has a secret.
type webhookSender struct {
	hook callback.Func[*Envelope, callback.Nothing]
}

// Send implements [Sender]. Only an answer about the message itself is final. An
// unknown address or signature can be fixed by the operator, so the message is
// tried again.
func (s webhookSender) Send(ctx context.Context, e *Envelope) error {
	_, err := s.hook(ctx, e)
	var said *callback.APIError
	if !errors.As(err, &said) {
		return err
	}
	switch said.Status {
	case http.StatusBadRequest, http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}
