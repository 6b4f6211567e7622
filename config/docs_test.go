package config

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var updateDocs = flag.Bool("update", false, "write the tables of docs/configuration.md anew")

const docsFile = "../docs/configuration.md"

// TestDocs fails when docs/configuration.md lacks an option, names one that
// there is not, or is wrong about a type. Defaults and meanings are written by
// hand; -update keeps them.
func TestDocs(t *testing.T) {
	data, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	old := string(data)
	page := between(t, old, "options", optionTables(documented(), readRows(old)))
	page = between(t, page, "exclusions", exclusionTable())
	if page == old {
		return
	}
	if *updateDocs {
		if err := os.WriteFile(docsFile, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	lines := strings.Split(old, "\n")
	for line := range strings.Lines(page) {
		if line = strings.TrimSuffix(line, "\n"); !slices.Contains(lines, line) {
			t.Error("lacks: ", line)
		}
	}
	fresh := strings.Split(page, "\n")
	for _, line := range lines {
		if !slices.Contains(fresh, line) {
			t.Error("should not have: ", line)
		}
	}
	t.Error("docs/configuration.md is behind the code: run `go test ./config -run TestDocs -update` and say what new options mean")
}

// between replaces what stands between <!-- name --> and <!-- /name -->.
func between(t *testing.T, page, name, text string) string {
	t.Helper()
	before, rest, ok := strings.Cut(page, "<!-- "+name+" -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- /"+name+" -->")
	if !ok || !ok2 {
		t.Fatalf("%s has no marks for %s", docsFile, name)
	}
	return before + "<!-- " + name + " -->\n" + text + "<!-- /" + name + " -->" + after
}

// row is an option as the page has it.
type row struct{ path, kind, byDefault, meaning string }

var rowPattern = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]*) \\| (.*?) \\| (.*?) \\|$")

func readRows(page string) map[string]row {
	rows := map[string]row{}
	for _, m := range rowPattern.FindAllStringSubmatch(page, -1) {
		rows[m[1]] = row{m[1], m[2], m[3], m[4]}
	}
	return rows
}

// documented are the options that have a row: groups are named by what is in
// them, and what several models or providers have in common is said once.
func documented() []row {
	options, common := Describe(), commonOptions()
	var rows []row
	seen := map[string]bool{}
	for _, o := range options {
		path := folded(o.Path, common)
		element := o.Type == "text" && strings.HasSuffix(path, ".<n>")
		if path == "" || seen[path] || element || o.Type == "map" && hasChildren(options, o.Path) {
			continue
		}
		seen[path] = true
		kind := strings.ReplaceAll(o.Type, " | ", ", ")
		rows = append(rows, row{path: path, kind: strings.ReplaceAll(kind, "webhook", "callback"), byDefault: o.Default})
	}
	return rows
}

func hasChildren(options []Option, path string) bool {
	return slices.ContainsFunc(options, func(o Option) bool { return strings.HasPrefix(o.Path, path+".") })
}

var (
	modelPart = regexp.MustCompile(`^(user|session|account|verification)\.(additionalFields|fields|modelName)\b`)
	hookPart  = regexp.MustCompile(`^databaseHooks\.[^.]+\.[^.]+\.(before|after)$`)
	social    = regexp.MustCompile(`^socialProviders\.([^.]+)\.(.+)$`)
)

// folded is the path under which an option is documented, "" when it is
// documented where it is the same.
func folded(path string, common map[string]bool) string {
	path = modelPart.ReplaceAllString(path, "<model>.$2")
	path = hookPart.ReplaceAllString(path, "databaseHooks.<model>.<event>.$1")
	if m := social.FindStringSubmatch(path); m != nil && common[m[2]] {
		path = "socialProviders.<provider>." + m[2]
	}
	return path
}

// commonOptions are the options that every social provider has.
func commonOptions() map[string]bool {
	providers, count := map[string]bool{}, map[string]int{}
	for _, o := range Describe() {
		if m := social.FindStringSubmatch(o.Path); m != nil {
			providers[m[1]] = true
			count[m[2]]++
		}
	}
	common := map[string]bool{}
	for name, n := range count {
		common[name] = n == len(providers)
	}
	return common
}

// optionTables writes a table for each first part of a path.
func optionTables(rows []row, old map[string]row) string {
	var b strings.Builder
	slices.SortStableFunc(rows, func(x, y row) int {
		return cmp.Or(strings.Compare(section(x.path), section(y.path)), strings.Compare(x.path, y.path))
	})
	last := ""
	for _, r := range rows {
		if s := section(r.path); s != last {
			fmt.Fprintf(&b, "\n### %s\n\n| option | value | default | meaning |\n| --- | --- | --- | --- |\n", s)
			last = s
		}
		if known, ok := old[r.path]; ok {
			r.byDefault, r.meaning = known.byDefault, known.meaning
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.path, r.kind, r.byDefault, r.meaning)
	}
	return b.String() + "\n"
}

func section(path string) string {
	first, rest, deep := strings.Cut(path, ".")
	switch {
	case !deep:
		return "General"
	case first == "<model>":
		return "Models: user, session, account, verification"
	case first == "plugins":
		name, _, _ := strings.Cut(rest, ".")
		return "plugins." + name
	}
	return first
}

func exclusionTable() string {
	kinds := map[string][]string{}
	why := map[string]string{}
	for _, e := range Exclusions() {
		kinds[e.Kind] = append(kinds[e.Kind], e.Path)
		why[e.Path] = e.Reason
	}
	var b strings.Builder
	for _, part := range []struct{ kind, head string }{
		{"ignored", "Accepted, and said once at start that it changes nothing:"},
		{"go only", "From Go only; refused in a file:"},
		{"not built", "Not built yet; refused with that reason:"},
	} {
		list := kinds[part.kind]
		if len(list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n\n| option | why |\n| --- | --- |\n", part.head)
		for _, path := range list {
			fmt.Fprintf(&b, "| `%s` | %s |\n", path, why[path])
		}
	}
	return b.String() + "\n"
}
