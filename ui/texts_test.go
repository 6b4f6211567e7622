package ui_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/ui"
)

var placeholder = regexp.MustCompile(`\{[a-zA-Z]+\}`)

// TestTexts checks that every language has every text, with the same values in it.
func TestTexts(t *testing.T) {
	read := func(name string) map[string]string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(text, &texts); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return texts
	}
	values := func(text string) string {
		found := placeholder.FindAllString(text, -1)
		slices.Sort(found)
		return strings.Join(found, "")
	}
	areas, err := filepath.Glob("web/texts/en/*.json")
	if err != nil || len(areas) == 0 {
		t.Fatal(areas, err)
	}
	for _, area := range areas {
		english := read(area)
		for _, language := range ui.Languages[1:] {
			other := read(filepath.Join("web/texts", language, filepath.Base(area)))
			for key, text := range english {
				if values(text) != values(other[key]) || other[key] == "" {
					t.Errorf("%s: %s: %q for %q", language, key, other[key], text)
				}
			}
			for key := range other {
				if english[key] == "" {
					t.Errorf("%s: %s is not in English", language, key)
				}
			}
		}
	}
}
