package betterauth

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// skipped are directories without files of this project.
var skipped = []string{"node_modules", ".git", ".next", "results", "dist"}

// files returns the files of the module whose name ends in suffix.
func files(t *testing.T, suffix string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skipped, d.Name()):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(name, suffix):
			list = append(list, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestSecurityPage: docs/security.md names every test of an attack as package.TestAttack…, and no other tests.
func TestSecurityPage(t *testing.T) {
	played := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (TestAttack\w+)\(`)
	for _, name := range files(t, "_test.go") {
		for _, m := range declared.FindAllStringSubmatch(read(t, name), -1) {
			played[path.Dir(name)+"."+m[1]] = true
		}
	}
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile(`([\w/]+)\.(TestAttack\w+)`).FindAllStringSubmatch(read(t, "docs/security.md"), -1) {
		listed[m[1]+"."+m[2]] = true
	}
	for name := range played {
		if !listed[name] {
			t.Errorf("docs/security.md does not name %s", name)
		}
	}
	for name := range listed {
		if !played[name] {
			t.Errorf("docs/security.md names %s, which is not there", name)
		}
	}
	if len(played) == 0 {
		t.Error("no attacks found")
	}
}

// TestReadmeProgram: the Go program in README.md equals the one that compiles in example_test.go.
func TestReadmeProgram(t *testing.T) {
	_, rest, ok := strings.Cut(read(t, "README.md"), "```go\n")
	program, _, _ := strings.Cut(rest, "```")
	_, body, isProgram := strings.Cut(program, "func main() {\n")
	_, want, _ := strings.Cut(read(t, "example_test.go"), "func Example() {\n")
	want, _, _ = strings.Cut(want, "\n}\n")
	if !ok || !isProgram || strings.TrimSuffix(body, "\n}\n") != want {
		t.Errorf("README.md and example_test.go differ:\n%s\n----\n%s", body, want)
	}
}

// pending lists pages that a command writes, or that are not written yet. A page that exists may be removed from the
// list.
var pending []string

// TestLinks: every relative link of our pages has a target.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	code := regexp.MustCompile("(?s)```.*?```")
	for _, name := range files(t, ".md") {
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(read(t, name), ""), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			page := path.Join(path.Dir(name), target)
			if _, err := os.Stat(page); err != nil && !slices.Contains(pending, page) {
				t.Errorf("%s: the link %s leads nowhere", name, m[1])
			}
		}
	}
}

// TestAgentsIsShort: AGENTS.md has to stay short, because it is read at the start of every session.
func TestAgentsIsShort(t *testing.T) {
	if n := strings.Count(read(t, "AGENTS.md"), "\n"); n > 80 {
		t.Errorf("AGENTS.md has %d lines, more than 80", n)
	}
}

// TestWritingPlugins: the code of docs/plugins/writing.md is that of examples/plugin,
// which is compiled and tested.
func TestWritingPlugins(t *testing.T) {
	var code []string
	for _, suffix := range []string{".go", ".yaml"} {
		for _, name := range files(t, suffix) {
			if strings.HasPrefix(name, "examples/plugin/") {
				code = append(code, read(t, name))
			}
		}
	}
	blocks := regexp.MustCompile("(?s)```(?:go|yaml)\n(.*?)```").FindAllStringSubmatch(read(t, "docs/plugins/writing.md"), -1)
	if len(blocks) < 30 {
		t.Errorf("only %d blocks of code", len(blocks))
	}
	for _, block := range blocks {
		if !slices.ContainsFunc(code, func(file string) bool { return strings.Contains("\n"+file, "\n"+block[1]) }) {
			t.Errorf("not in examples/plugin:\n%s", block[1])
		}
	}
}
