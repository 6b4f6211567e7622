package ui

// The forms of browsers without scripts. A page with scripts calls the API itself.

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

const (
	maxForm    = 64 << 10 // bytes of a plain form
	maxAddress = 2000     // characters of an address to go to
)

// call is a call of an endpoint: what a plain form stands for.
type call struct {
	endpoint string
	body     map[string]any
}

// send answers a plain form: the API gets it as if a script had sent it, with the cookies and the address of the
// browser. Then the browser goes on, or the form comes back with the error.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, path string) {
	one, _ := p.find(path)
	name, _ := p.languageOf(r)
	refuse := func(status int, key string) {
		r.PostForm = nil
		p.show(w, r, one.entry, path, status, p.texts[one.entry][name][key])
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case !p.hasForm(path):
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	case !sameOrigin(r):
		refuse(http.StatusForbidden, "error.otherSite")
		return
	case kind != "application/x-www-form-urlencoded":
		refuse(http.StatusUnsupportedMediaType, "error.unknown")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		refuse(http.StatusBadRequest, "error.unknown")
		return
	}
	next := p.boot(r, one.entry, path, name, "").Next
	answer := p.call(r, p.callOf(r, path, next))
	for _, line := range answer.header.Values("Set-Cookie") {
		w.Header().Add("Set-Cookie", line)
	}
	if wait := answer.header.Get("Retry-After"); wait != "" {
		w.Header().Set("Retry-After", wait)
	}
	if answer.status >= http.StatusBadRequest {
		p.show(w, r, one.entry, path, answer.status, p.failureText(name, answer))
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, p.after(answer, path, next), http.StatusSeeOther)
}

// hasForm reports whether a page takes a plain form.
func (p *Pages) hasForm(path string) bool {
	f := p.o.Features
	switch path {
	case "/sign-in":
		return f.EmailPassword
	case "/sign-up":
		return f.SignUp
	case "/forgot-password", "/reset-password":
		return f.ResetPassword
	case "/two-factor":
		return p.has("two-factor")
	}
	return false
}

// sameOrigin reports whether a form was sent by a page of this site. Browsers set these headers, and no page of another
// site can change them. A proxy may change Host, but not Sec-Fetch-Site.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	source := r.Header.Get("Origin")
	if source == "" {
		source = r.Header.Get("Referer")
	}
	from, err := url.Parse(source)
	if err != nil || from.Host == "" || from.Scheme != "https" && from.Scheme != "http" {
		return false
	}
	return strings.EqualFold(from.Host, r.Host) || strings.EqualFold(from.Host, r.Header.Get("X-Forwarded-Host"))
}

var totpCode = regexp.MustCompile(`^[0-9]{4,10}$`)

// callOf returns the call for the form of a page.
func (p *Pages) callOf(r *http.Request, path, next string) call {
	form := r.PostForm
	body := map[string]any{}
	take := func(names ...string) {
		for _, name := range names {
			body[name] = form.Get(name)
		}
	}
	switch path {
	case "/sign-in":
		take("password")
		body["rememberMe"] = form.Get("rememberMe") != ""
		body["callbackURL"] = p.withNext("/verify-email?verified=true", next)
		who := strings.TrimSpace(form.Get("email"))
		if p.has("username") && !strings.Contains(who, "@") {
			body["username"] = who
			return call{"/sign-in/username", body}
		}
		body["email"] = who
		return call{"/sign-in/email", body}
	case "/sign-up":
		take("name", "email", "password")
		body["callbackURL"] = p.withNext("/verify-email?verified=true", next)
		if p.has("username") {
			take("username")
		}
		for _, more := range p.o.Features.SignUpFields {
			body[more.Name] = more.value(form)
		}
		return call{"/sign-up/email", body}
	case "/forgot-password":
		take("email")
		body["redirectTo"] = p.prefix + "/reset-password"
		return call{"/request-password-reset", body}
	case "/reset-password":
		body["newPassword"], body["token"] = form.Get("password"), r.URL.Query().Get("token")
		return call{"/reset-password", body}
	}
	code := strings.Join(strings.Fields(form.Get("code")), "")
	body["code"], body["trustDevice"] = code, form.Get("trustDevice") != ""
	if totpCode.MatchString(code) {
		return call{"/two-factor/verify-totp", body}
	}
	return call{"/two-factor/verify-backup-code", body}
}

// value returns what a form gives an additional field, in its own type. The API refuses what is no such value.
func (f Field) value(form url.Values) any {
	text := form.Get(f.Name)
	switch f.Type {
	case "boolean":
		return text != ""
	case "number":
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			return n
		}
	}
	return text
}

// answer is an answer of the API.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer

	Code, Message string
	Token         *string
	Redirect      bool     `json:"twoFactorRedirect"`
	Methods       []string `json:"twoFactorMethods"`
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements io.Writer.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// call sends a call to the API, in the name of the browser.
func (p *Pages) call(r *http.Request, c call) *answer {
	text, err := json.Marshal(c.body)
	a := &answer{header: http.Header{}}
	if err != nil || p.o.API == nil {
		a.status = http.StatusInternalServerError
		return a
	}
	in := r.Clone(r.Context())
	in.URL = &url.URL{Path: p.o.BasePath + c.endpoint}
	in.RequestURI = in.URL.Path
	in.Body, in.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	in.Form, in.PostForm, in.TransferEncoding = nil, nil, nil
	in.Header.Set("Content-Type", "application/json")
	in.Header.Set("Content-Length", strconv.Itoa(len(text)))
	p.o.API.ServeHTTP(a, in)
	a.WriteHeader(http.StatusOK)
	_ = json.Unmarshal(a.body.Bytes(), a) // of an answer in another form nothing is needed
	return a
}

// failureText returns the text for an answer that is an error: that of its code, else that of its status.
func (p *Pages) failureText(language string, a *answer) string {
	texts := p.texts["pages"][language]
	if a.Code == "SIGN_UP_NOT_ALLOWED" && p.o.Features.WaitingList {
		return texts["pages.signUp.waiting"]
	}
	if strings.Contains(a.Message, "[body.email]") {
		a.Code = "INVALID_EMAIL"
	}
	text := texts["code."+a.Code]
	switch {
	case text != "":
		return p.withLengths(text)
	case a.status == http.StatusTooManyRequests:
		return texts["error.tooMany"]
	case a.status >= http.StatusInternalServerError:
		return texts["error.unavailable"]
	case a.Message != "":
		return a.Message
	}
	return texts["error.unknown"]
}

func (p *Pages) withLengths(text string) string {
	f := p.o.Features
	return strings.NewReplacer("{min}", strconv.Itoa(f.MinPasswordLength), "{max}", strconv.Itoa(f.MaxPasswordLength)).Replace(text)
}

// after returns where the browser goes after a form that succeeded.
func (p *Pages) after(a *answer, path, next string) string {
	switch {
	case a.Redirect:
		methods := slices.DeleteFunc(a.Methods, func(m string) bool { return !methodName.MatchString(m) })
		return p.withNext("/two-factor?twoFactorRedirect=true&twoFactorMethods="+strings.Join(methods, ","), next)
	case path == "/sign-up" && a.Token == nil:
		return p.withNext("/verify-email?sent=true", next)
	case path == "/forgot-password":
		return p.withNext("/forgot-password?sent=true", next)
	case path == "/reset-password":
		return p.withNext("/sign-in?reset=true", next)
	}
	return next
}

var (
	methodName = regexp.MustCompile(`^[a-z-]+$`)
	// A host may contain characters that would end the directive.
	formOrigin = regexp.MustCompile(`^https?://[a-z0-9.\[\]:-]+$`)
)

// formTarget returns the origin to which a plain form may lead besides this one, for the policy: browsers also check
// where the answer to a form redirects.
func formTarget(next string) string {
	if strings.HasPrefix(next, "/") {
		return ""
	}
	if o, ok := origin.Origin(next); ok && formOrigin.MatchString(o) {
		return " " + o
	}
	return ""
}
