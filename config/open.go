package config

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// DefaultDatabase is the database if neither the file nor DATABASE_URL names one: a file in the working directory.
const DefaultDatabase = "sqlite:betterauth.db"

// Runtime is what a program provides to the server.
type Runtime struct {
	Now  func() time.Time  // the clock; required
	Log  *slog.Logger      // nil logs nothing
	HTTP http.RoundTripper // outbound requests except webhooks; nil is http.DefaultTransport
	// Mailed is called with every message that goes into the development outbox.
	Mailed func(*mail.Envelope)
	// AwaitSenders makes an answer wait for webhooks that send messages, as in the reference; the black-box build
	// sets it.
	AwaitSenders bool
	// ForeignDatabase says that the database may lack tables that only this server has; the black-box build sets it.
	ForeignDatabase bool
}

// Resources are the connections that Open made.
type Resources struct {
	DB   *sqlstore.DB // nil in stateless mode
	KV   kv.Store     // nil without secondary storage
	Mail *mail.Mailer // nil if nothing is sent by mail

	closers []func() error
}

// Close closes all connections.
func (r *Resources) Close() error {
	var errs []error
	for i := len(r.closers) - 1; i >= 0; i-- {
		errs = append(errs, r.closers[i]())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// StartMail sends the messages that an earlier run left in the queue. New messages are sent without it. It does
// nothing if there is no mailer.
func (r *Resources) StartMail() {
	if r.Mail != nil {
		r.Mail.Start()
	}
}

// Ping reports whether database and secondary storage answer. The error names the one that does not.
func (r *Resources) Ping(ctx context.Context) error {
	return errors.Join(r.PingDatabase(ctx), r.PingStorage(ctx))
}

// PingDatabase returns an error if the database does not answer.
func (r *Resources) PingDatabase(ctx context.Context) error {
	if r.DB == nil {
		return nil
	}
	if err := r.DB.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// PingStorage returns an error if the secondary storage does not answer.
func (r *Resources) PingStorage(ctx context.Context) error {
	if p, ok := r.KV.(interface{ Ping(context.Context) error }); ok {
		if err := p.Ping(ctx); err != nil {
			return fmt.Errorf("secondary storage: %w", err)
		}
	}
	return nil
}

// DatabaseURL returns the URL of the database: that of the file, DATABASE_URL, or the default. It returns "" in
// stateless mode.
func (f *File) DatabaseURL() string {
	switch {
	case f.Database.None:
		return ""
	case f.Database.URL != "":
		return f.Database.URL
	}
	if fromEnv := f.Options.Environ("DATABASE_URL"); fromEnv == "none" {
		return ""
	} else if fromEnv != "" {
		return fromEnv
	}
	return DefaultDatabase
}

// Open connects to the database and the secondary storage and returns options for betterauth.New. It does not
// migrate. A File can be opened once; the caller closes the resources.
func (f *File) Open(ctx context.Context, r Runtime) (auth.Options, *Resources, error) {
	if f.Realms != nil {
		return auth.Options{}, nil, errors.New("config: the file has realms: open the File of each")
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	f.caller.Now, f.caller.Log, f.caller.Wait = goingOn(r.Now), r.Log, r.AwaitSenders
	f.caller.Client = &http.Client{}
	o := f.Options
	o.Now, o.Logger, o.HTTP = r.Now, r.Log, r.HTTP
	res := &Resources{}
	if err := f.openDatabase(ctx, r.Log, res, &o); err != nil {
		return o, nil, err
	}
	if err := f.openStorage(clock(r.Now), r.Log, res); err != nil {
		return o, nil, errors.Join(err, res.Close())
	}
	o.SecondaryStorage = res.KV
	res.closers = append(res.closers, f.endAsides)
	if err := f.openMail(r, res, &o); err != nil {
		return o, nil, errors.Join(err, res.Close())
	}
	return o, res, nil
}

// clock returns a clock that uses the time of the current call, which may differ in tests.
func clock(now func() time.Time) func(context.Context) time.Time {
	return func(ctx context.Context) time.Time {
		if c := auth.From(ctx); c != nil {
			return c.Now()
		}
		return now()
	}
}

// goingOn returns a clock for work that takes longer than its call: repeated attempts, and messages sent in the
// background.
func goingOn(now func() time.Time) func(context.Context) time.Time {
	return func(ctx context.Context) time.Time {
		if c := auth.From(ctx); c != nil {
			return c.Clock()
		}
		return now()
	}
}

// asideTime is how long background messages may still take when the server stops.
const asideTime = 5 * time.Second

func (f *File) endAsides() error {
	ctx, cancel := context.WithTimeout(context.Background(), asideTime)
	defer cancel()
	f.caller.Close(ctx)
	return nil
}

func (f *File) openDatabase(ctx context.Context, log *slog.Logger, res *Resources, o *auth.Options) error {
	url := f.DatabaseURL()
	if url == "" {
		return nil
	}
	d := f.Database
	if debug, _ := d.DebugLogs.(bool); debug || d.DebugLogs != nil && d.DebugLogs != false {
		log = slog.New(verbose{log.Handler()})
	}
	db, err := sqlstore.Open(ctx, url, sqlstore.Options{
		MaxOpen: d.Pool.Max, IdleTimeout: time.Duration(d.Pool.IdleTimeout), Lifetime: time.Duration(d.Pool.Lifetime),
		QueryTimeout: time.Duration(d.QueryTimeout), ConnectTimeout: time.Duration(d.ConnectTimeout), Synchronous: d.Synchronous,
		SchemaName: d.SchemaName, Log: log,
	})
	if err != nil {
		return err
	}
	res.DB, o.Database = db, db
	res.closers = append(res.closers, db.Close)
	if validate := o.Advanced.Database.ValidateSchema; validate == nil || *validate {
		o.CheckSchema = func(a *auth.Auth) error { return CheckSchema(context.Background(), db, a) }
	}
	return nil
}

// CheckSchema compares the database with the tables that a writes. The error is a *sqlstore.MismatchError if they
// differ.
func CheckSchema(ctx context.Context, db *sqlstore.DB, a *auth.Auth) error {
	problems, err := db.Check(ctx, a.Store.Tables())
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return &sqlstore.MismatchError{Problems: problems}
	}
	return nil
}

// Examine compares the types, widths and keys of the database with what a writes and reads. [CheckSchema] finds
// missing tables and columns.
func Examine(ctx context.Context, db *sqlstore.DB, a *auth.Auth) ([]sqlstore.Finding, error) {
	o := a.Options.Advanced
	custom := o.GenerateID != nil || o.Database.GenerateID.Func != nil
	return db.Examine(ctx, a.Store.Tables(), sqlstore.ExamineOptions{CustomIDs: custom})
}

func (f *File) openStorage(now func(context.Context) time.Time, log *slog.Logger, res *Resources) error {
	s := &f.SecondaryStorage
	switch {
	case s.webhooks():
		prefix := ""
		if f.Realm != "" {
			prefix = s.prefix()
		}
		res.KV = webhookStore{s, prefix}
	case s.Provider == "memory":
		res.KV = kv.NewMemory(now, 0)
	case s.Provider == "redis":
		redis, err := rediskv.New(s.URL, rediskv.Options{Prefix: s.prefix(), Timeout: time.Duration(s.Timeout), Log: log})
		if err != nil {
			return err
		}
		res.KV = redis
		res.closers = append(res.closers, redis.Close)
	}
	return nil
}

// verbose passes every level on, for database.debugLogs; the handler of the statements decides what to write.
type verbose struct{ slog.Handler }

// Enabled implements slog.Handler.
func (verbose) Enabled(context.Context, slog.Level) bool { return true }
