package mailer

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

//go:embed outbox.html
var page string

// outbox shows the messages that were stored instead of sent in development. It answers only browsers on this machine
// that use a name of this machine and no proxy. A page on the internet can therefore not read it through a DNS name
// that points here, and a stranger cannot read it through a front end that passes requests on.
func (p *Plugin) outbox() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "mailOutbox", Methods: []string{http.MethodGet}, Path: "/outbox", Session: auth.Public, NoStore: true, Hidden: true,
		Summary: "The messages that were kept instead of sent; in development only",
	}, func(c *auth.Context, _ *auth.None) (*auth.Raw, error) {
		if !origin.IsDirect(c.Request) {
			return nil, auth.Fail(http.StatusNotFound, auth.Code{})
		}
		kept, err := p.opts.Mailer.Box().List(c)
		if err != nil {
			return nil, err
		}
		t, err := template.New("outbox").Parse(page)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := t.Execute(&b, map[string]any{"App": c.Options.AppName, "Kept": kept}); err != nil {
			return nil, err
		}
		h := http.Header{"Content-Security-Policy": {"default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'"}}
		return &auth.Raw{Type: "text/html; charset=utf-8", Header: h, Body: b.Bytes()}, nil
	})
}
