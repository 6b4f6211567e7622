// Package notes is an example of a complete plugin, written outside the module of
// betterauth: users keep notes, share them by links that work once, and are
// reminded of them. docs/plugins/writing.md leads to it step by step.
//
//	a, err := betterauth.New(auth.Options{
//		Database: db,
//		Plugins:  []auth.Plugin{notes.New(notes.Options{MaxNotes: 50})},
//	})
//
// One file per thought: this one is the table of contents, table.go the tables,
// codes.go the errors; create.go, read.go, share.go, pin.go and wellknown.go are the
// endpoints; hooks.go and work.go run by themselves.
package notes

import (
	"cmp"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. The json names are the keys in a config file.
type Options struct {
	// MaxNotes is how many notes one user may keep; default 100.
	MaxNotes int `json:"maxNotes"`
	// Welcome is the title of a note that every new user finds; none if empty.
	Welcome string `json:"welcome"`
	// Review may refuse a note before it is kept. Nil allows all notes.
	Review callback.Func[ReviewRequest, Verdict] `json:"review"`
	// Remind tells a user of a note whose time has come. Nil reminds nobody.
	Remind callback.Func[Reminder, callback.Nothing] `json:"remind"`
	// RateLimit bounds how often one client may create notes; default 10 in 60 seconds.
	RateLimit auth.RuleSize `json:"rateLimit"`
	// Schema gives the plugin's tables and columns other names, and adds fields.
	Schema map[string]auth.ModelOptions `json:"schema"`
}

// Plugin is the notes plugin.
type Plugin struct {
	opts  Options
	notes store.Table[Note] // set by init
}

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{opts: o} }

// NoteCreated is the event that a user wrote a note.
const NoteCreated = "note_created"

// Manifest implements [auth.Plugin]: all that the plugin adds, as data.
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "notes",
		Models: []store.Model{noteModel(), userFields()},
		Rename: p.opts.Schema,
		Endpoints: []auth.Endpoint{
			p.createNote(), p.importNotes(), p.listNotes(), p.readNote(), p.exportNotes(), p.deleteNote(),
			p.shareNote(), p.readShared(), p.setPIN(), p.enterPIN(), p.wellKnown(),
		},
		Before:   []auth.Hook{{On: []string{"/sign-up/email", "/update-user"}, Do: p.checkMotto}},
		After:    []auth.Hook{{On: []string{"/notes/create"}, Do: p.sayNotesLeft}},
		SignedIn: []auth.Hook{{On: []string{"/sign-in/email"}, Do: p.askForPIN}},
		Admit:    p.admit,
		Database: map[string][]store.Hooks{"user": {{Source: "plugin:notes", AfterCreate: p.welcome}}},
		RateLimits: []auth.RateLimit{{
			On:     []string{"/notes/create", "/notes/import"},
			Window: cmp.Or(p.opts.RateLimit.Window, 60), Max: cmp.Or(p.opts.RateLimit.Max, 10),
		}},
		Codes:  codes(),
		Jobs:   []auth.Job{{Name: "send reminders of notes", Every: time.Minute, Do: p.sendReminders}},
		Events: []string{NoteCreated},
		Init:   p.init,
	}
}

// init checks the options and opens the table. It runs once, when the store is open.
func (p *Plugin) init(a *auth.Auth) error {
	p.notes = store.TableOf[Note](a.Store, "note")
	if p.opts.MaxNotes < 0 {
		return errors.New("maxNotes must not be negative")
	}
	return auth.CheckLimit("rateLimit", p.opts.RateLimit)
}

func (p *Plugin) maxNotes() int { return cmp.Or(p.opts.MaxNotes, 100) }
