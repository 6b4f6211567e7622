package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/option"
)

const module = "github.com/seed-32bd42cb/betterauth/"

// meanings reads the meaning of options from the comments of their fields.
type meanings struct {
	t    *testing.T
	seen map[string]map[string]string // by package, struct and field
}

func newMeanings(t *testing.T) *meanings {
	return &meanings{t, map[string]map[string]string{}}
}

// of returns the comment of an option's field, or that of its struct if the fields of a struct have none. An option
// without a comment is an error.
func (m *meanings) of(f *option.Field) string {
	comments := m.read(f.Owner.PkgPath())
	structName, _, _ := strings.Cut(f.Owner.Name(), "[")
	text := comments[structName+"."+f.GoName]
	if text == "" {
		text = aboutStruct.ReplaceAllString(comments[structName], "")
		if text == "" || m.anyField(comments, structName) {
			m.t.Errorf("%s.%s has no comment: say there what the option means", f.Owner, f.GoName)
			return ""
		}
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

// aboutStruct matches the beginning of a struct's comment: "ErrorColors are ".
var aboutStruct = regexp.MustCompile(`^\w+ (are|is) `)

func (m *meanings) anyField(comments map[string]string, structName string) bool {
	for name := range comments {
		if strings.HasPrefix(name, structName+".") {
			return true
		}
	}
	return false
}

// read parses the package of an import path once.
func (m *meanings) read(pkg string) map[string]string {
	if known, ok := m.seen[pkg]; ok {
		return known
	}
	comments := map[string]string{}
	m.seen[pkg] = comments
	names, err := filepath.Glob(filepath.Join("..", strings.TrimPrefix(pkg, module), "*.go"))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			m.t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if g, ok := decl.(*ast.GenDecl); ok {
				readStructs(comments, g)
			}
		}
	}
	return comments
}

func readStructs(comments map[string]string, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		t, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		s, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		comments[t.Name.Name] = oneLine(g.Doc)
		for _, f := range s.Fields.List {
			text := oneLine(f.Doc)
			if text == "" {
				text = oneLine(f.Comment)
			}
			for _, name := range f.Names {
				if text != "" {
					comments[t.Name.Name+"."+name.Name] = text
				}
			}
		}
	}
}

func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

var pageOfDocs = regexp.MustCompile(`[Ss]ee docs/((?:[\w-]+/)*([\w-]+)\.md(?:#[\w-]+)?)`)

// withLinks turns the names of pages in a comment into links from docs/.
func withLinks(text string) string {
	return pageOfDocs.ReplaceAllStringFunc(text, func(s string) string {
		m := pageOfDocs.FindStringSubmatch(s)
		return s[:4] + "[" + strings.ReplaceAll(m[2], "-", " ") + "](" + m[1] + ")"
	})
}

// TestTags sets every default: a malformed tag panics. Enums and bounds allow the defaults.
func TestTags(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, e := range entries(t) {
		if e.field == nil || seen[e.field.Owner] {
			continue
		}
		seen[e.field.Owner] = true
		o := reflect.New(e.field.Owner)
		option.Defaults(o.Interface())
		if err := option.Check(o.Interface()); err != nil {
			t.Errorf("the defaults of %s: %v", e.field.Owner, err)
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d structs of options", len(seen))
	}
}
