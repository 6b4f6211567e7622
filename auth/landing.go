package auth

import (
	"bytes"
	_ "embed" // the page's parts
	"html/template"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/secret"
)

//go:embed landing.html
var landingText string

//go:embed landing.css
var landingStyle string

var landingTemplate = template.Must(template.New("landing").Parse(landingText))

// LandingPage is the page that an endpoint shows for a link in a message, so
// that programs which open every link of a mailbox change nothing: only its
// button does, by a POST to the same address.
type LandingPage struct {
	Title  string
	Text   string // what the button is about to do
	Button string
	Note   string // for those who did not ask for the message
}

// landingOf puts the endpoint's landing page in front of it, if the options want
// one: GET and HEAD show the page, POST does what GET does otherwise.
func (e *Endpoint) landingOf(o *Options) {
	if e.Landing == nil {
		return
	}
	if e.landing = e.Landing(o); e.landing != nil {
		e.Methods = []string{http.MethodGet, http.MethodHead, http.MethodPost}
		e.NoBody = true // all that the form sends stands in the address
	}
}

// showsLanding reports whether this request is to see a page first.
func (c *Context) showsLanding(e *Endpoint) bool {
	return e.landing != nil && c.Request != nil && (c.Method == http.MethodGet || c.Method == http.MethodHead)
}

// show writes the page. Its form posts to the address that the page itself has,
// so the page holds nothing of the request. The policy names no form-action: it
// would also bind the redirect that follows, which leads to any trusted origin.
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
		// The address holds the token. no-referrer would make the form's Origin null.
		"Referrer-Policy":        {"same-origin"},
		"X-Content-Type-Options": {"nosniff"},
		"X-Robots-Tag":           {"noindex"},
	}}, nil
}
