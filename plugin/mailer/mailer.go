// Package mailer joins the mail room to a server: the queue's table becomes
// part of the schema, and in development the outbox gets a page. The reference
// has no such plugin; config adds it where a file says mail.
package mailer

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options say what the server has of the mailer.
type Options struct {
	Mailer *mail.Mailer
	Table  bool // queue or outbox are in the server's database
}

// Plugin is the mailer in a server.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{o} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	m := auth.Manifest{ID: "mail", Init: p.init}
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
		return errors.New("mail.outbox keeps messages and sends none: it is for development, so say smtp or webhook in production")
	}
	s := mail.Server{App: a.Options.AppName, Seal: a.Keys}
	if p.opts.Table {
		s.Table = mail.NewTable(a.Store)
	}
	p.opts.Mailer.Use(s)
	return nil
}
