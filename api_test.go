package betterauth

import (
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/api.txt")

const apiFile = "testdata/api.txt"

// noAPI are folders whose packages promise nothing: docs/compatibility.md says so.
var noAPI = []string{"internal", "test", "bench", "examples", "cmd"}

// TestAPI: testdata/api.txt lists the exported API, so that every change of it
// shows in review, and no exported name needs a type that other modules cannot
// write. `go test . -run TestAPI -update` writes the file.
func TestAPI(t *testing.T) {
	api := readAPI(t)
	for _, problem := range api.problems {
		t.Error(problem)
	}
	got := strings.Join(api.lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(apiFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.Split(strings.TrimSuffix(read(t, apiFile), "\n"), "\n")
	for _, line := range want {
		if !slices.Contains(api.lines, line) {
			t.Errorf("gone or changed: %s", line)
		}
	}
	for _, line := range api.lines {
		if !slices.Contains(want, line) {
			t.Errorf("new: %s", line)
		}
	}
	if t.Failed() {
		t.Log("if the change is meant: go test . -run TestAPI -update, and a line in CHANGELOG.md where it can break a program")
	}
}

// TestAPIFindsHiddenTypes: the check above notices what it is there for.
func TestAPIFindsHiddenTypes(t *testing.T) {
	hidden := types.NewPackage(module+"/internal/x", "x")
	secret := types.NewNamed(types.NewTypeName(token.NoPos, hidden, "T", nil), types.NewStruct(nil, nil), nil)
	open := types.NewPackage(module+"/open", "open")
	lower := types.NewNamed(types.NewTypeName(token.NoPos, open, "t", nil), types.NewStruct(nil, nil), nil)
	for name, typ := range map[string]types.Type{
		"internal":   types.NewPointer(secret),
		"in a map":   types.NewMap(types.Typ[types.String], types.NewSlice(secret)),
		"in a func":  types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewVar(token.NoPos, nil, "", secret)), nil, false),
		"unexported": types.NewChan(types.SendRecv, lower),
	} {
		a := &api{}
		a.mentions("open: var V", typ)
		if len(a.problems) != 1 {
			t.Errorf("%s: %d problems", name, len(a.problems))
		}
	}
	fine := &api{}
	fine.mentions("open: var V", types.Universe.Lookup("error").Type())
	if len(fine.problems) > 0 {
		t.Error(fine.problems)
	}
}

// api is the exported API as it is collected.
type api struct {
	pkg      string // the package in hand, from the module's root; "." for the root
	lines    []string
	problems []string
}

// readAPI reads the compiled packages of the module, without tests.
func readAPI(t *testing.T) *api {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Name}}\t{{.Export}}", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	compiled, ours := map[string]string{}, []string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) == 3 {
			compiled[f[0]] = f[2]
		}
		if (f[0] == module || strings.HasPrefix(f[0], module+"/")) && f[1] != "main" {
			ours = append(ours, f[0])
		}
	}
	read := importer.ForCompiler(token.NewFileSet(), "gc", func(name string) (io.ReadCloser, error) { return os.Open(compiled[name]) })
	a := &api{}
	for _, name := range ours {
		room := strings.TrimPrefix(strings.TrimPrefix(name, module), "/")
		first, _, _ := strings.Cut(room, "/")
		if slices.Contains(noAPI, first) || isInternal(name) {
			continue
		}
		pkg, err := read.Import(name)
		if err != nil {
			t.Fatal(err)
		}
		a.pkg = room
		if room == "" {
			a.pkg = "."
		}
		a.add(pkg)
	}
	slices.Sort(a.lines)
	a.lines = slices.Compact(a.lines)
	return a
}

func isInternal(pkg string) bool {
	return strings.HasPrefix(pkg, module) && slices.Contains(strings.Split(pkg, "/"), "internal")
}

func (a *api) line(format string, args ...any) string {
	text := a.pkg + ": " + fmt.Sprintf(format, args...)
	a.lines = append(a.lines, text)
	return text
}

func (a *api) add(pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		switch o := o.(type) {
		case *types.Const:
			a.mentions(a.line("const %s %s = %s", name, a.text(o.Type()), o.Val().ExactString()), o.Type())
		case *types.Var:
			a.mentions(a.line("var %s %s", name, a.text(o.Type())), o.Type())
		case *types.Func:
			a.mentions(a.line("func %s%s", name, a.signature(o.Type())), o.Type())
		case *types.TypeName:
			a.addType(o)
		}
	}
}

func (a *api) addType(o *types.TypeName) {
	if o.IsAlias() {
		a.mentions(a.line("type %s = %s", o.Name(), a.text(types.Unalias(o.Type()))), types.Unalias(o.Type()))
		return
	}
	named := o.Type().(*types.Named)
	head := o.Name() + a.typeParams(named.TypeParams())
	switch under := named.Underlying().(type) {
	case *types.Struct:
		a.line("type %s struct", head)
		a.addFields(o.Name(), under, map[*types.Struct]bool{})
	case *types.Interface:
		a.mentions(a.line("type %s %s", head, a.text(under)), under)
	default:
		a.mentions(a.line("type %s %s", head, a.text(under)), under)
	}
	for m := range named.Methods() {
		a.addMethod(o.Name(), m)
	}
}

func (a *api) addMethod(of string, m *types.Func) {
	if !m.Exported() {
		return
	}
	star := ""
	if _, isPointer := m.Type().(*types.Signature).Recv().Type().(*types.Pointer); isPointer {
		star = "*"
	}
	a.mentions(a.line("method (%s%s) %s%s", star, of, m.Name(), a.signature(m.Type())), m.Type())
}

// addFields lists the fields of a struct. An embedded type that has no exported
// name gives its exported fields and methods to the struct.
func (a *api) addFields(of string, s *types.Struct, seen map[*types.Struct]bool) {
	if seen[s] {
		return
	}
	seen[s] = true
	for f := range s.Fields() {
		switch {
		case f.Exported() && f.Embedded():
			a.mentions(a.line("embeds %s: %s", of, a.text(f.Type())), f.Type())
		case f.Exported():
			a.mentions(a.line("field %s.%s %s", of, f.Name(), a.text(f.Type())), f.Type())
		case f.Embedded():
			a.addPromoted(of, f.Type(), seen)
		}
	}
}

func (a *api) addPromoted(of string, t types.Type, seen map[*types.Struct]bool) {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		for m := range named.Methods() {
			a.addMethod(of, m)
		}
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		a.addFields(of, s, seen)
	}
}

// mentions reports every type of ours in t that another module cannot name.
func (a *api) mentions(line string, t types.Type) { a.walk(line, t, map[types.Type]bool{}) }

func (a *api) walk(line string, t types.Type, seen map[types.Type]bool) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	next := func(t types.Type) { a.walk(line, t, seen) }
	switch t := t.(type) {
	case *types.Alias:
		next(types.Unalias(t))
	case *types.Named:
		a.judge(line, t.Obj())
		for arg := range t.TypeArgs().Types() {
			next(arg)
		}
	case *types.Pointer:
		next(t.Elem())
	case *types.Slice:
		next(t.Elem())
	case *types.Array:
		next(t.Elem())
	case *types.Chan:
		next(t.Elem())
	case *types.Map:
		next(t.Key())
		next(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			next(v.Type())
		}
	case *types.Signature:
		for p := range t.TypeParams().TypeParams() {
			next(p.Constraint())
		}
		next(t.Params())
		next(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() {
				next(f.Type())
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			next(m.Type())
		}
		for e := range t.EmbeddedTypes() {
			next(e)
		}
	}
}

func (a *api) judge(line string, o *types.TypeName) {
	if o.Pkg() == nil || !strings.HasPrefix(o.Pkg().Path(), module) {
		return
	}
	if isInternal(o.Pkg().Path()) || !o.Exported() {
		a.problems = append(a.problems, fmt.Sprintf("%s: other modules cannot name %s.%s", line, o.Pkg().Path(), o.Name()))
	}
}

// unnamedResult is how compiled packages call results without a name.
var unnamedResult = regexp.MustCompile(`#rv\d+ `)

// text is a type as source of the package in hand would write it.
func (a *api) text(t types.Type) string {
	name := func(p *types.Package) string {
		if strings.TrimPrefix(strings.TrimPrefix(p.Path(), module), "/") == a.pkg {
			return ""
		}
		return p.Name()
	}
	return unnamedResult.ReplaceAllString(types.TypeString(t, name), "")
}

// signature is a func's parameters and results.
func (a *api) signature(t types.Type) string {
	s := t.(*types.Signature)
	plain := types.NewSignatureType(nil, nil, nil, s.Params(), s.Results(), s.Variadic())
	return a.typeParams(s.TypeParams()) + strings.TrimPrefix(a.text(plain), "func")
}

func (a *api) typeParams(list *types.TypeParamList) string {
	if list.Len() == 0 {
		return ""
	}
	var all []string
	for p := range list.TypeParams() {
		all = append(all, p.Obj().Name()+" "+a.text(p.Constraint()))
	}
	return "[" + strings.Join(all, ", ") + "]"
}
