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

// DefaultDatabase is what the server keeps its rows in when neither the file
// nor DATABASE_URL says: a file in the working directory.
const DefaultDatabase = "sqlite:betterauth.db"

// Runtime is what a server gets from the program it runs in.
type Runtime struct {
	Now  func() time.Time  // the clock; needed
	Log  *slog.Logger      // nil is silent
	HTTP http.RoundTripper // outbound requests but webhooks; nil is http.DefaultTransport
	// Mailed is told of every message that goes into the development outbox.
	Mailed func(*mail.Envelope)
	// AwaitSenders has an answer wait for the webhooks that send messages along
	// the way, as the reference's do; the black-box build sets it.
	AwaitSenders bool
	// ForeignDatabase says that no table of ours alone may be expected in the
	// database; the black-box build sets it.
	ForeignDatabase bool
}

// Resources are the connections that Open made. They are closed together.
type Resources struct {
	DB   *sqlstore.DB // nil in stateless mode
	KV   kv.Store     // nil without secondary storage
	Mail *mail.Mailer // nil when nothing is sent by mail

	closers []func() error
}

// Close closes every connection.
func (r *Resources) Close() error {
	var errs []error
	for i := len(r.closers) - 1; i >= 0; i-- {
		errs = append(errs, r.closers[i]())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// StartMail sends what an earlier run left in the queue, if anything is sent by
// mail. What is new is sent without it.
func (r *Resources) StartMail() {
	if r.Mail != nil {
		r.Mail.Start()
	}
}

// Ping reports whether database and secondary storage answer. The error names
// the one that does not.
func (r *Resources) Ping(ctx context.Context) error {
	return errors.Join(r.PingDatabase(ctx), r.PingStorage(ctx))
}

// PingDatabase reports whether the database answers.
func (r *Resources) PingDatabase(ctx context.Context) error {
	if r.DB == nil {
		return nil
	}
	if err := r.DB.Ping(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// PingStorage reports whether the secondary storage answers.
func (r *Resources) PingStorage(ctx context.Context) error {
	if p, ok := r.KV.(interface{ Ping(context.Context) error }); ok {
		if err := p.Ping(ctx); err != nil {
			return fmt.Errorf("secondary storage: %w", err)
		}
	}
	return nil
}

// DatabaseURL is the address of the database: the file's, DATABASE_URL, or the
// default; "" in stateless mode.
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

// Open connects to what the file names and returns options that are ready for
// betterauth.New. It migrates nothing. A File is opened once; the caller closes
// the resources.
func (f *File) Open(ctx context.Context, r Runtime) (auth.Options, *Resources, error) {
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

// clock asks the call that is under way, which may have a time of its own.
func clock(now func() time.Time) func(context.Context) time.Time {
	return func(ctx context.Context) time.Time {
		if c := auth.From(ctx); c != nil {
			return c.Now()
		}
		return now()
	}
}

// goingOn is the clock of what takes longer than its call: attempts that are
// repeated, and messages along the way.
func goingOn(now func() time.Time) func(context.Context) time.Time {
	return func(ctx context.Context) time.Time {
		if c := auth.From(ctx); c != nil {
			return c.Clock()
		}
		return now()
	}
}

// asideTime is what messages along the way still get when the server stops.
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

// CheckSchema compares the database with the tables that a writes; a difference
// is a *sqlstore.MismatchError.
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

// Examine compares the types, widths and keys of the database with what a
// writes and reads. Missing tables and columns are [CheckSchema]'s.
func Examine(ctx context.Context, db *sqlstore.DB, a *auth.Auth) ([]sqlstore.Finding, error) {
	o := a.Options.Advanced
	custom := o.GenerateID != nil || o.Database.GenerateID.Func != nil
	return db.Examine(ctx, a.Store.Tables(), sqlstore.ExamineOptions{CustomIDs: custom})
}

func (f *File) openStorage(now func(context.Context) time.Time, log *slog.Logger, res *Resources) error {
	s := &f.SecondaryStorage
	switch {
	case s.webhooks():
		res.KV = webhookStore{s}
	case s.Provider == "memory":
		res.KV = kv.NewMemory(now, 0)
	case s.Provider == "redis":
		prefix := rediskv.ReferencePrefix
		if s.KeyPrefix != nil {
			prefix = *s.KeyPrefix
		}
		redis, err := rediskv.New(s.URL, rediskv.Options{Prefix: prefix, Timeout: time.Duration(s.Timeout), Log: log})
		if err != nil {
			return err
		}
		res.KV = redis
		res.closers = append(res.closers, redis.Close)
	}
	return nil
}

// verbose lets every level through, for database.debugLogs; what hears of a
// statement decides what to write of it.
type verbose struct{ slog.Handler }

// Enabled implements slog.Handler.
func (verbose) Enabled(context.Context, slog.Level) bool { return true }
