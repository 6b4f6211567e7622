package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/seed-32bd42cb/betterauth/mail"
)

type outboxCmd struct {
	List   outboxListCmd   `cmd:"" default:"withargs" help:"Show the messages that development kept, or those that could not be sent."`
	Retry  outboxRetryCmd  `cmd:"" help:"Send messages again that could not be sent. A running server does so within ten seconds."`
	Delete outboxDeleteCmd `cmd:"" help:"Delete messages that could not be sent."`
}

type outboxListCmd struct {
	configFlags
	JSON bool `name:"json" help:"Print whole messages as JSON."`
	Text bool `help:"Also print the text of the messages."`
	Last int  `default:"10" help:"Number of messages, newest first."`
}

// Run prints the messages that development kept instead of sending, or those that
// were given up.
func (o *outboxListCmd) Run(w *world) error {
	return withMail(w, o.configFlags, func(m *mail.Mailer) error {
		if o.Last <= 0 {
			o.Last = mostLetters
		}
		if m.Box() != nil {
			return o.kept(w, m.Box())
		}
		return o.failed(w, m)
	})
}

// withMail opens the server's mailer. It sends nothing.
func withMail(w *world, flags configFlags, run func(m *mail.Mailer) error) error {
	conf, err := w.read(flags)
	if err != nil {
		return err
	}
	if err := conf.keepSecret(w); err != nil {
		return err
	}
	srv, err := conf.open(w, conf.logger(w, slog.LevelWarn))
	if err != nil {
		return err
	}
	defer srv.Close()
	m := srv.resources.Mail
	if m == nil {
		return errors.New("there is no outbox: no option uses mail")
	}
	if m.Box() != nil && srv.resources.DB == nil {
		return errors.New("without a database the outbox is in the memory of the server: open its page")
	}
	return run(m)
}

func (o *outboxListCmd) kept(w *world, box mail.Box) error {
	kept, err := box.List(w.ctx)
	if err != nil {
		return err
	}
	kept = kept[:min(len(kept), o.Last)]
	if o.JSON {
		return w.writeJSON(kept)
	}
	if len(kept) == 0 {
		fmt.Fprintln(w.stdout, "The outbox is empty.")
	}
	for i := range kept {
		printMessage(w.stdout, &kept[i])
		o.text(w, &kept[i])
	}
	return nil
}

func (o *outboxListCmd) failed(w *world, m *mail.Mailer) error {
	letters, err := m.Failed(w.ctx, o.Last)
	if err != nil {
		return err
	}
	if o.JSON {
		return w.writeJSON(letters)
	}
	if len(letters) == 0 {
		fmt.Fprintln(w.stdout, "No message was given up.")
	}
	for i := range letters {
		l := &letters[i]
		what := "cannot be read"
		if l.Message != nil {
			what = fmt.Sprintf("to %s: %s", l.Message.To, l.Message.Subject)
		}
		fmt.Fprintf(w.stdout, "%s  %s  %s\n    after %d attempts: %s\n", l.ID, l.Created.Local().Format("2006-01-02 15:04"), what, l.Attempts, l.Cause)
		if l.Message != nil {
			o.text(w, l.Message)
		}
	}
	return nil
}

func (o *outboxListCmd) text(w *world, e *mail.Envelope) {
	if o.Text {
		fmt.Fprintf(w.stdout, "\n    %s\n\n", strings.ReplaceAll(strings.TrimSpace(e.Text), "\n", "\n    "))
	}
}

// printMessage prints what a message is about, and its link or code.
func printMessage(out io.Writer, e *mail.Envelope) {
	fmt.Fprintf(out, "%s  to %s: %s\n", e.At.Local().Format("15:04:05"), e.To, e.Subject)
	for _, what := range []string{e.URL, e.Code} {
		if what != "" {
			fmt.Fprintf(out, "          %s\n", what)
		}
	}
}

// letterArgs select messages that were given up.
type letterArgs struct {
	configFlags
	IDs []string `arg:"" optional:"" name:"id" help:"Ids, as outbox list shows them."`
	All bool     `help:"All of them."`
}

func (l *letterArgs) each(w *world, done string, do func(m *mail.Mailer, id string) error) error {
	if (len(l.IDs) > 0) == l.All {
		return errors.New("name the ids of messages, or use --all")
	}
	return withMail(w, l.configFlags, func(m *mail.Mailer) error {
		if m.Box() != nil {
			return errors.New("the outbox of development sends nothing, so no message was given up")
		}
		ids := l.IDs
		if l.All {
			letters, err := m.Failed(w.ctx, mostLetters)
			if err != nil {
				return err
			}
			for i := range letters {
				ids = append(ids, letters[i].ID)
			}
		}
		var errs []error
		for _, id := range ids {
			if err := do(m, id); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", id, err))
				continue
			}
			fmt.Fprintf(w.stdout, "%s: %s\n", id, done)
		}
		return errors.Join(errs...)
	})
}

// mostLetters is the largest number of messages for one command.
const mostLetters = 1000

type outboxRetryCmd struct{ letterArgs }

// Run puts messages back into the queue.
func (o *outboxRetryCmd) Run(w *world) error {
	return o.each(w, "will be sent again", func(m *mail.Mailer, id string) error { return m.SendAgain(w.ctx, id) })
}

type outboxDeleteCmd struct{ letterArgs }

// Run deletes messages.
func (o *outboxDeleteCmd) Run(w *world) error {
	return o.each(w, "deleted", func(m *mail.Mailer, id string) error { return m.Discard(w.ctx, id) })
}
