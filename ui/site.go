package ui

import (
	_ "embed" // the icon
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed icon.svg
var builtinIcon []byte

// Names of the files of a site, below assetPath.
const (
	siteStyle = "site.css" // the colours of the section ui
	ownStyle  = "own.css"
	logo      = "logo"
	icon      = "icon"
)

// maxOwnFile is the largest size of a logo or a style sheet.
const maxOwnFile = 1 << 20

// logoTypes are the types of logos by the ending of the file.
var logoTypes = map[string]string{".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}

// ownFile is a file of the site: its style sheets, its logo.
type ownFile struct {
	body    []byte
	kind    string
	version string // changes with the content
}

func newOwnFile(kind string, body []byte) ownFile {
	sum := fnv.New64a()
	_, _ = sum.Write(body) // a hash takes all
	return ownFile{body, kind, fmt.Sprintf("%x", sum.Sum64())}
}

// readOwn returns the files of a site by their names.
func readOwn(c *Config) (map[string]ownFile, error) {
	files := map[string]ownFile{icon: newOwnFile("image/svg+xml", builtinIcon)}
	var errs []error
	if style := c.style(); style != "" {
		files[siteStyle] = newOwnFile("text/css; charset=utf-8", []byte(style))
	}
	if c.CSS != "" {
		body, err := readSmall("css", c.CSS)
		errs = append(errs, err)
		files[ownStyle] = newOwnFile("text/css; charset=utf-8", body)
	}
	if c.Logo != "" {
		body, err := readSmall("logo", c.Logo)
		kind, known := logoTypes[strings.ToLower(filepath.Ext(c.Logo))]
		if !known {
			err = fmt.Errorf("logo: %s is not a .svg, .png or .webp file", c.Logo)
		}
		errs = append(errs, err)
		files[logo] = newOwnFile(kind, body)
		files[icon] = files[logo]
	}
	return files, errors.Join(errs...)
}

// readSmall reads a file that is sent to every visitor.
func readSmall(name, file string) ([]byte, error) {
	body, err := os.ReadFile(file)
	if err == nil && (len(body) == 0 || len(body) > maxOwnFile) {
		err = fmt.Errorf("%s has %d bytes; there must be some, and at most %d", file, len(body), maxOwnFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return body, nil
}

// style returns the custom properties of the section ui as a style sheet.
func (c *Config) style() string {
	if len(c.Colors) == 0 {
		return ""
	}
	var sheet strings.Builder
	sheet.WriteString(":root {\n")
	for _, name := range slices.Sorted(maps.Keys(c.Colors)) {
		light, dark, both := cutColors(c.Colors[name])
		if both {
			light = "light-dark(" + light + ", " + dark + ")"
		}
		fmt.Fprintf(&sheet, "  --%s: %s;\n", name, light)
	}
	sheet.WriteString("}\n")
	return sheet.String()
}

// cutColors splits a value at the comma between two colours, not at those within one.
func cutColors(value string) (light, dark string, both bool) {
	depth := 0
	for i, r := range value {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			return strings.TrimSpace(value[:i]), strings.TrimSpace(value[i+1:]), true
		}
	}
	return strings.TrimSpace(value), "", false
}

// address returns the name of a file with its version, so that browsers may keep it.
func (f ownFile) address(name string) string { return name + "?v=" + f.version }

// serve answers with the file. An image from a stranger's hand runs no scripts here.
func (f ownFile) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == f.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.body)
	}
}
