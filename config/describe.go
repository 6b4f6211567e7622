package config

import (
	_ "embed"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
)

// Option is one option that a config file can set.
type Option struct {
	Path    string // <key> and <n> stand for any key and any place in a list
	Type    string
	Default string // the reference's, "" when it is unset or unknown

	callback bool // it may be one
}

// Excluded is an option of the reference that a file cannot set.
type Excluded struct {
	Path   string // * stands for any key; options below it are meant too
	Reason string
	Kind   string // ignored, go only or not built
}

// reference lists the options of better-auth 1.7.25 that matter here, made from
// its types: path, kind and default, divided by tabs.
//
//go:embed options.txt
var reference string

// Describe lists every option of a config file, by path.
func Describe() []Option {
	w := &describer{defaults: map[string]string{}}
	for line := range strings.Lines(reference) {
		if parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(parts) == 3 {
			w.defaults[parts[0]] = parts[2]
		}
	}
	w.walk("", reflect.TypeFor[root]())
	for name, entry := range all.Plugins() {
		w.add("plugins."+name, "map")
		w.walk("plugins."+name, reflect.TypeOf(entry.Options()).Elem())
	}
	for name, entry := range provider.Providers() {
		w.walk("socialProviders."+name, reflect.TypeOf(entry.Options()).Elem())
	}
	slices.SortFunc(w.options, func(a, b Option) int { return strings.Compare(a.Path, b.Path) })
	return w.options
}

// Exclusions lists what a config file cannot set, and why.
func Exclusions() []Excluded {
	kinds := map[ruleKind]string{meaningless: "ignored", goOnly: "go only", notBuilt: "not built"}
	var out []Excluded
	for _, r := range rules {
		out = append(out, Excluded{Path: r.path, Reason: r.why, Kind: kinds[r.kind]})
	}
	known := slices.Collect(maps.Keys(all.Plugins()))
	for _, name := range unbuiltPlugins {
		if !slices.Contains(known, name) {
			out = append(out, Excluded{Path: "plugins." + name, Reason: "the plugin is not built yet", Kind: kinds[notBuilt]})
		}
	}
	return out
}

type describer struct {
	options  []Option
	defaults map[string]string
}

func (w *describer) add(path, kind string) {
	if path == "" || slices.ContainsFunc(w.options, func(o Option) bool { return o.Path == path }) {
		return
	}
	w.options = append(w.options, Option{Path: path, Type: kind, Default: w.defaults[path]})
}

var (
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
	binder      = reflect.TypeFor[callback.Binder]()
)

func (w *describer) walk(path string, t reflect.Type) {
	switch t {
	case timeType:
		w.add(path, "time")
		return
	case reflect.TypeFor[Duration]():
		w.add(path, "seconds or text")
		return
	case reflect.TypeFor[pluginOption](), reflect.TypeFor[socialOption]():
		w.add(path, "map")
		return
	case reflect.TypeFor[auth.AdditionalFields]():
		w.add(path, "map")
		w.walk(join(path, "<key>"), reflect.TypeFor[auth.AdditionalField]())
		return
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		w.ownGrammar(path, t)
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		w.walk(path, t.Elem())
	case reflect.Struct:
		w.add(path, "map")
		for _, f := range fieldsOf(t) {
			w.walk(join(path, f.name), t.FieldByIndex(f.index).Type)
		}
	case reflect.Map:
		w.add(path, "map")
		w.walk(join(path, "<key>"), t.Elem())
	case reflect.Slice:
		w.add(path, "list")
		w.walk(join(path, "<n>"), t.Elem())
	default:
		w.add(path, scalarName(path, t))
	}
}

func (w *describer) ownGrammar(path string, t reflect.Type) {
	kind := "value"
	if reflect.PointerTo(t).Implements(binder) {
		kind = "webhook"
	}
	part, special := shapes[t]
	if special {
		kind = "value"
	}
	w.add(path, kind)
	if i := slices.IndexFunc(w.options, func(o Option) bool { return o.Path == path }); i >= 0 {
		w.options[i].callback = reflect.PointerTo(t).Implements(binder)
	}
	if part.object != nil {
		w.walk(path, part.object)
	}
}

func scalarName(path string, t reflect.Type) string {
	if known := choices(strings.NewReplacer("<key>", "*", "<n>", "*").Replace(path)); known != nil {
		return strings.Join(known, " | ")
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "boolean"
	case reflect.Interface:
		return "any"
	}
	return "number"
}
