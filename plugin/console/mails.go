package console

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/mail"
)

type mailRequest struct {
	_     struct{} `query:"optional"`
	Limit int      `query:"limit,omitempty" coerce:"true" format:"int" minimum:"1" maximum:"200" default:"50"`
}

type mailAnswer struct {
	Waiting  int       `json:"waiting"`
	Failed   int       `json:"failed"`
	Messages []message `json:"messages"`
	May      bool      `json:"may"` // the caller may send and delete messages
}

// message is a message without its words.
type message struct {
	ID        string    `json:"id"`
	State     string    `json:"state"` // waiting, failed or outbox
	To        string    `json:"to"`
	Subject   string    `json:"subject"` // without the code
	Kind      string    `json:"kind"`
	Attempts  int       `json:"attempts"`
	LastError string    `json:"lastError"`
	At        time.Time `json:"at"`
}

// mails is the guard of endpoints about the mail queue.
func (p *Plugin) mails(*auth.Context) error {
	if p.mailer() == nil {
		return auth.NotFound(PluginMissing)
	}
	return nil
}

func (p *Plugin) listMail() auth.Endpoint {
	return read(p, "consoleMail", "/mail", "List the messages that wait or could not be sent", func(c *auth.Context, in *mailRequest) (*mailAnswer, error) {
		survey, err := p.mailer().Survey(c, in.Limit)
		if err != nil {
			return nil, err
		}
		out := &mailAnswer{Waiting: survey.Waiting, Failed: survey.Failed, Messages: make([]message, len(survey.Messages)), May: p.rightsOf(c.Session.User).Mail}
		for i, n := range survey.Messages {
			state := n.State
			if state == "queued" {
				state = "waiting"
			}
			out.Messages[i] = message{n.ID, state, n.To, n.Subject, n.Kind, n.Attempts, n.Cause, n.At}
		}
		return out, nil
	}, p.mails)
}

type idsRequest struct {
	IDs []string `json:"ids" minLength:"1" maxLength:"200"`
}

type doneAnswer struct {
	Done   int      `json:"done"`
	Failed []string `json:"failed"` // ids of which there is no message
}

func (p *Plugin) retryMail() auth.Endpoint {
	return act(p, "consoleRetryMail", "/mail/retry", "Send messages again that could not be sent", func(c *auth.Context, in *idsRequest) (*doneAnswer, error) {
		return each(c, in.IDs, MailRetried, func(ctx context.Context, id string) (bool, error) {
			err := p.mailer().SendAgain(ctx, id)
			if errors.Is(err, mail.ErrNoLetter) || errors.Is(err, mail.ErrNotKept) {
				return false, nil
			}
			return err == nil, err
		})
	}, p.mails, p.administrator)
}

func (p *Plugin) deleteMail() auth.Endpoint {
	return act(p, "consoleDeleteMail", "/mail/delete", "Delete messages", func(c *auth.Context, in *idsRequest) (*doneAnswer, error) {
		return each(c, in.IDs, MailDeleted, p.mailer().Drop)
	}, p.mails, p.administrator)
}

// each does something with messages and reports how many there were. What was done before a failure is reported too.
func each(c *auth.Context, ids []string, event string, do func(ctx context.Context, id string) (bool, error)) (*doneAnswer, error) {
	out := &doneAnswer{Failed: []string{}}
	var failure error
	for _, id := range ids {
		done, err := do(c, id)
		if err != nil {
			failure = err
			break
		}
		if done {
			out.Done++
		} else {
			out.Failed = append(out.Failed, id)
		}
	}
	if out.Done > 0 {
		c.Emit(auth.Event{Name: event, Details: map[string]string{"messages": strconv.Itoa(out.Done)}})
	}
	if failure != nil {
		return nil, failure
	}
	return out, nil
}
