// Package auditlog keeps a log of what happened to users and organizations in a table of the database: sign-ins that
// succeeded and failed, changes of passwords, addresses, accounts, factors, keys and roles, and who made them. Each row
// contains the hash of the row before it, so that a changed or missing row is noticed: see [Plugin.Verify].
//
//	plugins:
//	  audit-log: { retention: 400d }
//
// or from Go:
//
//	Plugins: []auth.Plugin{auditlog.New(auditlog.Options{})},
//
// The npm package has no such plugin; the table is its own. The names of the events are those of @better-auth/infra.
package auditlog

// This package does not know which events there are; plugins list theirs in their manifests.

import (
	"context"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	// writeEvery is the interval at which entries that could not be written are tried again.
	writeEvery = 5 * time.Second
	// pruneEvery is the interval at which old entries are deleted.
	pruneEvery = time.Hour
	// maxPending is how many entries wait in memory while the database does not take them.
	maxPending = 10_000
)

// Options configures the plugin.
type Options struct {
	// How long entries are kept.
	Retention option.Span `json:"retention" unset:"for ever"`
	// Other names for the table and its columns.
	Schema Schema `json:"schema"`
}

// Schema renames the table of the plugin.
type Schema struct {
	// The table of the log.
	AuditLog auth.ModelOptions `json:"auditLog"`
}

// Plugin is the audit-log plugin.
type Plugin struct {
	opts Options
	auth *auth.Auth

	mu      sync.Mutex
	pending []*Entry      // not yet written, oldest first
	room    int           // how many entries pending may have
	lost    int           // entries that did not fit into pending
	writing chan struct{} // closed at the end of the call that writes pending; nil if nobody writes
	failing bool          // the last write failed, which was logged
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o, room: maxPending}
}

// The events that the plugin itself adds to the log.
const (
	// Pruned says that older entries were deleted. Its details name the last of them and its hash.
	Pruned = "audit_log_pruned"
	// Lost says that entries were lost because the database did not take them for too long.
	Lost = "audit_log_entries_lost"
)

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	jobs := []auth.Job{{Name: "write the audit log", Every: writeEvery, AtEnd: true, Do: p.tryAgain}}
	if p.opts.Retention > 0 {
		jobs = append(jobs, auth.Job{Name: "delete old entries of the audit log", Every: pruneEvery, Do: func(ctx context.Context, _ *auth.Auth) error {
			_, err := p.Prune(ctx)
			return err
		}})
	}
	return auth.Manifest{
		ID:      "audit-log",
		Models:  []store.Model{model()},
		Rename:  map[string]auth.ModelOptions{modelName: p.opts.Schema.AuditLog},
		Events:  []string{Pruned, Lost},
		OnEvent: p.note,
		Provides: auth.Services{Personal: []auth.PersonalData{{
			Name: "auditLog", Export: p.export,
			// The log outlives users; retention deletes it.
			Erase: func(context.Context, auth.Person) error { return nil },
		}}},
		Jobs: jobs,
		Init: func(a *auth.Auth) error {
			p.auth = a
			return option.Check(&p.opts)
		},
	}
}

// note adds an event to the entries that are to be written, and has them written in the background: a call neither
// waits for the log nor fails with it, and its time does not depend on what is logged.
func (p *Plugin) note(ctx context.Context, e auth.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.pending) >= p.room {
		p.lost++
		return
	}
	p.pending = append(p.pending, newEntry(e))
	if p.writing != nil {
		return
	}
	p.writing = make(chan struct{})
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeEvery)
		defer cancel()
		p.told(ctx, p.drain(ctx))
	}()
}

// tryAgain is the job that writes what waits.
func (p *Plugin) tryAgain(ctx context.Context, _ *auth.Auth) error {
	p.told(ctx, p.Flush(ctx))
	return nil
}

// told logs the first of several failures, and the first success after them.
func (p *Plugin) told(ctx context.Context, err error) {
	p.mu.Lock()
	before := p.failing
	p.failing = err != nil
	p.mu.Unlock()
	switch {
	case err != nil && !before:
		p.auth.Log.WarnContext(ctx, "the audit log could not be written and will be tried again", "every", writeEvery, "error", err)
	case err == nil && before:
		p.auth.Log.InfoContext(ctx, "the audit log is written again")
	}
}
