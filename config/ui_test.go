package config_test

import (
	"fmt"
	"testing"

	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
)

// TestPagesOfPlugins checks where options for pages lead that are not set.
func TestPagesOfPlugins(t *testing.T) {
	for _, c := range []struct{ name, mode, more, want string }{
		{"development", "development", "", "/sign-in /consent"},
		{"production", "production", "", "' '"},
		{"production with pages", "production", "ui: { enabled: true }", "/sign-in /consent"},
		{"development without", "development", "ui: { enabled: false }", "' '"},
		{"below a path", "development", "ui: { path: /auth }", "/auth/sign-in /auth/consent"},
		{"endpoints at the root", "development", "basePath: /", "/ui/sign-in /ui/consent"},
		{"endpoints at the root, pages elsewhere", "development", "basePath: /\nui: { path: /me }", "/me/sign-in /me/consent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := fmt.Sprintf("mode: %s\nbaseURL: http://localhost:3000\n%s\nplugins: { jwt: {}, oauth-provider: {} }\n", c.mode, c.more)
			f, err := config.Loader{Env: func(string) string { return "" }, Pages: true}.Parse("test.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			o := f.Plugins[1].Options.(*oauthprovider.Options)
			got := o.LoginPage + " " + o.ConsentPage
			if got == " " {
				got = "' '"
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}
