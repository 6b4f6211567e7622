// Command notes-server is betterauth as one program, with a plugin and a provider that
// it does not know. It reads the same config file as `betterauth serve`.
//
//	BETTER_AUTH_MODE=development notes-server betterauth.yaml
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/all"

	"example.com/notes"
	"example.com/notes/campus"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: notes-server FILE")
		os.Exit(2)
	}
	if err := serve(ctx, os.Args[1], os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "notes-server:", err)
		os.Exit(1)
	}
}

// load reads a config file that may name the plugin and the provider.
func load(path string, env func(string) string) (*config.File, error) {
	return config.Loader{
		Env:         env,
		NeedBaseURL: true,
		Plugins:     map[string]all.Entry{"notes": all.EntryOf(notes.New)},
		Providers:   map[string]provider.Entry{"campus": provider.EntryOf(campus.New)},
	}.Load(path)
}

// open connects to the database, assembles the server and brings the tables up to
// date. The caller closes the resources.
func open(ctx context.Context, file *config.File) (*auth.Auth, *config.Resources, error) {
	options, resources, err := file.Open(ctx, config.Runtime{Now: time.Now, Log: slog.Default()})
	if err != nil {
		return nil, nil, err
	}
	a, err := betterauth.New(options)
	if err == nil && resources.DB != nil {
		err = migrate(ctx, a, resources)
	}
	if err != nil {
		return nil, nil, errors.Join(err, resources.Close())
	}
	return a, resources, nil
}

func migrate(ctx context.Context, a *auth.Auth, resources *config.Resources) error {
	plan, err := resources.DB.Plan(ctx, a.Store.Tables())
	if err != nil {
		return err
	}
	return plan.Apply(ctx)
}

func serve(ctx context.Context, path string, env func(string) string) (err error) {
	file, err := load(path, env)
	if err != nil {
		return err
	}
	a, resources, err := open(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resources.Close()) }()
	go a.Run(ctx) // deletes expired rows, sends reminders
	resources.StartMail()
	web := &http.Server{Addr: cmp.Or(env("LISTEN"), "localhost:8000"), Handler: a, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		_ = web.Shutdown(context.Background())
	}()
	slog.Info("serving", "address", web.Addr)
	if err := web.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
