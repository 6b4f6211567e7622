// Package config reads a config file and the environment into auth.Options. The file is YAML or JSON with the option
// names of the TypeScript server. Open then connects to the database and the secondary storage that the file names:
//
//	f, err := config.Load("betterauth.yaml", os.Getenv) // err lists all mistakes, with line and column
//	o, resources, err := f.Open(ctx, config.Runtime{Now: time.Now, Log: slog.Default()})
//	defer resources.Close()
//	a, err := betterauth.New(o)
package config

// This package knows no commands, flags or endpoints.

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
	"github.com/seed-32bd42cb/betterauth/ui"
)

// File is a config file that was read and checked. Open makes it ready to use.
type File struct {
	Name string // name of the file in error messages
	// Options are the options in the file, including the plugins, but without database and secondary storage.
	Options          auth.Options
	Database         Database
	SecondaryStorage Storage
	Plugins          []Plugin // in the order of the file
	Logger           Logger
	// ModeFrom names the source of Options.Mode.
	ModeFrom string
	// Notes lists options that were accepted but have no effect, each with the reason.
	Notes []string
	// Realms are the sites of a file with `realms`. Each has a File to open; this one then only holds what they have
	// in common.
	Realms []*Realm
	// Realm is the name of the site that this File is, or "".
	Realm string
	// Mail is the part mail of the file; nil if no option uses mail.
	Mail *mail.Config
	// UI is the part ui of the file, with absolute paths of its files.
	UI ui.Config

	root   string                     // path of the realm
	place  func(path string) position // position of an option in the file; zero if there is none
	at     position                   // of the realm
	caller *callback.Caller
	mails  bool // an option has the value mail
	mailer *mail.Mailer
}

// Plugin is a plugin in the file.
type Plugin struct {
	ID      string
	Options any // pointer to the options of the plugin
}

// Logger is the option logger of the file.
type Logger struct {
	Level    slog.Level
	Disabled bool
}

// Loader reads config files. The zero value reads them without an environment.
type Loader struct {
	Env func(name string) string
	// Mode, if set, takes precedence over the file and the environment (flag --mode).
	Mode string
	// DefaultMode is used if nothing else sets a mode.
	DefaultMode auth.Mode
	// NeedBaseURL refuses a file without a base URL in production.
	NeedBaseURL bool
	// Pages sets that the server has the pages of the section ui: options for pages that are not set lead there.
	Pages bool
	// AllowGoOnly accepts webhooks for options that receive passwords; the black-box build needs it.
	AllowGoOnly bool
	// Builtins are the callbacks that a file may choose by name.
	Builtins map[string]callback.Builtin
	// Plugins are further plugins, by their names in the file. One with the name of a
	// plugin of this module replaces it.
	//
	//	Plugins: map[string]all.Entry{"notes": all.EntryOf(notes.New)}
	Plugins map[string]all.Entry
	// Providers are further social providers, by their names in the file;
	// provider.EntryOf makes an entry.
	Providers map[string]provider.Entry
	// ReadFile reads the file of a …File option; nil reads from disk.
	ReadFile func(path string) ([]byte, error)
}

// Load reads a config file as the server does: it refuses unknown options, and a missing base URL in production. The
// error is an *Errors, or says that the file cannot be read.
func Load(path string, env func(string) string) (*File, error) {
	return Loader{Env: env, NeedBaseURL: true}.Load(path)
}

// FromJSON reads the content of a config file in JSON. The error is an *Errors.
func FromJSON(data []byte, env func(string) string) (*File, error) {
	return Loader{Env: env}.Parse("config.json", data)
}

// Load reads the file at path.
func (l Loader) Load(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return l.Parse(path, data)
}

// Parse reads the content of a file. The extension of the name, or else the first character, decides between YAML and
// JSON. The names of other files are relative to it.
func (l Loader) Parse(name string, data []byte) (*File, error) {
	if l.Env == nil {
		l.Env = func(string) string { return "" }
	}
	if l.ReadFile == nil {
		l.ReadFile = readSecretFile
	}
	tree, problem := parse(name, data)
	if problem != nil {
		return nil, &Errors{File: name, Problems: []Problem{*problem}}
	}
	d := &decoder{allowGoOnly: l.AllowGoOnly, places: map[string]position{}}
	s := &substituter{env: l.Env, readFile: l.ReadFile, dir: filepath.Dir(name), report: d.report}
	s.node("", tree)
	f := &File{Name: name}
	f.caller = &callback.Caller{Builtins: l.builtins(f)}
	if list := realmsOf(tree); list != nil {
		l.realms(d, tree, list, f)
	} else {
		l.decode(d, tree, f)
	}
	if len(d.problems) > 0 {
		slices.SortStableFunc(d.problems, func(a, b Problem) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, &Errors{File: name, Problems: d.problems}
	}
	f.Notes, f.place = d.notes, d.place
	return f, nil
}

func parse(name string, data []byte) (*node, *Problem) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json":
		return parseJSON(data)
	case ".yaml", ".yml":
		return parseYAML(data)
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return parseJSON(data)
	}
	return parseYAML(data)
}

// root is the whole file: the options, and the parts with a grammar of their own.
type root struct {
	auth.Options
	// Affects the rate limiter, the rules for secrets, cookies and the fallback of client addresses. Not in the npm
	// package.
	Mode string `json:"mode" unset:"--mode, BETTER_AUTH_MODE, NODE_ENV; else production" enum:"development,test,production"`
	// Address of the database, or a map with `url` and more; `none` is stateless mode.
	Database Database `json:"database" unset:"DATABASE_URL, else sqlite:betterauth.db"`
	// Redis, memory or webhooks that keep sessions, verifications and rate limits: an address, `memory`, or a map.
	SecondaryStorage Storage `json:"secondaryStorage"`
	// Plugins by name, in the order in which their hooks run.
	Plugins pluginOption `json:"plugins"`
	// Providers that users sign in with, by name.
	SocialProviders socialOption `json:"socialProviders"`
	// The log on standard error.
	Logger loggerOption `json:"logger"`
	// Several sites in one process, each with its own host or path, database, secret and base URL, and any other option
	// that differs from those above. See docs/realms.md.
	Realms []realmOption `json:"realms"`
	// How messages are sent for options with the value `mail`.
	Mail *mail.Config `json:"mail"`
	// The pages of the server: sign in, sign up, account, console. See docs/pages.md.
	UI ui.Config `json:"ui"`
}

func (l Loader) decode(d *decoder, tree *node, f *File) {
	r := root{Plugins: pluginOption{known: all.Plugins()}, SocialProviders: socialOption{known: provider.Providers()}}
	maps.Copy(r.Plugins.known, l.Plugins)
	maps.Copy(r.SocialProviders.known, l.Providers)
	d.caller = f.caller
	if m, ok := tree.value.(*mapping); ok {
		m.members = slices.DeleteFunc(m.members, func(e member) bool { return e.key == "$schema" }) // for editors
		d.structure("", tree, reflect.ValueOf(&r).Elem())
	} else if tree.value != nil {
		d.fail("", tree.at, "the file must be a map of options, not %s", tree.kind())
	}
	f.Options, f.Database, f.SecondaryStorage = r.Options, r.Database, r.SecondaryStorage
	f.Plugins, f.Logger, f.Mail = r.Plugins.named, r.Logger.logger(), r.Mail
	f.Options.Environ = l.Env
	if f.Database.ValidateSchema != nil && f.Options.Advanced.Database.ValidateSchema == nil {
		f.Options.Advanced.Database.ValidateSchema = f.Database.ValidateSchema
	}
	f.Options.Advanced.Database.TablePrefix = f.Database.TablePrefix
	d.bind("", reflect.ValueOf(&f.Options).Elem())
	for i := range f.Plugins {
		d.bind("plugins."+f.Plugins[i].ID, reflect.ValueOf(f.Plugins[i].Options).Elem())
	}
	if f.Mail != nil {
		d.bind("mail", reflect.ValueOf(f.Mail).Elem())
	}
	d.bind("secondaryStorage", reflect.ValueOf(&f.SecondaryStorage).Elem())
	r.SocialProviders.build(d)
	f.Options.SocialProviders = r.SocialProviders.built
	mode, from, err := l.mode(r.Mode)
	if err != nil {
		d.report("mode", position{}, err)
	}
	f.Options.Mode, f.ModeFrom = mode, from
	f.UI = r.UI
	f.placePages()
	if l.Pages && f.UI.On(mode == auth.Development) {
		f.usePages()
	}
	r.Plugins.build(d)
	f.Options.Plugins = r.Plugins.built
	f.settleMail(d, filepath.Dir(f.Name))
	f.settleUI(d, filepath.Dir(f.Name))
	if l.NeedBaseURL && mode == auth.Production && !f.HasBaseURL() {
		also := " (or set BETTER_AUTH_URL)"
		if f.Realm != "" {
			also = "" // that variable would be the address of all realms
		}
		d.fail("baseURL", position{}, "is needed in production: the public address of the server, like https://example.com%s", also)
	}
}

// urlNames are the environment variables for the base URL in the reference.
var urlNames = []string{"BETTER_AUTH_URL", "NEXT_PUBLIC_BETTER_AUTH_URL", "PUBLIC_BETTER_AUTH_URL", "NUXT_PUBLIC_BETTER_AUTH_URL", "NUXT_PUBLIC_AUTH_URL", "BASE_URL"}

// HasBaseURL reports whether the file or the environment sets the base URL.
func (f *File) HasBaseURL() bool {
	return f.Options.BaseURL.IsDynamic() || f.BaseURL() != ""
}

// BaseURL returns the base URL of the file or the environment, or "" if neither sets it or if it depends on the
// request. Surrounding blanks and trailing slashes are removed, as the server does.
func (f *File) BaseURL() string {
	return strings.TrimRight(strings.TrimSpace(f.rawBaseURL()), "/")
}

func (f *File) rawBaseURL() string {
	if f.Options.BaseURL.IsDynamic() || f.Options.BaseURL.URL != "" {
		return f.Options.BaseURL.URL
	}
	for _, name := range urlNames {
		if v := f.Options.Environ(name); v != "" && (name != "BASE_URL" || v != "/") {
			return v
		}
	}
	return ""
}

// mode returns the mode and its source: --mode, the file, BETTER_AUTH_MODE, NODE_ENV, or the default.
func (l Loader) mode(inFile string) (mode auth.Mode, from string, err error) {
	for _, source := range []struct{ from, text string }{
		{"--mode", l.Mode}, {"mode in the config file", inFile}, {"BETTER_AUTH_MODE", l.Env("BETTER_AUTH_MODE")},
	} {
		if source.text == "" {
			continue
		}
		mode, ok := ParseMode(source.text)
		if !ok {
			return mode, source.from, fmt.Errorf("%s: must be development, test or production, not %q", source.from, source.text)
		}
		return mode, source.from, nil
	}
	if mode, ok := ParseMode(l.Env("NODE_ENV")); ok {
		return mode, "NODE_ENV", nil
	}
	return l.DefaultMode, "the default", nil
}

// ParseMode parses development, test or production.
func ParseMode(text string) (mode auth.Mode, ok bool) {
	switch text {
	case "development", "test":
		return auth.Mode(text), true
	case "production":
		return auth.Production, true
	}
	return auth.Production, false
}
