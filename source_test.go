package betterauth

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"strconv"
	"strings"
	"testing"
)

// file is a source file that is not a test.
type file struct {
	*ast.File
	name string // relative to the root of the module
	set  *token.FileSet
}

// source is a package with the objects of its own names, without type information of its imports.
type source struct {
	dir   string
	files []*file
	info  *types.Info
	pkg   *types.Package
}

// sources parses all files of the module except tests.
func sources(t *testing.T) (list []*file) {
	t.Helper()
	set := token.NewFileSet()
	for _, name := range files(t, ".go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, &file{parsed, name, set})
	}
	return list
}

// packages resolves the names of all packages. Imports are not read, so only names that a package declares itself
// have an object.
func packages(t *testing.T) (list []*source) {
	t.Helper()
	byDir := map[string]*source{}
	for _, f := range sources(t) {
		dir := path.Dir(f.name)
		if byDir[dir] == nil {
			byDir[dir] = &source{dir: dir, info: &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}}
			list = append(list, byDir[dir])
		}
		byDir[dir].files = append(byDir[dir].files, f)
	}
	for _, p := range list {
		var parsed []*ast.File
		for _, f := range p.files {
			parsed = append(parsed, f.File)
		}
		conf := types.Config{Importer: noImports{}, Error: func(error) {}}
		p.pkg, _ = conf.Check(p.dir, p.files[0].set, parsed, p.info)
	}
	return list
}

type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, errors.New("not read") }

// at returns the position of a node.
func (f *file) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.name, f.set.Position(n.Pos()).Line)
}

// localName returns the name of an imported package in this file, or "" if it is not imported.
func (f *file) localName(pkg string) string {
	for _, imp := range f.Imports {
		if name, _ := strconv.Unquote(imp.Path.Value); name != pkg {
			continue
		}
		if imp.Name != nil {
			return imp.Name.Name
		}
		return path.Base(pkg)
	}
	return ""
}

// isSelector reports whether an expression is pkg.name.
func isSelector(e ast.Expr, pkg, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// within reports whether a file or directory is one of the places: the place itself, in the directory, or below
// "directory/...".
func within(name string, places ...string) bool {
	for _, place := range places {
		root, below := strings.CutSuffix(place, "/...")
		if name == root || path.Dir(name) == root || below && strings.HasPrefix(name, root+"/") {
			return true
		}
	}
	return false
}

// exceptions are the places that a rule excludes, each with its reason.
type exceptions map[string]string

// tracker records which exceptions were needed.
type tracker struct {
	table  exceptions
	needed map[string]bool
}

func (e exceptions) begin() *tracker { return &tracker{e, map[string]bool{}} }

// find returns the reason why a file is excluded.
func (k *tracker) find(name string) (reason string, ok bool) {
	for place, reason := range k.table {
		if within(name, place) {
			k.needed[place] = true
			return reason, true
		}
	}
	return "", false
}

// end reports exceptions that were not needed.
func (k *tracker) end(t *testing.T) {
	t.Helper()
	for place := range k.table {
		if !k.needed[place] {
			t.Errorf("the exception for %s is not needed any more", place)
		}
	}
}
