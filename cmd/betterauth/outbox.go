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
	configFlags
	JSON bool `name:"json" help:"Print JSON, the messages whole."`
	Text bool `help:"Print the text of the messages too."`
	Last int  `default:"10" help:"How many messages, the newest first."`
}

// Run shows the messages that development kept instead of sending.
func (o *outboxCmd) Run(w *world) error {
	conf, err := w.read(o.configFlags)
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
	if srv.resources.Mail == nil || srv.resources.Mail.Box() == nil {
		return errors.New("there is no outbox: no option says mail, or the messages are really sent")
	}
	if srv.resources.DB == nil {
		return errors.New("without a database the outbox is in the memory of the server: look at its page")
	}
	kept, err := srv.resources.Mail.Box().List(w.ctx)
	if err != nil {
		return err
	}
	if o.Last > 0 && len(kept) > o.Last {
		kept = kept[:o.Last]
	}
	if o.JSON {
		return w.writeJSON(kept)
	}
	if len(kept) == 0 {
		fmt.Fprintln(w.stdout, "The outbox is empty.")
	}
	for i := range kept {
		printMessage(w.stdout, &kept[i])
		if o.Text {
			fmt.Fprintf(w.stdout, "\n    %s\n\n", strings.ReplaceAll(strings.TrimSpace(kept[i].Text), "\n", "\n    "))
		}
	}
	return nil
}

// printMessage says what a message was about, and its link or code.
func printMessage(out io.Writer, e *mail.Envelope) {
	fmt.Fprintf(out, "%s  to %s: %s\n", e.At.Local().Format("15:04:05"), e.To, e.Subject)
	for _, what := range []string{e.URL, e.Code} {
		if what != "" {
			fmt.Fprintf(out, "          %s\n", what)
		}
	}
}
