package ui

import (
	"bytes"
	_ "embed" // the page's parts
	"html/template"
	"net/http"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/secret"
)

//go:embed status.html
var statusText string

//go:embed status.css
var statusStyle string

//go:embed status.js
var statusScript string

// Info is the server's data on the page.
type Info struct {
	Version   string // version of this program
	Reference string // version of the npm package it matches
	Mode      string // development, test or production
	BasePath  string // path of the endpoints
	JWKS      bool   // a JWKS is available
	Explorer  bool   // an API reference is available
}

// statusView is the data of the template.
type statusView struct {
	Info
	Style  template.CSS
	Script template.JS
}

// Production reports whether the page hides details.
func (i Info) Production() bool { return i.Mode == "production" }

// Status returns a handler for a small page, which shows that the server runs and
// how a client connects. In production it shows no versions.
func Status(info Info) http.Handler {
	var text bytes.Buffer
	t := template.Must(template.New("page").Parse(statusText)) // cannot fail: the text is embedded and tested
	if err := t.Execute(&text, statusView{info, template.CSS(statusStyle), template.JS(statusScript)}); err != nil {
		return http.NotFoundHandler()
	}
	body := text.Bytes()
	policy := "default-src 'none'; style-src " + secret.CSPHash(statusStyle) + "; script-src " + secret.CSPHash(statusScript) +
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
