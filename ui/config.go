package ui

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Config is the section ui of a config file. The pages are on in development and off in
// production unless it sets `enabled`.
type Config struct {
	// Serves the pages: sign in, sign up, account and the others.
	Enabled *bool `json:"enabled" unset:"on in development"`
	// Begins the path of every page, such as `/auth`.
	Path string `json:"path" unset:"none; /ui if the endpoints are at the root"`
	// Name of the site in titles and headings.
	Name string `json:"name" unset:"appName"`
	// File of the logo (SVG, PNG or WebP), relative to the config file.
	Logo string `json:"logo"`
	// File of a style sheet that is loaded after the built-in one, relative to the config file.
	CSS string `json:"css"`
	// Custom properties of the style sheet by name, such as `accent`; two colours are those of light and dark.
	Colors map[string]string `json:"colors"`
	// Languages of the pages: `en`, `de`. The first is the default.
	Languages []string `json:"languages" unset:"en, de"`
	// Texts by language and key, in place of the built-in ones.
	Texts map[string]map[string]string `json:"texts"`
	// Serves the console at `/console` for users with a role of an administrator. It needs the plugins admin and console.
	Console *bool `json:"console" unset:"on with the plugin console; without it the page says in development which lines to add"`
}

// ServesConsole reports whether the console is served in a mode, with these plugins.
func (c *Config) ServesConsole(mode string, plugins []string) bool {
	if c.Console != nil {
		return *c.Console
	}
	return mode == "development" || slices.Contains(plugins, "console")
}

var (
	pagePath  = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)
	colorName = regexp.MustCompile(`^[a-z][a-z-]*$`)
	// A colour must not end the declaration that it stands in.
	colorValue = regexp.MustCompile(`^[#A-Za-z0-9(),.%/ -]{1,100}$`)
)

// On reports whether the pages are served.
func (c *Config) On(development bool) bool {
	if c.Enabled != nil {
		return *c.Enabled
	}
	return development
}

// Check returns all mistakes of the section in one error.
func (c *Config) Check() error {
	var errs []error
	if c.Path != "" && !pagePath.MatchString(c.Path) {
		errs = append(errs, fmt.Errorf("path must be a path like /auth, not %q", c.Path))
	}
	for name, value := range c.Colors {
		if !colorName.MatchString(name) || !colorValue.MatchString(value) {
			errs = append(errs, fmt.Errorf("colors.%s must be a name of lower-case letters and a colour like #2f5bd7", name))
		}
	}
	for _, language := range c.Languages {
		if !slices.Contains(Languages, language) {
			errs = append(errs, fmt.Errorf("languages: there is no language %q; there are %v", language, Languages))
		}
	}
	for language := range c.Texts {
		if !slices.Contains(Languages, language) {
			errs = append(errs, fmt.Errorf("texts: there is no language %q; there are %v", language, Languages))
		}
	}
	return errors.Join(errs...)
}
