package spelling_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/spelling"
)

func TestNearest(t *testing.T) {
	known := []string{"session", "secret", "database"}
	for name, want := range map[string]string{"sesion": "session", "SECRET": "secret", "databse": "database", "xyz": "", "": ""} {
		if got := spelling.Nearest(name, known); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
