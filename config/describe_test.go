package config

import (
	"strings"
	"testing"
)

// TestEveryOption fails on an option of the reference that a file can neither
// set nor is told why not.
func TestEveryOption(t *testing.T) {
	settable := map[string]bool{}
	var open []string
	for _, o := range Describe() {
		settable[o.Path] = true
		if strings.Contains(o.Path, "<") {
			open = append(open, o.Path)
		}
	}
	excluded := Exclusions()
	lines := 0
	for line := range strings.Lines(reference) {
		path, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		lines++
		if settable[path] || anyCovers(open, path) {
			continue
		}
		found := false
		for _, e := range excluded {
			found = found || covers(e.Path, path)
		}
		if !found {
			t.Errorf("%s: no field, and in no list of what a file cannot set", path)
		}
	}
	if lines < 350 {
		t.Errorf("only %d options in options.txt", lines)
	}
}

func anyCovers(patterns []string, path string) bool {
	for _, p := range patterns {
		p = strings.NewReplacer("<key>", "*", "<n>", "*").Replace(p)
		if covers(p, path) && strings.Count(p, ".") == strings.Count(path, ".") {
			return true
		}
	}
	return false
}

func TestEveryExclusionHasAReason(t *testing.T) {
	for _, e := range Exclusions() {
		if e.Reason == "" || e.Kind == "" {
			t.Errorf("%s: no reason", e.Path)
		}
	}
}
