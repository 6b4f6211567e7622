package main

import (
	"fmt"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// refuseDates returns an error if dates in the database cannot be read, written
// or compared: serving would lose rows.
func refuseDates(w *world, srv *server) error {
	findings, err := srv.resources.DB.CheckDates(w.ctx, srv.Store.Tables())
	if err != nil {
		return err
	}
	var lines []string
	for _, f := range findings {
		if f.Severity == sqlstore.Fatal {
			lines = append(lines, fmt.Sprintf("  %s.%s: %s\n    %s", f.Table, f.Column, f.Problem, f.Remedy))
		}
	}
	if lines == nil {
		return nil
	}
	return fmt.Errorf("the database %s keeps dates in a form that cannot work:\n%s\nBack it up before you change it",
		sqlstore.Redacted(srv.setup.file.DatabaseURL()), strings.Join(lines, "\n"))
}

// dates checks the form and the time zone of dates in the database.
func (d *doctor) dates(srv *server) {
	tables := srv.Store.Tables()
	findings, err := srv.resources.DB.CheckDates(d.w.ctx, tables)
	if err != nil {
		d.add(severityError, "dates", err.Error(), "see that the tables can be read")
		return
	}
	fatal := d.report("dates", findings)
	if fatal {
		return // the rows cannot be read
	}
	zones, err := srv.resources.DB.CheckClock(d.w.ctx, tables, d.w.now())
	if err != nil {
		d.add(severityError, "time zone", err.Error(), "see that the rows can be read")
		return
	}
	d.report("time zone", zones)
	if len(findings)+len(zones) == 0 {
		d.add(severityOK, "dates", "can be read and compared", "")
	}
}

// report adds findings of the database and returns whether one is fatal.
func (d *doctor) report(check string, findings []sqlstore.Finding) (fatal bool) {
	for _, f := range findings {
		s := severityWarning
		if f.Severity == sqlstore.Fatal {
			s, fatal = severityError, true
		}
		d.findings = append(d.findings, finding{
			Severity: s, Check: check, What: f.Problem, Remedy: f.Instead, Table: f.Table, Column: f.Column, SQL: f.Remedy,
		})
	}
	return fatal
}
