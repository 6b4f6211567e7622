package config

import (
	"cmp"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
)

// entry is one option of a config file, described by its field and its type.
type entry struct {
	path      string // <key> and <n> stand for any key and any index
	kind      string
	byDefault string
	meaning   string
	callback  bool          // may be a callback
	group     bool          // only a map of options
	goOnly    string        // why a file cannot set it
	field     *option.Field // nil for a plugin
}

// entries returns all options, sorted by path.
func entries(t *testing.T) []entry {
	t.Helper()
	w := &walker{meanings: newMeanings(t)}
	w.fields("", reflect.TypeFor[root](), nil)
	for name, p := range all.Plugins() {
		w.list = append(w.list, entry{path: "plugins." + name, kind: "map", group: true})
		w.fields("plugins."+name, reflect.TypeOf(p.Options()).Elem(), nil)
	}
	for name, p := range provider.Providers() {
		w.list = append(w.list, entry{path: "socialProviders." + name, kind: "map", group: true})
		w.fields("socialProviders."+name, reflect.TypeOf(p.Options()).Elem(), nil)
	}
	slices.SortFunc(w.list, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	return w.list
}

type walker struct {
	list     []entry
	meanings *meanings
}

func (w *walker) fields(path string, t reflect.Type, preset map[string]string) {
	for _, f := range option.Fields(t) {
		if value := preset[f.Name]; value != "" {
			f.Default, f.Unset = value, ""
		}
		w.option(join(path, f.Name), f.Type, &f)
	}
}

func (w *walker) option(path string, t reflect.Type, f *option.Field) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	shape, shaped := option.ShapeOf(t)
	w.list = append(w.list, entry{
		path: path, kind: kindName(t, f), byDefault: defaultOf(t, f), meaning: w.meanings.of(f),
		callback: shape.Callback, goOnly: f.GoOnly, field: f,
		group: !shaped && (t.Kind() == reflect.Struct && t != timeType || t.Kind() == reflect.Map),
	})
	within, list := t, reflect.Type(nil)
	if shaped {
		within, list = shape.Map, shape.List
	} else if t.Kind() == reflect.Slice {
		list = t.Elem()
	}
	switch {
	case t == timeType || within == nil:
	case within.Kind() == reflect.Struct:
		w.fields(path, within, f.Members())
	case within.Kind() == reflect.Map:
		w.members(join(path, "<key>"), within.Elem(), f)
	}
	if list != nil {
		if shape, ok := option.ShapeOf(list); ok {
			list = shape.Map
		}
	}
	if list != nil && list.Kind() == reflect.Struct {
		w.fields(join(path, "<n>"), list, nil)
	}
}

// members adds the members of a map: groups of options, or values that the comment of the map explains.
func (w *walker) members(path string, t reflect.Type, f *option.Field) {
	shape, shaped := option.ShapeOf(t)
	w.list = append(w.list, entry{
		path: path, kind: kindName(t, nil), byDefault: defaultOf(t, f), meaning: w.meanings.of(f), field: f,
		callback: shape.Callback, group: !shaped && t.Kind() == reflect.Struct,
	})
	if shaped {
		t = shape.Map
	}
	if t != nil && t.Kind() == reflect.Struct {
		w.fields(path, t, nil)
	}
}

// kindName describes in words which values an option may have.
func kindName(t reflect.Type, f *option.Field) string {
	if shape, ok := option.ShapeOf(t); ok {
		if len(shape.Texts) > 0 && f != nil && f.GoOnly == "" {
			return strings.Join(append(slices.Clone(shape.Texts), kindsOf(shape)...), ", ")
		}
		return strings.Join(kindsOf(shape), ", ")
	}
	if f != nil && f.Enum != nil && t.Kind() == reflect.Slice {
		return "list of " + strings.Join(f.Enum, ", ")
	}
	if f != nil && f.Enum != nil {
		return strings.Join(f.Enum, ", ")
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "boolean"
	case reflect.Interface:
		return "any"
	case reflect.Slice:
		return "list"
	case reflect.Struct, reflect.Map:
		if t == timeType {
			return "time"
		}
		return "map"
	}
	if f != nil && f.Unit != "" {
		return "number of " + f.Unit
	}
	return "number"
}

func kindsOf(s option.Shape) (kinds []string) {
	for _, k := range []struct {
		is   bool
		name string
	}{{s.Text, "text"}, {s.Number, "number"}, {s.Bool, "boolean"}, {s.False, "false"}, {s.List != nil, "list"}, {s.Map != nil, "map"}, {s.Callback, "callback"}} {
		if k.is {
			kinds = append(kinds, k.name)
		}
	}
	return kinds
}

func defaultOf(t reflect.Type, f *option.Field) string {
	shape, _ := option.ShapeOf(t)
	switch {
	case f.Default != "":
		return f.Default
	case f.Unset != "":
		return f.Unset
	case t.Kind() == reflect.Bool || shape.Bool:
		return "false"
	}
	return "none"
}

// excluded is an option of the reference that a file cannot set.
type excluded struct{ path, why string }

// exclusions returns what a config file cannot set, by kind.
func exclusions(list []entry) (ignored, goOnly, unbuilt []excluded) {
	for _, o := range ignoredOptions {
		ignored = append(ignored, excluded{o.path, o.why})
	}
	seen := map[string]bool{}
	for _, e := range list {
		path := strings.NewReplacer("<key>", "*", "<n>", "*").Replace(e.path)
		path = regexp.MustCompile(`^(user|session|account|verification|socialProviders)\.([^.]+)\.`).ReplaceAllStringFunc(path, func(s string) string {
			if strings.HasPrefix(s, "socialProviders.") {
				return "socialProviders.*."
			}
			return "*" + s[strings.IndexByte(s, '.'):]
		})
		if e.goOnly != "" && !seen[path] {
			seen[path] = true
			goOnly = append(goOnly, excluded{path, e.goOnly})
		}
	}
	for _, name := range unbuiltPlugins {
		if _, built := all.Plugins()[name]; !built {
			unbuilt = append(unbuilt, excluded{"plugins." + name, "the plugin is not built yet"})
		}
	}
	return ignored, goOnly, unbuilt
}

// TestEveryOption fails if a file can neither set an option of the reference nor gets a message about it, and if a
// default differs from the reference's. testdata/options.txt lists the relevant options of better-auth 1.7.25, made
// from its types: path, kind and default, separated by tabs.
func TestEveryOption(t *testing.T) {
	reference, err := os.ReadFile("testdata/options.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := entries(t)
	settable := map[string]entry{}
	var open []string
	for _, e := range list {
		settable[e.path] = e
		if strings.Contains(e.path, "<") {
			open = append(open, strings.NewReplacer("<key>", "*", "<n>", "*").Replace(e.path))
		}
	}
	ignored, goOnly, unbuilt := exclusions(list)
	lines, defaults := 0, 0
	for line := range strings.Lines(string(reference)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		path := parts[0]
		lines++
		e, ok := settable[path]
		if ok && len(parts) == 3 && (e.field == nil || e.field.Unset == "") && literal.MatchString(parts[2]) {
			defaults++
			if want := strings.Trim(parts[2], `"'`+"`"); e.byDefault != want {
				t.Errorf("%s is %s by default in the reference, here %s", path, want, e.byDefault)
			}
		}
		known := ok || slices.ContainsFunc(open, func(p string) bool {
			return covers(p, path) && strings.Count(p, ".") == strings.Count(path, ".")
		})
		for _, e := range slices.Concat(ignored, goOnly, unbuilt) {
			known = known || covers(e.path, path)
		}
		if !known {
			t.Errorf("%s: no field, and in no list of what a file cannot set", path)
		}
	}
	if lines < 350 || defaults < 50 {
		t.Errorf("only %d options and %d defaults in options.txt", lines, defaults)
	}
}

// literal matches a default that is a value and not words.
var literal = regexp.MustCompile(`^(\d+|true|false|"[^"]*")$`)

func compareEntries(a, b entry) int {
	return cmp.Or(strings.Compare(section(a.path), section(b.path)), strings.Compare(a.path, b.path))
}
