package all_test

import (
	"os"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/plugin/all"
)

// The page of the audit log names every event of every plugin.
func TestEventsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/plugins/audit-log.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for id, entry := range all.Plugins() {
		p, err := entry.New(entry.Options())
		if err != nil {
			continue // it needs options; none of these reports events
		}
		for _, event := range p.Manifest().Events {
			seen++
			if !strings.Contains(string(page), "`"+event+"`") {
				t.Errorf("%s: %s is not in docs/plugins/audit-log.md", id, event)
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d events were found", seen)
	}
}
