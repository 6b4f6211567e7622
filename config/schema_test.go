package config

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
)

const (
	schemaFile    = "../docs/betterauth.schema.json"
	schemaAddress = "https://raw.githubusercontent.com/seed-32bd42cb/betterauth/main/docs/betterauth.schema.json"
)

// TestSchema fails if docs/betterauth.schema.json differs from the fields of the options; -update writes it.
func TestSchema(t *testing.T) {
	old, err := os.ReadFile(schemaFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	golden(t, schemaFile, string(old), schemaText(t))
}

func schemaText(t *testing.T) string {
	t.Helper()
	w := &schemaWriter{meanings: newMeanings(t), types: map[string]reflect.Type{}, defs: map[string]*js.Object{}}
	file := js.Obj("$schema", "https://json-schema.org/draft/2020-12/schema", "$id", schemaAddress, "title", "betterauth.yaml",
		"description", "Config file of the betterauth server.")
	for name, v := range w.group("", reflect.TypeFor[root](), nil).All() {
		file.Set(name, v)
	}
	properties, _ := file.Get("properties") // in a JSON file, editors look for a property $schema
	properties.(*js.Object).Set("$schema", js.Obj("description", "Address of this schema, for editors.", "type", "string"))
	w.fixed()
	defs := js.NewObject()
	for _, name := range slices.Sorted(maps.Keys(w.defs)) {
		defs.Set(name, w.defs[name])
	}
	file.Set("$defs", defs)
	var out bytes.Buffer
	if err := json.Indent(&out, js.Marshal(file), "", "\t"); err != nil {
		t.Fatal(err)
	}
	return shortLists.ReplaceAllStringFunc(out.String(), func(s string) string {
		return "[" + strings.Join(strings.Fields(s[1:len(s)-1]), " ") + "]"
	}) + "\n"
}

// shortLists matches lists of types, which are written on one line.
var shortLists = regexp.MustCompile(`\[\s+"(?:string|boolean|integer|number|object|array)"[^\]]*"null"\s+\]`)

// schemaWriter writes the types of options as JSON Schema. Groups of options become definitions with the names of
// their types.
type schemaWriter struct {
	meanings *meanings
	types    map[string]reflect.Type
	defs     map[string]*js.Object
}

// fixed adds the definitions that do not come from a struct of options.
func (w *schemaWriter) fixed() {
	w.defs["env"] = js.Obj("description", "A value of the environment: ${NAME} or ${NAME:-default}.",
		"type", "string", "pattern", `\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}`)
	w.defs["boolean"] = anyOf(js.Obj("type", []any{"boolean", "null"}), ref("env"))
	w.defs["callback"] = js.Obj("description", "What is called: mail (the built-in sender), the address of a webhook, or a map.",
		"anyOf", []any{
			js.Obj("enum", []any{byMail, false, nil}),
			js.Obj("type", "string", "pattern", "^https?://"),
			ref("env"),
			w.reference(callback.WebhookOptions(), "", nil),
		})
}

func ref(name string) *js.Object { return js.Obj("$ref", "#/$defs/"+name) }

// reference returns a reference to the definition of a group of options.
func (w *schemaWriter) reference(t reflect.Type, at string, preset map[string]string) *js.Object {
	if len(preset) > 0 {
		return w.group(at, t, preset)
	}
	name := path.Base(t.PkgPath()) + "." + t.Name()
	if known, ok := w.types[name]; ok && known != t {
		w.meanings.t.Errorf("%s and %s have the same name in the schema", known, t)
	}
	if w.types[name] == nil {
		w.types[name] = t
		w.defs[name] = w.group(at, t, nil)
	}
	return ref(name)
}

// group returns the schema of a map of options. preset holds defaults from the option that contains them.
func (w *schemaWriter) group(at string, t reflect.Type, preset map[string]string) *js.Object {
	properties := js.NewObject()
	for _, f := range option.Fields(t) {
		if f.GoOnly != "" {
			continue
		}
		if value := preset[f.Name]; value != "" {
			f.Default = value
		}
		properties.Set(f.Name, w.property(join(at, f.Name), &f))
		if secretKeys[f.Name] {
			properties.Set(f.Name+"File", js.Obj("description", "Name of a file that holds "+f.Name+", relative to the config file.", "type", "string"))
		}
	}
	for _, o := range ignoredOptions {
		if within, name := path.Split(strings.ReplaceAll(o.path, ".", "/")); strings.TrimSuffix(within, "/") == strings.ReplaceAll(at, ".", "/") {
			properties.Set(name, js.Obj("description", "Ignored: "+o.why+".", "deprecated", true))
		}
	}
	return js.Obj("type", []any{"object", "null"}, "properties", properties, "additionalProperties", false)
}

// property returns the schema of one option, with its meaning and its default.
func (w *schemaWriter) property(at string, f *option.Field) *js.Object {
	o := js.Obj("description", w.meanings.of(f))
	for name, v := range w.value(at, f.Type, f).All() {
		o.Set(name, v)
	}
	if v, ok := defaultValue(f); ok {
		o.Set("default", v)
	}
	return o
}

func defaultValue(f *option.Field) (any, bool) {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	_, shaped := option.ShapeOf(t)
	switch {
	case f.Default == "" || !shaped && t.Kind() == reflect.Struct:
		return nil, false
	case shaped || t.Kind() == reflect.String:
		return f.Default, true
	case t.Kind() == reflect.Slice:
		return []any{f.Default}, true
	case t.Kind() == reflect.Bool:
		return f.Default == "true", true
	}
	n, err := strconv.ParseFloat(f.Default, 64)
	return n, err == nil
}

// value returns the schema of a type in a file; f is nil for members of lists and maps.
func (w *schemaWriter) value(at string, t reflect.Type, f *option.Field) *js.Object {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[pluginOption]():
		return w.plugins()
	case reflect.TypeFor[socialOption]():
		return w.providers()
	case reflect.TypeFor[[]realmOption]():
		return w.realms()
	case timeType:
		return js.Obj("type", []any{"string", "number", "null"})
	}
	if shape, ok := option.ShapeOf(t); ok {
		return w.shape(at, shape)
	}
	var preset map[string]string
	if f != nil {
		preset = f.Members()
	}
	switch t.Kind() {
	case reflect.Struct:
		return w.reference(t, at, preset)
	case reflect.Map:
		return w.mapOf(at, t)
	case reflect.Slice:
		list := w.list(at, t.Elem())
		if f != nil && f.Enum != nil {
			list.Set("items", anyOf(js.Obj("enum", anys(f.Enum)), ref("env")))
		}
		return list
	case reflect.Interface:
		return js.NewObject()
	case reflect.String:
		if f == nil || f.Enum == nil {
			return js.Obj("type", []any{"string", "null"})
		}
		return anyOf(js.Obj("enum", append(anys(f.Enum), nil)), ref("env"))
	case reflect.Bool:
		return ref("boolean")
	}
	return anyOf(number(t, f), ref("env"))
}

func number(t reflect.Type, f *option.Field) *js.Object {
	kind := "integer"
	if t.Kind() == reflect.Float64 {
		kind = "number"
	}
	o := js.Obj("type", []any{kind, "null"})
	if f == nil {
		return o
	}
	o.Set("minimum", f.Min)
	if !math.IsInf(f.Max, 1) {
		o.Set("maximum", f.Max)
	}
	return o
}

// shape returns the schema of an option with a grammar of its own.
func (w *schemaWriter) shape(at string, s option.Shape) *js.Object {
	var ways []any
	add := func(is bool, o *js.Object) {
		if is {
			ways = append(ways, o)
		}
	}
	add(s.Text, js.Obj("type", "string"))
	add(s.Texts != nil, js.Obj("enum", anys(s.Texts)))
	add(s.Number, js.Obj("type", "number"))
	add(s.Bool, js.Obj("type", "boolean"))
	add(s.False, js.Obj("const", false))
	if s.List != nil {
		ways = append(ways, w.list(at, s.List))
	}
	switch {
	case s.Map == nil:
	case s.Map.Kind() == reflect.Struct:
		ways = append(ways, w.reference(s.Map, at, nil))
	default:
		ways = append(ways, w.mapOf(at, s.Map))
	}
	add(s.Callback, ref("callback"))
	if len(ways) == 1 {
		return ways[0].(*js.Object)
	}
	add(!s.Text && !s.Callback, ref("env"))
	add(!s.Callback, js.Obj("type", "null"))
	return js.Obj("anyOf", ways)
}

func (w *schemaWriter) list(at string, t reflect.Type) *js.Object {
	items := w.value(join(at, "<n>"), t, nil)
	if t.Kind() == reflect.String {
		items = js.Obj("type", "string")
	}
	return js.Obj("type", []any{"array", "null"}, "items", items)
}

func (w *schemaWriter) mapOf(at string, t reflect.Type) *js.Object {
	return js.Obj("type", []any{"object", "null"}, "additionalProperties", w.value(join(at, "<key>"), t.Elem(), nil))
}

func (w *schemaWriter) plugins() *js.Object {
	known := all.Plugins()
	properties := js.NewObject()
	for _, name := range slices.Sorted(maps.Keys(known)) {
		properties.Set(name, w.reference(reflect.TypeOf(known[name].Options()).Elem(), "plugins."+name, nil))
	}
	return js.Obj("type", []any{"object", "null"}, "properties", properties, "additionalProperties", false)
}

func (w *schemaWriter) providers() *js.Object {
	known := provider.Providers()
	properties := js.NewObject()
	for _, name := range slices.Sorted(maps.Keys(known)) {
		properties.Set(name, w.reference(reflect.TypeOf(known[name].Options()).Elem(), "socialProviders."+name, nil))
	}
	return js.Obj("type", []any{"object", "null"}, "properties", properties, "additionalProperties", false)
}

// realms returns the schema of the list of sites. A site has the options of the file, which the schema refers to.
func (w *schemaWriter) realms() *js.Object {
	site := w.group("realms.<n>", reflect.TypeFor[realmOption](), nil)
	properties, _ := site.Get("properties")
	for _, f := range option.Fields(reflect.TypeFor[root]()) {
		if f.GoOnly != "" || slices.Contains(onlyAtTop, f.Name) {
			continue
		}
		names := []string{f.Name}
		if secretKeys[f.Name] {
			names = append(names, f.Name+"File")
		}
		for _, name := range names {
			properties.(*js.Object).Set(name, js.Obj("$ref", "#/properties/"+name))
		}
	}
	for _, name := range []string{"plugins", "socialProviders"} {
		properties.(*js.Object).Set(name, w.removable(name))
	}
	site.Set("required", []any{"name"})
	return js.Obj("type", []any{"array", "null"}, "minItems", 1, "items", site)
}

// removable returns the schema of plugins or providers of a site, which can be false.
func (w *schemaWriter) removable(name string) *js.Object {
	all := w.plugins()
	if name == "socialProviders" {
		all = w.providers()
	}
	properties, _ := all.Get("properties")
	for key, value := range properties.(*js.Object).All() {
		properties.(*js.Object).Set(key, anyOf(value, js.Obj("const", false)))
	}
	return all
}

func anyOf(ways ...any) *js.Object { return js.Obj("anyOf", ways) }

func anys(texts []string) []any {
	out := make([]any, len(texts))
	for i, s := range texts {
		out[i] = s
	}
	return out
}
