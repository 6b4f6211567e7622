package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/secret"
)

type doctorCmd struct {
	configFlags
	URL  string `name:"url" placeholder:"URL" help:"Public address of the running server, whose endpoints, keys and CORS are checked too. Default: baseURL, if it answers."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Help returns the text that doctor --help adds.
func (*doctorCmd) Help() string {
	return "Exit status: 0 without errors (there may be warnings), 1 with errors, 2 for a wrong command line."
}

type severity string

const (
	severityError   severity = "error"
	severityWarning severity = "warning"
	severityNote    severity = "note"
	severityOK      severity = "ok"
)

// finding is the result of one check.
type finding struct {
	Realm    string   `json:"realm,omitempty"`
	Severity severity `json:"severity"`
	Check    string   `json:"check"`
	What     string   `json:"what"`
	Remedy   string   `json:"remedy,omitempty"`
	Table    string   `json:"table,omitempty"`
	Column   string   `json:"column,omitempty"`
	SQL      string   `json:"sql,omitempty"` // statements that fix it, ready to run
}

// doctor checks a configuration.
type doctor struct {
	w        *world
	setup    *setup
	file     *config.File
	o        *auth.Options
	client   *http.Client
	findings []finding
}

// Run makes all checks and prints the findings, of every realm.
func (c *doctorCmd) Run(w *world) error {
	list, err := w.readAll(c.configFlags)
	if err != nil {
		d := &doctor{w: w}
		d.unreadable(err)
		if !c.JSON {
			d.print()
		}
		return c.summary(w, d.findings)
	}
	if len(list) > 1 && c.URL != "" {
		return errors.New("--url is for one realm: choose it with --realm")
	}
	var all []finding
	for i, conf := range list {
		d := &doctor{w: w.of(conf), client: &http.Client{Timeout: 5 * time.Second}, setup: conf, file: conf.file, o: &conf.file.Options}
		if len(list) > 1 && !c.JSON {
			fmt.Fprintf(d.w.stdout, "Realm %d of %d.\n", i+1, len(list))
		}
		d.check(strings.TrimRight(c.URL, "/"))
		if !c.JSON {
			d.print()
		}
		for _, f := range d.findings {
			if conf.realm != nil {
				f.Realm = conf.realm.Name
			}
			all = append(all, f)
		}
	}
	return c.summary(w, all)
}

// summary prints the numbers of findings, or everything as JSON.
func (c *doctorCmd) summary(w *world, list []finding) error {
	d := &doctor{findings: list}
	if c.JSON {
		err := w.writeJSON(map[string]any{"findings": d.findings, "errors": d.count(severityError), "warnings": d.count(severityWarning)})
		return errors.Join(err, d.verdict())
	}
	fmt.Fprintf(w.stdout, "\n%d errors, %d warnings\n", d.count(severityError), d.count(severityWarning))
	return d.verdict()
}

// check makes the checks of one server.
func (d *doctor) check(url string) {
	if d.setup.path == "" {
		d.add(severityOK, "config", "no config file: the options of the development server", "")
	} else {
		d.add(severityOK, "config", d.setup.name()+" is understood", "")
	}
	for _, note := range d.file.Notes {
		d.add(severityNote, "config", note, "")
	}
	d.mode()
	d.secret()
	d.address()
	d.cookies()
	d.origins()
	d.protections()
	d.limiter()
	d.email()
	d.database()
	d.network(url)
}

func (d *doctor) verdict() error {
	if d.count(severityError) > 0 {
		return errFindings
	}
	return nil
}

func (d *doctor) count(s severity) (n int) {
	for _, f := range d.findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

func (d *doctor) add(s severity, check, what, remedy string) {
	d.findings = append(d.findings, finding{Severity: s, Check: check, What: what, Remedy: remedy})
}

// strictly returns error in production and warning in other modes.
func (d *doctor) strictly() severity {
	if d.production() {
		return severityError
	}
	return severityWarning
}

func (d *doctor) production() bool { return d.o.Mode == auth.Production }

// unreadable reports the mistakes of a configuration that could not be read.
func (d *doctor) unreadable(err error) {
	problems, ok := errors.AsType[*config.Errors](err)
	if !ok {
		d.add(severityError, "config", err.Error(), "name a readable file with --config")
		return
	}
	for _, p := range problems.Problems {
		one := &config.Errors{File: problems.File, Problems: []config.Problem{p}}
		d.add(severityError, "config", one.Error(), "correct this part of the file")
	}
}

func (d *doctor) mode() {
	mode, node := modeName(d.o.Mode), d.w.env("NODE_ENV")
	d.add(severityOK, "mode", mode+", from "+d.file.ModeFrom, "")
	if other, ok := config.ParseMode(node); ok && other != d.o.Mode {
		d.add(severityWarning, "mode", fmt.Sprintf("NODE_ENV says %s, but the mode is %s", node, mode), "set both to the same; rate limits, cookies and the rules for secrets depend on the mode")
	}
	if host := d.publicHost(); !d.production() && host != "" && !isLocal(host) {
		d.add(severityError, "mode", fmt.Sprintf("%s is a public address, but the mode is %s: no rate limit is on", host, mode), "set mode: production, or BETTER_AUTH_MODE=production")
	}
}

// database checks that database and secondary storage answer, and that the
// database can hold what is written to it.
func (d *doctor) database() {
	address, ok := d.databaseAddress()
	if !ok {
		return
	}
	// The secret was checked before; opening the database needs any secret.
	d.o.Secrets = []secret.Version{{Version: 1, Value: newSecret()}}
	srv, err := d.setup.open(d.w, slog.New(slog.DiscardHandler))
	if err != nil {
		d.add(severityError, "start", err.Error(), "correct the options it names; for a database, check that it runs and that address, name and password are right")
		return
	}
	defer srv.Close()
	d.storageAnswers(srv)
	if address == nil {
		return
	}
	if err := srv.resources.PingDatabase(d.w.ctx); err != nil {
		d.add(severityError, "database", address.String()+" does not answer: "+err.Error(), "check that it runs and can be reached from here")
		return
	}
	d.add(severityOK, "database", address.String()+" answers", "")
	if !d.schema(srv) {
		return
	}
	d.dates(srv)
	d.people(srv)
}
