// Package console has the endpoints behind the page /console, for administrators: figures of the running server,
// organizations, API keys, OAuth clients and consents of everybody, one user with accounts and factors, the signing keys,
// the mail queue, the rate limits and the audit log. What the plugin admin offers, such as lists of users and bans, stays there.
//
//	plugins:
//	  admin: {}
//	  console: {}
//
// or from Go:
//
//	Plugins: []auth.Plugin{admin.New(admin.Options{}), console.New(console.Options{})},
//
// The reference has no such plugin.
package console

// No endpoint answers a secret: no hash, token, code or private key. Rights are checked in rights.go only.

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/auditlog"
)

// Options configures the plugin.
type Options struct {
	// Roles of the plugin admin whose users may see the console; a list, or a text with commas.
	Role admin.RoleNames `json:"role" unset:"all roles that may list users"`
}

// About describes the program around the server. It must contain no secret.
type About struct {
	Version  string // of the program
	Database string // the kind of the database, such as PostgreSQL
	// Problems returns what is wrong at this moment, in words; nil for nothing.
	Problems func(ctx context.Context) []string
}

// Plugin is the console plugin.
type Plugin struct {
	opts    Options
	auth    *auth.Auth
	admin   *admin.Plugin
	audit   *auditlog.Plugin // nil without the plugin audit-log
	started time.Time
	about   atomic.Pointer[About]
	figures ring

	counting  sync.Mutex // held while rows are counted
	counts    counts
	countedAt time.Time

	verifying sync.Mutex // held while the audit log is read as a whole
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	p := &Plugin{opts: o}
	p.about.Store(&About{})
	return p
}

// Describe sets what the overview shows about the program.
func (p *Plugin) Describe(a About) { p.about.Store(&a) }

// sampleEvery is the interval at which the queue of passwords is looked at. Sign-ins look at it too.
const sampleEvery = 5 * time.Second

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID: "console",
		Endpoints: []auth.Endpoint{
			p.getOverview(), p.getFigures(), p.listOrganizations(), p.getOrganization(), p.listAPIKeys(), p.disableAPIKey(), p.deleteAPIKey(),
			p.getUser(), p.sendReset(), p.listKeys(), p.rotateKeys(), p.listMail(), p.retryMail(), p.deleteMail(), p.getRateLimits(),
			p.listAudit(), p.verifyAudit(), p.listClients(), p.getClient(), p.createClient(), p.updateClient(), p.disableClient(), p.enableClient(),
			p.rotateSecret(), p.deleteClient(), p.listConsents(), p.revokeAccess(),
		},
		RateLimits: []auth.RateLimit{{On: []string{"/console/audit/verify"}, Window: 60, Max: 10}},
		Codes:      codes(),
		Events:     []string{ResetSent, KeysRotated, MailRetried, MailDeleted},
		OnEvent:    p.count,
		Served:     p.measure,
		Jobs: []auth.Job{{Name: "measure the queue of passwords for the console", Every: sampleEvery, Do: func(context.Context, *auth.Auth) error {
			p.sample(p.auth.Options.Now())
			return nil
		}}},
		Init: p.init,
	}
}

// The events that the plugin reports. What happens to API keys is reported by the plugin api-key, and what happens to
// OAuth clients and consents by oauth-provider.
const (
	ResetSent   = "console_password_reset_sent"
	KeysRotated = "console_keys_rotated"
	MailRetried = "console_mail_retried"
	MailDeleted = "console_mail_deleted"
)

func (p *Plugin) init(a *auth.Auth) error {
	p.auth, p.started = a, a.Options.Now()
	errs := []error{option.Check(&p.opts)}
	var ok bool
	if p.admin, ok = auth.Find[*admin.Plugin](a); !ok {
		return errors.New("needs the plugin admin, whose roles decide who is an administrator: add `admin: {}` to plugins")
	}
	if !a.HasDatabase() {
		errs = append(errs, errors.New("needs a database"))
	}
	for _, role := range p.opts.Role {
		if !p.admin.KnowsRole(role) {
			errs = append(errs, fmt.Errorf("role: the plugin admin has no role %q", role))
		}
	}
	p.audit, _ = auth.Find[*auditlog.Plugin](a)
	return errors.Join(errs...)
}
