package auth

import (
	"bytes"
	_ "embed" // for the parts of the page
	"html/template"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/secret"
)

//go:embed landing.html
var landingText string

//go:embed landing.css
var landingStyle string

var landingTemplate = template.Must(template.New("landing").Parse(landingText))

// LandingPage is the page that an endpoint shows for a link in a message. Programs that open every link in a mailbox
// then change nothing, because only the button on the page does, with a POST to the same address.
type LandingPage struct {
	Title  string
	Text   string // what the button will do
	Button string
	Note   string // for people who did not ask for the message
}

// landingOf adds the landing page of the endpoint, if the options ask for one: GET and HEAD then show the page, and
// POST does what GET does otherwise.
func (e *Endpoint) landingOf(o *Options) {
	if e.Landing == nil {
		return
	}
	if e.landing = e.Landing(o); e.landing != nil {
		e.Methods = []string{http.MethodGet, http.MethodHead, http.MethodPost}
		e.NoBody = true // the address contains all that the form sends
	}
}

// showsLanding reports whether this request is answered with the landing page.
func (c *Context) showsLanding(e *Endpoint) bool {
	return e.landing != nil && c.Request != nil && (c.Method == http.MethodGet || c.Method == http.MethodHead)
}

// show writes the page. Its form posts to the address of the page, so the page contains nothing from the request. The
// policy has no form-action, because that would also apply to the redirect that follows, which may lead to any
// trusted origin.
func (p *LandingPage) show(c *Context) (*Raw, error) {
	var body bytes.Buffer
	err := landingTemplate.Execute(&body, struct {
		*LandingPage
		App   string
		Style template.CSS
	}{p, c.Options.AppName, template.CSS(landingStyle)})
	if err != nil {
		return nil, err
	}
	return &Raw{Type: "text/html; charset=utf-8", Body: body.Bytes(), Header: http.Header{
		"Content-Security-Policy": {"default-src 'none'; style-src " + secret.CSPHash(landingStyle) + "; base-uri 'none'; frame-ancestors 'none'"},
		"Cache-Control":           {"no-store"},
		// The address contains the token. no-referrer would set the form's Origin to null.
		"Referrer-Policy":        {"same-origin"},
		"X-Content-Type-Options": {"nosniff"},
		"X-Robots-Tag":           {"noindex"},
	}}, nil
}
