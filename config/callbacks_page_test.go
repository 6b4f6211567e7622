package config

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	codeSpan    = regexp.MustCompile("`([^`]+)`")
	placeholder = regexp.MustCompile(`<[^>]*>`)
	modelOfHook = regexp.MustCompile(`^databaseHooks\.\w+\.`)
)

// callbackRows returns the options in the tables of "The callbacks" in docs/callbacks.md, each with every path that
// it stands for.
func callbackRows(t *testing.T) (rows [][]string, goOnlyPart string) {
	t.Helper()
	data, err := os.ReadFile("../docs/callbacks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(data), "## The callbacks\n")
	page, goOnlyPart, ok := strings.Cut(page, "## From Go only\n")
	if !ok {
		t.Fatal("the page has no such parts")
	}
	for _, part := range strings.Split(page, "\n### ") {
		for i, table := range strings.Split(part, "| --- |") {
			if i == 0 {
				continue
			}
			for line := range strings.Lines(table) {
				cell, isRow := strings.CutPrefix(line, "| ")
				cell, _, _ = strings.Cut(cell, " | ")
				if isRow && strings.Contains(cell, "`") {
					rows = append(rows, spelledOut(cell, strings.HasPrefix(part, "Social"))...)
				}
			}
		}
	}
	return rows, goOnlyPart
}

// spelledOut returns the full names in a cell: a later one may be abbreviated, with the beginning of the first.
func spelledOut(cell string, social bool) (rows [][]string) {
	first := ""
	for _, m := range codeSpan.FindAllStringSubmatch(cell, -1) {
		name := strings.TrimPrefix(placeholder.ReplaceAllString(m[1], "<>"), ".")
		paths := []string{name, "plugins." + name}
		for up := first; up != ""; {
			up = up[:max(0, strings.LastIndexByte(up, '.'))]
			paths = append(paths, up+"."+name, "plugins."+up+"."+name)
		}
		if social {
			paths = append(paths, "socialProviders.<>."+name, "socialProviders."+name, "socialProviders.cloudflare."+name, "socialProviders.vercel."+name, "plugins.generic-oauth.config.<>."+name)
		}
		if first == "" {
			first = name
		}
		rows = append(rows, paths)
	}
	return rows
}

// TestCallbacksPage: each option that may be a callback has a row on the page, and each row names an option.
func TestCallbacksPage(t *testing.T) {
	rows, goOnlyPart := callbackRows(t)
	onPage, used := map[string][]int{}, map[int]bool{}
	for i, paths := range rows {
		for _, path := range paths {
			onPage[path] = append(onPage[path], i)
		}
	}
	list := entries(t)
	common, callbacks := commonOptions(list), 0
	for _, o := range list {
		if !o.callback {
			continue
		}
		callbacks++
		if o.goOnly != "" {
			name := o.path[strings.LastIndexByte(o.path, '.')+1:]
			if !strings.Contains(o.path, "additionalFields") && !strings.Contains(goOnlyPart, name+"`") {
				t.Errorf("docs/callbacks.md does not say that %s is for Go only", o.path)
			}
			continue
		}
		if modelPart.MatchString(o.path) {
			continue // additional fields are set with a Go function, in the same way for every model
		}
		path := placeholder.ReplaceAllString(folded(o.path, common), "<>")
		path = strings.Replace(path, "plugins.mcp.", "plugins.oauth-provider.", 1) // mcp has its options
		if modelOfHook.MatchString(o.path) {
			path = modelOfHook.ReplaceAllString(o.path, "databaseHooks.<>.")
		}
		found := false
		for named, lines := range onPage {
			if named == path || strings.HasPrefix(named, path+".") || named == hookPart.ReplaceAllString(o.path, "databaseHooks.<>.<>.$1") {
				found = true
				for _, i := range lines {
					used[i] = true
				}
			}
		}
		if !found {
			t.Errorf("docs/callbacks.md has no row for %s", o.path)
		}
	}
	for i, paths := range rows {
		if !used[i] {
			t.Errorf("docs/callbacks.md has a row for %s, which is no callback", paths[0])
		}
	}
	if callbacks < 100 || len(rows) < 40 {
		t.Errorf("only %d callbacks and %d rows found", callbacks, len(rows))
	}
}
