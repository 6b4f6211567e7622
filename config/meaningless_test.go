package config

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestOptionsWithoutMeaning compares the options that the parity report lists as without meaning with the notes that
// a file gets.
func TestOptionsWithoutMeaning(t *testing.T) {
	read := func(name string, to any) {
		text, err := os.ReadFile("../test/parity/" + name)
		if err == nil {
			err = json.Unmarshal(text, to)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var listed []struct{ Plugin, Path, Reason string }
	var known map[string][]string
	read("meaningless.json", &listed)
	read("wire/options.json", &known)
	for _, o := range listed {
		if !slices.Contains(known[o.Plugin], o.Path) {
			t.Errorf("%s %s is no option of the reference", o.Plugin, o.Path)
		}
		if o.Plugin == "core" && ignored(strings.ReplaceAll(o.Path, "<key>", "x")) == "" || o.Reason == "" {
			t.Errorf("%s has no rule, or no reason", o.Path)
		}
	}
}
