package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

const (
	defaultPort = "3210"
	// A request may wait behind hundreds of others until its password is hashed,
	// and the time counts from when the request was read.
	writeTimeout = 10 * time.Minute
)

type serveCmd struct {
	configFlags
	Listen   string         `placeholder:"ADDRESS" help:"Address to listen on, like 127.0.0.1:3210 or 0.0.0.0:3210. Default: 127.0.0.1 and $$PORT, or 3210."`
	Migrate  bool           `help:"Add what the database lacks before serving. In development this always happens."`
	LameDuck *time.Duration `placeholder:"DURATION" help:"Time to continue serving after SIGTERM, while /readyz answers 503, before the port is closed. Default: 3s in production, else 0."`
	URLFile  string         `name:"url-file" placeholder:"FILE" help:"Write the server's own address to FILE once it listens, for programs that listen on port 0."`
}

// Run serves until it is stopped.
func (s *serveCmd) Run(w *world) error {
	confs, err := w.readAll(s.configFlags)
	if err != nil {
		return err
	}
	if err := confs[0].keepSecret(w); err != nil {
		return err
	}
	address, err := listenAddress(s.Listen, w.env("PORT"))
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return listenError(address, err)
	}
	defer listener.Close()
	local := localURL(listener.Addr())
	out := &lines{to: w.stderr, wait: linesWait}
	defer out.Flush()
	requests := w.saying(later{out})
	w = w.saying(out)
	rediskv.Quiet()
	repeated := newFolds()
	defer repeated.Flush()
	log := slog.New(repeated.Handler(confs[0].plainLogger(w).Handler()))
	share, hasher := shareProcessors(w, confs)
	hasher.Watch(share.hashing)
	for _, conf := range confs {
		conf.localAddress(local)
		conf.file.Options.Hasher = hasher
	}
	ready := newSites(s, w, confs, log, confs[0].plainLogger(requests))
	limitMemory(w, confs[0].file.Options.PasswordHashes)
	defer ready.Close()
	if err := ready.Start(); err != nil {
		return err
	}
	for _, one := range ready.list {
		if srv := one.open.Load(); srv != nil {
			one.conf.welcome(w.of(one.conf), srv, local, one.migrated)
		}
	}
	return w.serve(ready, listener, s.lameDuck(confs[0].file.Options.Mode), func() error { return s.writeURL(local) })
}

// writeURL writes the server's address to the file of --url-file.
func (s *serveCmd) writeURL(address string) error {
	if s.URLFile == "" {
		return nil
	}
	return os.WriteFile(s.URLFile, []byte(address+"\n"), 0o644)
}

// listenAddress returns --listen, or else PORT on this machine only.
func listenAddress(listen, port string) (string, error) {
	switch {
	case listen == "" && port == "":
		return net.JoinHostPort("127.0.0.1", defaultPort), nil
	case listen == "":
		listen = port
	}
	if isPort(listen) {
		return net.JoinHostPort("127.0.0.1", listen), nil
	}
	if _, p, err := net.SplitHostPort(listen); err != nil || !isPort(p) {
		return "", fmt.Errorf("%q is not an address to listen on: use a port, or host:port like 0.0.0.0:3210", listen)
	}
	return listen, nil
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

func listenError(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use: stop the other program, or choose another port with --listen or PORT", address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("no permission to listen on %s: ports below 1024 are for the system", address)
	}
	return fmt.Errorf("cannot listen on %s: %w", address, err)
}

// localURL returns the listener's address for a browser on this machine. It uses
// localhost, because cookies of 127.0.0.1 are cross-site for a front end on
// http://localhost:3000.
func localURL(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return "http://" + a.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsLoopback() || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// prepare migrates the database if that is requested, and otherwise returns an
// error if something is missing. It returns the number of statements that were
// run.
func (s *serveCmd) prepare(w *world, srv *server, log *slog.Logger) (int, error) {
	db := srv.resources.DB
	if db == nil {
		return 0, nil
	}
	if s.Migrate || srv.Options.Mode == auth.Development {
		plan, err := db.Plan(w.ctx, srv.Store.Tables())
		if err != nil {
			return 0, err
		}
		if err := refusals(plan); err != nil {
			return 0, err
		}
		if !plan.Empty() {
			if err := plan.Apply(w.ctx); err != nil {
				return 0, err
			}
		}
		return len(plan.Steps), examine(w, srv, log)
	}
	if srv.Options.CheckSchema == nil {
		return 0, nil
	}
	err := config.CheckSchema(w.ctx, db, srv.Auth)
	if err == nil {
		return 0, examine(w, srv, log)
	}
	if mismatch, ok := errors.AsType[*sqlstore.MismatchError](err); ok {
		return 0, fmt.Errorf("the database %s does not fit:\n%s\nRun `betterauth migrate%s`, or start with --migrate",
			srv.setup.place(), listProblems(mismatch.Problems), srv.setup.flags())
	}
	return 0, err
}

func listProblems(problems []sqlstore.Problem) string {
	lines := make([]string, len(problems))
	for i, p := range problems {
		switch p.Kind {
		case sqlstore.MissingTable:
			lines[i] = fmt.Sprintf("  table %s is missing", p.Table)
		case sqlstore.MissingColumn:
			lines[i] = fmt.Sprintf("  column %s.%s is missing", p.Table, p.Column)
		default:
			lines[i] = "  " + p.String()
		}
	}
	return strings.Join(lines, "\n")
}

// examine returns an error if columns of the database cannot hold what is written
// to them, and logs warnings.
func examine(w *world, srv *server, log *slog.Logger) error {
	if srv.Options.CheckSchema == nil {
		return nil
	}
	findings, err := config.Examine(w.ctx, srv.resources.DB, srv.Auth)
	if err != nil {
		return err
	}
	var fatal []string
	for _, f := range findings {
		if f.Severity == sqlstore.Fatal {
			fatal = append(fatal, "  "+f.Place()+": "+f.Problem)
			continue
		}
		log.Warn("the database: "+f.Problem, "table", f.Table, "column", f.Column)
	}
	if len(fatal) == 0 {
		return nil
	}
	return fmt.Errorf("the database %s does not fit:\n%s\n`betterauth doctor%s` shows how to fix it; advanced.database.validateSchema: false starts anyway",
		srv.setup.place(), strings.Join(fatal, "\n"), srv.setup.flags())
}

// serve answers requests until a signal comes, and then waits for running
// requests. It calls announce once a signal would not be missed.
func (w *world) serve(all *sites, listener net.Listener, lameDuck time.Duration, announce func() error) error {
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	handler, err := all.Handler()
	if err != nil {
		return err
	}
	if err := announce(); err != nil {
		return err
	}
	log := all.log
	web := webServer(handler, log)
	jobs, stop := context.WithCancel(context.WithoutCancel(w.ctx)) // they end after the last request
	background := make(chan struct{})
	go func() { defer close(background); all.Run(jobs) }()
	defer func() { stop(); settle(background, log) }()
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()
	go giveBack(ctx)
	var told os.Signal
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	case told = <-signals:
	}
	signal.Stop(signals) // a second signal ends the program at once
	all.Stop()
	if told == syscall.SIGTERM && lameDuck > 0 {
		log.Info("stopping: not ready any more, but still serving", "for", lameDuck)
		select {
		case err := <-ended:
			return err
		case <-time.After(lameDuck):
		}
	}
	log.Info("stopping: waiting for running requests", "within", drainTimeout)
	return drain(web, log)
}

// webServer limits the time of clients, so that slow ones cannot hold connections
// forever.
func webServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
