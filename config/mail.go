package config

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/plugin/mailer"
)

// byMail is the name of the built-in mail callback in a file.
const byMail = "mail"

// builtins returns the callbacks that the file may choose by name. The mailer is opened after the file is read, so
// its name is bound to the file first.
func (l Loader) builtins(f *File) map[string]callback.Builtin {
	known := map[string]callback.Builtin{byMail: func(ctx context.Context, event string, in any) (any, error) {
		if f.mailer == nil {
			return nil, fmt.Errorf("config: %s: mail is not open", event)
		}
		return f.mailer.Builtin()(ctx, event, in)
	}}
	maps.Copy(known, l.Builtins)
	return known
}

// note records where the file uses mail, and refuses it for callbacks that send no message.
func (d *decoder) note(path string, b callback.Binder) {
	named, ok := b.(interface{ Builtin() string })
	if !ok || named.Builtin() != byMail {
		return
	}
	name := path[strings.LastIndexByte(path, '.')+1:]
	if !strings.HasPrefix(name, "send") && name != "onPasswordReset" && name != "onExistingUserSignUp" {
		d.fail(path, position{}, "sends nothing, so it cannot be mail; say { webhook: https://… }")
		return
	}
	d.mailed = append(d.mailed, path)
}

// settleMail compares the part mail with the options that use mail.
func (f *File) settleMail(d *decoder, dir string) {
	production := f.Options.Mode == auth.Production
	switch {
	case f.Mail == nil && len(d.mailed) == 0:
		return
	case f.Mail == nil && production:
		d.fail(byMail, position{}, "is needed, because %s is sent by mail: say mail: { from, smtp: { host, user, password } }", strings.Join(d.mailed, ", "))
		return
	case f.Mail == nil:
		f.Mail = &mail.Config{Outbox: true}
	}
	if err := f.Mail.Check(); err != nil {
		for line := range strings.Lines(err.Error()) {
			d.fail(byMail, position{}, "%s", strings.TrimSpace(strings.TrimPrefix(line, "mail: ")))
		}
	}
	if f.Mail.Outbox && production {
		d.fail("mail.outbox", position{}, "stores messages and sends none; it is for development, so use smtp or webhook in production")
	}
	if f.Mail.Templates != "" && !filepath.IsAbs(f.Mail.Templates) {
		f.Mail.Templates = filepath.Join(dir, f.Mail.Templates)
	}
	if f.mails = len(d.mailed) > 0; !f.mails {
		d.notes = append(d.notes, "mail is set up, but no option says mail, as in emailAndPassword: { sendResetPassword: mail }")
	}
}

// openMail creates the mailer of the file and connects it to the server.
func (f *File) openMail(r Runtime, res *Resources, o *auth.Options) error {
	if !f.mails {
		return nil
	}
	s := mail.Settings{Config: *f.Mail, Now: r.Now, Log: r.Log, Print: r.Mailed}
	table := res.DB != nil && !r.ForeignDatabase && (s.Queue == "" || s.Queue == "database" || s.Outbox)
	switch {
	case s.Queue == "database" && !table:
		return fmt.Errorf("mail.queue is database, but there is no database")
	case s.Queue == "secondary-storage" && res.KV == nil:
		return fmt.Errorf("mail.queue is secondary-storage, but there is no secondaryStorage")
	case s.Outbox, table:
	case res.KV != nil && s.Queue != "memory":
		s.Keep = mail.NewKVQueue(res.KV)
	}
	m, err := mail.New(s)
	if err != nil {
		return err
	}
	f.mailer, res.Mail = m, m
	res.closers = append(res.closers, m.Close)
	o.Plugins = append([]auth.Plugin{mailer.New(mailer.Options{Mailer: m, Table: table})}, o.Plugins...)
	return nil
}
