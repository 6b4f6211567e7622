// Package ui holds the pages that the server shows by itself. A page talks to
// the API over HTTP only; this room must not know the engine.
package ui

import (
	"bytes"
	_ "embed" // the page's parts
	"html/template"
	"net/http"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/secret"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// Info is what the page says about the server.
type Info struct {
	Version   string // of this program
	Reference string // version of the npm package it matches
	Mode      string // development, test or production
	BasePath  string // of the endpoints
	JWKS      bool   // there are keys to check tokens with
	Explorer  bool   // there is an API reference
}

// view is what the template sees.
type view struct {
	Info
	Style  template.CSS
	Script template.JS
}

// Production reports whether the page is to say little.
func (i Info) Production() bool { return i.Mode == "production" }

// Page answers with a small page that shows that the server is alive and how a
// client connects. In production it says no versions.
func Page(info Info) http.Handler {
	var text bytes.Buffer
	t := template.Must(template.New("page").Parse(pageText)) // embedded and tested
	if err := t.Execute(&text, view{info, template.CSS(pageStyle), template.JS(pageScript)}); err != nil {
		return http.NotFoundHandler()
	}
	body := text.Bytes()
	policy := "default-src 'none'; style-src " + secret.CSPHash(pageStyle) + "; script-src " + secret.CSPHash(pageScript) +
		"; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		h.Set("Cache-Control", "no-cache")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		if r.Method != http.MethodHead {
			w.Write(body)
		}
	})
}
