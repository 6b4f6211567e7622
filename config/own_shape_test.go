package config_test

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/config"
)

// TestOwnShape: the secret of oauth-proxy is a text or a map of its own fields. Reading
// the map once looked for mistakes in it without end.
func TestOwnShape(t *testing.T) {
	const text = `{"secret":"aK3vQ9xT7mZ2wL5raK3vQ9xT7mZ2wL5r","plugins":{"oauth-proxy":{"secret":{"keys":{"1":"proxy-secret-one-0123456789-0123456789"},"currentVersion":1}}}}`
	l := config.Loader{Env: func(string) string { return "" }}
	if _, err := l.Parse("c.json", []byte(text)); err != nil {
		t.Error(err)
	}
	if _, err := l.Parse("c.json", []byte(strings.Replace(text, "currentVersion", "currentVersoin", 1))); err == nil || !strings.Contains(err.Error(), "did you mean currentVersion?") {
		t.Errorf("a misspelt key: %v", err)
	}
}
