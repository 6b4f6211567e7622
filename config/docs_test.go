package config

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/configuration.md and docs/betterauth.schema.json anew")

const docsFile = "../docs/configuration.md"

// TestDocs fails if the tables of docs/configuration.md differ from the fields of the options; -update writes them.
func TestDocs(t *testing.T) {
	data, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	page := between(t, string(data), "options", optionTables(documented(entries(t))))
	page = between(t, page, "exclusions", exclusionTable(entries(t)))
	golden(t, docsFile, string(data), page)
}

// golden compares a file with the expected content, or writes it.
func golden(t *testing.T, name, old, fresh string) {
	t.Helper()
	if fresh == old {
		return
	}
	if *update {
		if err := os.WriteFile(name, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	had, has := strings.Split(old, "\n"), strings.Split(fresh, "\n")
	for _, line := range has {
		if !slices.Contains(had, line) {
			t.Error("lacks: ", line)
		}
	}
	for _, line := range had {
		if !slices.Contains(has, line) {
			t.Error("should not have: ", line)
		}
	}
	t.Errorf("%s is behind the code: run go test ./config -run 'TestDocs|TestSchema' -update", name)
}

// between replaces the text between <!-- name --> and <!-- /name -->.
func between(t *testing.T, page, name, text string) string {
	t.Helper()
	before, rest, ok := strings.Cut(page, "<!-- "+name+" -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- /"+name+" -->")
	if !ok || !ok2 {
		t.Fatalf("%s has no marks for %s", docsFile, name)
	}
	return before + "<!-- " + name + " -->\n" + text + "<!-- /" + name + " -->" + after
}

// documented returns the options that have a row. Groups are represented by their members, and what several models or
// providers have in common is listed once.
func documented(list []entry) []entry {
	common := commonOptions(list)
	var rows []entry
	seen := map[string]bool{}
	for _, e := range list {
		e.path = folded(e.path, common)
		if seen[e.path] || e.group {
			continue
		}
		seen[e.path] = true
		rows = append(rows, e)
	}
	return rows
}

var (
	modelPart = regexp.MustCompile(`^(user|session|account|verification)\.(additionalFields|fields|modelName)\b`)
	hookPart  = regexp.MustCompile(`^databaseHooks\.[^.]+\.[^.]+\.(before|after)$`)
	social    = regexp.MustCompile(`^socialProviders\.([^.]+)\.(.+)$`)
)

// folded returns the path under which an option is documented.
func folded(path string, common map[string]bool) string {
	path = modelPart.ReplaceAllString(path, "<model>.$2")
	path = hookPart.ReplaceAllString(path, "databaseHooks.<model>.<event>.$1")
	if m := social.FindStringSubmatch(path); m != nil && common[m[2]] {
		path = "socialProviders.<provider>." + m[2]
	}
	return path
}

// commonOptions returns the options that every social provider has.
func commonOptions(list []entry) map[string]bool {
	providers, count := map[string]bool{}, map[string]int{}
	for _, e := range list {
		if m := social.FindStringSubmatch(e.path); m != nil {
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
func optionTables(rows []entry) string {
	var b strings.Builder
	slices.SortStableFunc(rows, compareEntries)
	last := ""
	for _, r := range rows {
		if s := section(r.path); s != last {
			fmt.Fprintf(&b, "\n### %s\n\n| option | value | default | meaning |\n| --- | --- | --- | --- |\n", s)
			last = s
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.path, r.kind, names.ReplaceAllString(r.byDefault, "`$0`"), explained(r))
	}
	return b.String() + "\n"
}

// names matches the parts of a default that are not plain words.
var names = regexp.MustCompile(`--\w+|\b[A-Z]+(_[A-Z]+)+\b|\S*<\S*|\b[a-z]+(\.[a-z]+)*[A-Z]\w*(\.\w+)*|\bsocialProviders\.\w+|__\w+|sqlite:\S+|tls: tls|better-auth:`)

// explained returns the text of the page about an option.
func explained(e entry) string {
	text := withLinks(e.meaning)
	if e.field != nil && e.field.Max == 34560000 {
		text += " At most 34560000 (400 days)."
	}
	if name := e.path[strings.LastIndexByte(e.path, '.')+1:]; secretKeys[name] && !e.callback {
		text += fmt.Sprintf(" Also `%sFile`.", name)
	}
	if e.goOnly != "" {
		text += " From Go only (see below)."
	}
	return strings.ReplaceAll(text, "|", "\\|")
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

func exclusionTable(list []entry) string {
	ignored, goOnly, unbuilt := exclusions(list)
	var b strings.Builder
	for _, part := range []struct {
		list []excluded
		head string
	}{
		{ignored, "Accepted, but ignored; the server names them at start:"},
		{goOnly, "From Go only; refused in a file:"},
		{unbuilt, "Not built yet; refused with that reason:"},
	} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n\n| option | why |\n| --- | --- |\n", part.head)
		for _, e := range part.list {
			fmt.Fprintf(&b, "| `%s` | %s |\n", e.path, e.why)
		}
	}
	return b.String() + "\n"
}
