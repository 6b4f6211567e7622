// Package mailer connects package mail to a server: it adds the table of the mail queue to the schema, and in
// development a page with the messages of the outbox. Package config adds it if a config file has the part mail; a Go
// program does it with
//
//	Plugins: []auth.Plugin{mailer.New(mailer.Options{…})},
//
// The reference has no such plugin.
package mailer

import (
	"context"
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options say which parts of package mail the server uses.
type Options struct {
	Mailer *mail.Mailer
	Table  bool // the queue or the outbox is in the server's database
}

// Plugin connects package mail to a server.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{o} }

// Mailer returns what sends the messages, for other plugins.
func (p *Plugin) Mailer() *mail.Mailer { return p.opts.Mailer }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	m := auth.Manifest{ID: "mail", Init: p.init, Provides: auth.Services{Personal: []auth.PersonalData{{
		Name: "mail",
		Export: func(ctx context.Context, person auth.Person, yield func(item any) error) error {
			return p.opts.Mailer.EachTo(ctx, person.Addresses, func(k mail.Kept) error {
				return yield(js.Obj("id", k.ID, "state", k.State, "createdAt", k.Created, "attempts", float64(k.Attempts), "to", k.To, "kind", k.Kind))
			})
		},
		Erase: func(ctx context.Context, person auth.Person) error {
			return p.opts.Mailer.ForgetTo(ctx, person.Addresses)
		},
	}}}}
	if p.opts.Table {
		m.Models = []store.Model{mail.QueueTable()}
	}
	if p.opts.Mailer.Box() != nil {
		m.Endpoints = []auth.Endpoint{p.outbox()}
	}
	return m
}

func (p *Plugin) init(a *auth.Auth) error {
	if p.opts.Mailer.Box() != nil && a.Options.Mode == auth.Production {
		return errors.New("mail.outbox stores messages and sends none; it is for development, so use smtp or webhook in production")
	}
	s := mail.Server{App: a.Options.AppName, Seal: a.Keys}
	if p.opts.Table {
		s.Table = mail.NewTable(a.Store)
	}
	p.opts.Mailer.Use(s)
	return nil
}
