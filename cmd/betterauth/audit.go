package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/auditlog"
)

type auditCmd struct {
	Tail   auditTailCmd   `cmd:"" help:"Show the newest entries, and new ones as they come with --follow."`
	Verify auditVerifyCmd `cmd:"" help:"Check that no entry was changed or removed."`
	Export auditExportCmd `cmd:"" help:"Print the log as JSON, one entry on each line."`
}

// auditLog opens the server and its audit log.
func (w *world) auditLog(f configFlags) (*server, *auditlog.Plugin, error) {
	srv, err := w.users(f)
	if err != nil {
		return nil, nil, err
	}
	log, ok := auth.Find[*auditlog.Plugin](srv.Auth)
	if !ok {
		srv.Close()
		return nil, nil, errors.New("there is no audit log: add the plugin audit-log to the config file (plugins: { audit-log: {} })")
	}
	return srv, log, nil
}

type auditTailCmd struct {
	configFlags
	Lines  int  `short:"n" default:"20" help:"Number of entries to show first."`
	Follow bool `short:"f" help:"Keep running and show new entries."`
	JSON   bool `name:"json" help:"Print each entry as JSON."`
}

// followEvery is the pause between two looks for new entries.
const followEvery = time.Second

// Run shows the newest entries.
func (a *auditTailCmd) Run(w *world) error {
	if a.Lines < 0 {
		return errors.New("--lines must not be negative")
	}
	srv, log, err := w.auditLog(a.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	rows, err := log.Newest(w.ctx, a.Lines)
	if err != nil {
		return err
	}
	after := 0
	show := func(e *auditlog.Entry) error {
		after = e.Seq
		return a.print(w.stdout, e)
	}
	for _, e := range rows {
		if err := show(e); err != nil {
			return err
		}
	}
	if after == 0 && a.Follow { // with -n 0, start at the end
		if last, err := log.Newest(w.ctx, 1); err != nil {
			return err
		} else if len(last) > 0 {
			after = last[0].Seq
		}
	}
	for a.Follow {
		select {
		case <-w.ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
		if err := log.Each(w.ctx, after, show); err != nil {
			return err
		}
	}
	return nil
}

func (a *auditTailCmd) print(to io.Writer, e *auditlog.Entry) error {
	if a.JSON {
		_, err := fmt.Fprintf(to, "%s\n", e.JSON())
		return err
	}
	line := fmt.Sprintf("%6d  %s  %s", e.Seq, e.CreatedAt.UTC().Format("2006-01-02 15:04:05"), e.EventType)
	for _, part := range []struct {
		name  string
		value *string
	}{
		{"user", e.UserID}, {"by", e.ActorID}, {"organization", e.OrganizationID}, {"method", e.Method}, {"ip", e.IPAddress}, {"data", e.EventData},
	} {
		if part.value != nil {
			line += "  " + part.name + "=" + plain(*part.value)
		}
	}
	_, err := fmt.Fprintln(to, line)
	return err
}

type auditVerifyCmd struct {
	configFlags
	Expect string `placeholder:"HASH" help:"Hash of an entry that must be in the log, as printed by an earlier verify."`
}

// Run checks the log.
func (a *auditVerifyCmd) Run(w *world) error {
	srv, log, err := w.auditLog(a.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	report, err := log.Verify(w.ctx, func(read int) { fmt.Fprintf(w.stderr, "%d entries read\n", read) })
	if err != nil {
		return fmt.Errorf("the audit log is not intact: %w", err)
	}
	if a.Expect != "" {
		found := false
		if err := log.Each(w.ctx, 0, func(e *auditlog.Entry) error { found = found || e.Hash == a.Expect; return nil }); err != nil {
			return err
		}
		if !found {
			return errors.New("the audit log is not intact: no entry has the expected hash, so the log was rewritten or cut off, or the entry is older than the option retention")
		}
	}
	if report.Entries == 0 {
		fmt.Fprintln(w.stdout, "The audit log is empty.")
		return nil
	}
	fmt.Fprintf(w.stdout, "%d entries, numbers %d to %d: none was changed or removed.\nHash of the last entry: %s\n", report.Entries, report.First, report.Last, report.Hash)
	return nil
}

type auditExportCmd struct {
	configFlags
	After int `help:"Number of the entry after which to begin, such as the last one of an earlier export."`
}

// Run prints the log.
func (a *auditExportCmd) Run(w *world) error {
	srv, log, err := w.auditLog(a.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	return log.Each(w.ctx, a.After, func(e *auditlog.Entry) error {
		_, err := fmt.Fprintf(w.stdout, "%s\n", e.JSON())
		return err
	})
}
