package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/mail"
)

// defaultConfig is the configuration without a config file. Pages of any port of
// this machine may call the server, because a front end under development uses
// one.
const defaultConfig = `{
	"emailAndPassword": {"enabled": true, "sendResetPassword": "mail"},
	"emailVerification": {"sendVerificationEmail": "mail"},
	"mail": {"outbox": true},
	"trustedOrigins": ["http://localhost:*", "http://127.0.0.1:*"],
	"plugins": {"jwt": {}, "bearer": {}}
}`

// setup is a configuration that has been read.
type setup struct {
	file       *config.File
	path       string // path of the config file, "" without one
	secretFile string // file of the secret, "" if the config contains it
	madeSecret bool
	realm      *config.Realm // nil without realms
	top        *config.File  // the whole file, of which file is a realm
	w          *world        // the world and the flags that it was read with
	asked      configFlags
	local      string // address of the listener for a browser on this machine, "" for other commands than serve
}

// server is a configuration that is ready to use.
type server struct {
	*auth.Auth
	setup     *setup
	resources *config.Resources
	problem   func(ctx context.Context) string // what makes the server not ready, "" for nothing; nil unless it serves
}

// Close writes what is only in memory, such as entries of the audit log, and closes the connections.
func (s *server) Close() error {
	ended, end := context.WithCancel(context.Background())
	end()
	s.Run(ended) // the jobs that run once more at the end
	return s.resources.Close()
}

// configPath returns the config file, "" if there is none.
func (w *world) configPath(f configFlags) string {
	if f.Config != "" {
		return f.Config
	}
	if named := w.env("BETTER_AUTH_CONFIG"); named != "" {
		return named
	}
	for _, name := range []string{"betterauth.yaml", "betterauth.yml", "betterauth.json"} {
		if _, err := os.Stat(name); err == nil {
			return name
		}
	}
	return ""
}

// readAll reads the configuration; without a file it returns that of the development
// server. A file with realms has one for each, of which --realm selects one.
func (w *world) readAll(f configFlags) ([]*setup, error) {
	path := w.configPath(f)
	loader := config.Loader{Env: w.env, Mode: f.Mode, NeedBaseURL: true, Pages: true}
	var file *config.File
	var err error
	if path != "" {
		file, err = loader.Load(path)
	} else {
		loader.DefaultMode = auth.Development
		file, err = loader.Parse("no config file", []byte(defaultConfig))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no config file %s", path)
	}
	if err != nil {
		return nil, err
	}
	list := []*setup{{file: file, path: path, top: file}}
	if file.Realms != nil {
		list = nil
		for _, one := range file.Realms {
			if f.Realm == "" || f.Realm == one.Name {
				list = append(list, &setup{file: one.File, path: path, realm: one, top: file})
			}
		}
	}
	switch {
	case f.Realm != "" && file.Realms == nil:
		return nil, fmt.Errorf("%s has no realms, so --realm %s has no meaning", list[0].name(), f.Realm)
	case len(list) == 0:
		return nil, fmt.Errorf("%s has no realm %s; it has %s", path, f.Realm, realmNames(file))
	case f.Database == "":
	case file.Realms != nil && f.Realm == "":
		return nil, errors.New("--database is for one realm: choose it with --realm")
	default:
		list[0].file.Database.URL, list[0].file.Database.None = f.Database, f.Database == "none"
	}
	for _, one := range list {
		one.w, one.asked = w, f
	}
	return list, nil
}

func realmNames(f *config.File) string {
	names := make([]string, len(f.Realms))
	for i, one := range f.Realms {
		names[i] = one.Name
	}
	return strings.Join(names, ", ")
}

// read is readAll for commands that are for one server.
func (w *world) read(f configFlags) (*setup, error) {
	list, err := w.readAll(f)
	if err != nil {
		return nil, err
	}
	if list[0].realm != nil && f.Realm == "" {
		return nil, fmt.Errorf("%s has realms: choose one with --realm, of %s", list[0].path, realmNames(list[0].top))
	}
	return list[0], nil
}

// keepSecret gives the development server without a config file a secret that is
// kept between runs.
func (s *setup) keepSecret(w *world) error {
	if s.path != "" || s.file.Options.Mode == auth.Production || w.hasSecret() {
		return nil
	}
	text, made, err := keepSecret(secretFile)
	if err != nil {
		return err
	}
	s.file.Options.Secret, s.secretFile, s.madeSecret = text, secretFile, made
	return nil
}

// needlessSecret sets a secret for commands that sign and encrypt nothing if none
// is configured, for example in a build pipeline.
func (s *setup) needlessSecret(w *world) {
	o := &s.file.Options
	if o.Secret == "" && o.Secrets == nil && !w.hasSecret() {
		o.Secret = newSecret()
	}
}

// open connects to database and storage and assembles the server.
func (s *setup) open(w *world, log *slog.Logger) (*server, error) {
	o, resources, err := s.file.Open(w.ctx, config.Runtime{Now: w.now, Log: log, Mailed: func(e *mail.Envelope) { printMessage(w.of(s).stderr, e) }})
	if err != nil {
		return nil, err // the error names what cannot be opened: database, secondary storage or mail
	}
	a, err := betterauth.New(o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", s.name(), err), resources.Close())
	}
	return &server{Auth: a, setup: s, resources: resources}, nil
}

// openDatabase is open for commands that need the database.
func (s *setup) openDatabase(w *world) (*server, error) {
	srv, err := s.open(w, s.logger(w, slog.LevelWarn))
	if err != nil {
		return nil, err
	}
	if srv.resources.DB == nil {
		return nil, errors.Join(errors.New("there is no database: the configuration names none"), srv.Close())
	}
	return srv, nil
}

// openMigrated is openDatabase for commands that read and write rows.
func (s *setup) openMigrated(w *world) (*server, error) {
	if err := s.keepSecret(w); err != nil {
		return nil, err
	}
	srv, err := s.openDatabase(w)
	if err != nil {
		return nil, err
	}
	if err := config.CheckSchema(w.ctx, srv.resources.DB, srv.Auth); err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
}

func (s *setup) name() string {
	switch {
	case s.path == "":
		return "no config file"
	case s.realm != nil:
		return s.path + ", realm " + s.realm.Name
	}
	return s.path
}

// flags returns the flags with which another command uses the same configuration.
func (s *setup) flags() string {
	if s.path == "" {
		return ""
	}
	flags := " --config " + s.path
	if s.realm != nil {
		flags += " --realm " + s.realm.Name
	}
	return flags
}

// logger writes to standard error, with the level of the file or the given one,
// whichever is higher.
func (s *setup) logger(w *world, level slog.Level) *slog.Logger {
	if s.file.Logger.Disabled {
		return slog.New(slog.DiscardHandler)
	}
	return s.named(slog.New(slog.NewTextHandler(w.stderr, &slog.HandlerOptions{Level: max(level, s.file.Logger.Level)})))
}

// plainLogger is the log of the process.
func (s *setup) plainLogger(w *world) *slog.Logger {
	return (&setup{file: s.file}).logger(w, slog.LevelDebug)
}

// named adds the name of the realm to every line.
func (s *setup) named(log *slog.Logger) *slog.Logger {
	if s.realm == nil {
		return log
	}
	return log.With("realm", s.realm.Name)
}

// modeName returns the name of a mode, also for production.
func modeName(m auth.Mode) string {
	if m == auth.Production {
		return "production"
	}
	return string(m)
}

// writeJSON prints v for other programs.
func (w *world) writeJSON(v any) error {
	e := json.NewEncoder(w.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
