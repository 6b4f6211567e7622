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
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. The json names are the keys in a config file; the
// other tags say what an option may be. Package option reads them.
type Options struct {
	// How many notes one user may keep.
	MaxNotes int `json:"maxNotes" default:"100" min:"1" max:"10000"`
	// Title of a note that every new user finds.
	Welcome string `json:"welcome" unset:"no note"`
	// May refuse a note before it is kept.
	Review callback.Func[ReviewRequest, Verdict] `json:"review" unset:"all notes are allowed"`
	// Tells a user of a note whose time has come.
	Remind callback.Func[Reminder, callback.Nothing] `json:"remind" unset:"nobody is reminded"`
	// How often one client may create notes.
	RateLimit auth.RuleSize `json:"rateLimit" default:"window=60 max=10"`
	// Other names of the plugin's tables and columns, and fields that are added.
	Schema map[string]auth.ModelOptions `json:"schema"`
}

// Plugin is the notes plugin.
type Plugin struct {
	opts  Options
	notes store.Table[Note] // set by init
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o) // what is unset gets its default
	return &Plugin{opts: o}
}

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
			Window: p.opts.RateLimit.Window, Max: p.opts.RateLimit.Max,
		}},
		Codes:  codes(),
		Jobs:   []auth.Job{{Name: "send reminders of notes", Every: time.Minute, Do: p.sendReminders}},
		Events: []string{NoteCreated},
		Init:   p.init,
	}
}

// init opens the table and checks the options. It runs once, when the store is open.
func (p *Plugin) init(a *auth.Auth) error {
	p.notes = store.TableOf[Note](a.Store, "note")
	return option.Check(&p.opts)
}
