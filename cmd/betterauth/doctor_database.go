package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// databaseAddress checks the address of the database; nil without one. The
// boolean reports whether there is a database to open.
func (d *doctor) databaseAddress() (*sqlstore.Address, bool) {
	rawURL := d.file.DatabaseURL()
	if rawURL == "" {
		d.add(severityNote, "database", "none: sessions are only in cookies and cannot be ended from elsewhere", "")
		return nil, d.file.SecondaryStorage.Set()
	}
	a, err := sqlstore.ReadAddress(rawURL)
	if err != nil {
		d.add(severityError, "database", err.Error(), "correct the address in database.url, DATABASE_URL or --database")
		return nil, false
	}
	for _, note := range a.Notes {
		d.add(severityNote, "database", "the address: "+note, "")
	}
	for _, warning := range a.Warnings {
		d.add(severityWarning, "database", warning, "")
	}
	if err := a.MissingFolder(); err != nil {
		d.add(severityError, "database", a.String()+": "+err.Error(), "")
		return nil, false
	}
	if fileMissing(a) {
		d.add(d.strictly(), "database", "the file of "+a.String()+" does not exist yet", "run `betterauth migrate"+d.setup.flags()+"` (in development, serve makes it)")
		return nil, false
	}
	if d.production() && a.Dialect == sqlstore.SQLite && a.File == "" {
		d.add(severityError, "database", "the database is in memory and is lost when the server stops", "name a file or a server in database.url")
	}
	return a, true
}

// storageAnswers checks that the secondary storage answers.
func (d *doctor) storageAnswers(srv *server) {
	if _, asked := srv.resources.KV.(interface{ Ping(context.Context) error }); !asked {
		return // none, or one without a check: memory, webhooks
	}
	if err := srv.resources.PingStorage(d.w.ctx); err != nil {
		d.add(severityError, "secondary storage", "does not answer: "+strings.TrimPrefix(err.Error(), "secondary storage: "), "check that it runs and can be reached from here, and that its address and password are right")
		return
	}
	d.add(severityOK, "secondary storage", "answers", "")
}

// fileMissing reports whether the file of an SQLite database does not exist:
// opening the database would create it, and doctor changes nothing.
func fileMissing(a *sqlstore.Address) bool {
	if a.File == "" {
		return false
	}
	_, err := os.Stat(a.File)
	return errors.Is(err, fs.ErrNotExist)
}
