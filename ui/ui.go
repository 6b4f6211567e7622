// Package ui serves the pages of the server: the first page of development, sign in and
// sign up, the account, and the console:
//
//	pages, err := ui.New(ui.Options{BasePath: "/api/auth", Features: ui.Features{EmailPassword: true, SignUp: true}})
//	…
//	if pages.Serves(r) {
//		pages.ServeHTTP(w, r)
//	}
//
// The pages use the API only over HTTP, with the official client of Better Auth: whatever
// they do, any front end can do. Their sources are in web, the built files in dist.
package ui

// This package must not import the engine.

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

//go:embed shell.html plain.html
var templates embed.FS

// Options describe the server to its pages.
type Options struct {
	Config    Config
	Version   string // version of this program
	Reference string // version of the npm package it matches
	Mode      string // development, test or production
	BasePath  string // path of the endpoints
	Root      string // path that begins all of the server, "" usually: that of a realm
	Features  Features
	// Trusted reports whether a browser may be sent to an address: a path of this
	// origin, or an address of a trusted one.
	Trusted func(r *http.Request, address string) bool
	// API answers the endpoints; a plain form is sent to it.
	API http.Handler
	// Home answers what the first page of development asks for, at /_ui/home.json. Nil
	// answers 404.
	Home http.Handler
}

// Pages are the pages of a server.
type Pages struct {
	o         Options
	prefix    string // begins every path
	assets    *assets
	shell     *template.Template
	texts     map[string]map[string]map[string]string // by entry, language and key
	packed    map[string]map[string]json.RawMessage   // the texts by entry and language, as pages contain them
	languages []string
	enabled   bool
	console   bool
	matcher   language.Matcher
	own       map[string]ownFile // by name below assetPath
}

// page is a page: its path, and the entry of web that shows it. A path that ends with a
// slash stands for all below it too.
type page struct{ path, entry string }

// hosted are the pages of a site.
var hosted = []page{
	{"/sign-in", "pages"}, {"/sign-up", "pages"}, {"/forgot-password", "pages"}, {"/reset-password", "pages"},
	{"/two-factor", "pages"}, {"/verify-email", "pages"}, {"/accept-invitation/", "pages"}, {"/device", "pages"}, {"/consent", "pages"}, {"/select-account", "pages"},
	{"/error", "pages"}, {"/account/", "account"},
}

// New returns the pages of a server. The error lists the mistakes of the section ui.
func New(o Options) (*Pages, error) {
	if err := o.Config.Check(); err != nil {
		return nil, err
	}
	p := &Pages{
		o: o, enabled: o.Config.On(o.Mode == "development"), console: o.Config.ServesConsole(o.Mode, o.Features.Plugins),
		prefix: o.Root + o.Config.Path, languages: o.Config.Languages, texts: map[string]map[string]map[string]string{}, packed: map[string]map[string]json.RawMessage{},
	}
	if len(p.languages) == 0 {
		p.languages = Languages
	}
	if !p.Enabled() && !p.Console() {
		return p, nil // and none of the files is read
	}
	if p.prefix == o.BasePath {
		return nil, fmt.Errorf("ui.path: the endpoints are below %s/ too, and some have the path of a page: choose another, such as /ui", p.prefix)
	}
	var tags []language.Tag
	for _, name := range p.languages {
		tags = append(tags, language.Make(name))
	}
	p.matcher = language.NewMatcher(tags)
	var err error
	if p.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	builtIn := map[string]bool{}
	for _, entry := range []string{"pages", "account", "home", "console"} {
		plain, err := loadTexts(nil, "common", entry)
		if err != nil {
			return nil, err
		}
		for key := range plain[Languages[0]] {
			builtIn[key] = true
		}
		if p.texts[entry], err = loadTexts(o.Config.Texts, "common", entry); err != nil {
			return nil, err
		}
		if p.packed[entry], err = packTexts(p.texts[entry]); err != nil {
			return nil, err
		}
	}
	if err := p.checkOwn(builtIn); err != nil {
		return nil, fmt.Errorf("ui.%w", err)
	}
	if p.shell, err = template.ParseFS(templates, "shell.html", "plain.html"); err != nil {
		return nil, err
	}
	p.own, err = readOwn(&o.Config)
	return p, err
}

// Enabled reports whether the pages of the site are served.
func (p *Pages) Enabled() bool { return p.enabled }

// Console reports whether the console is served.
func (p *Pages) Console() bool { return p.console }

// Home reports whether the first page is the one for developers.
func (p *Pages) Home() bool { return p.o.Mode == "development" && p.Enabled() }

// Serves reports whether a request is for a page or for what belongs to one.
func (p *Pages) Serves(r *http.Request) bool {
	if p.Home() && r.URL.Path == p.o.Root+"/" {
		return true
	}
	path, ok := strings.CutPrefix(r.URL.Path, p.prefix)
	if !ok {
		return false
	}
	if strings.HasPrefix(path, assetPath) {
		return p.Enabled() || p.Console()
	}
	_, ok = p.find(path)
	return ok
}

// find returns the page of a path below the prefix.
func (p *Pages) find(path string) (page, bool) {
	if p.Console() && (path == "/console" || strings.HasPrefix(path, "/console/")) {
		return page{"/console/", "console"}, true
	}
	if !p.Enabled() {
		return page{}, false
	}
	i := slices.IndexFunc(hosted, func(one page) bool {
		below, tree := strings.CutSuffix(one.path, "/")
		return path == below || tree && strings.HasPrefix(path, one.path)
	})
	if i < 0 {
		return page{}, false
	}
	return hosted[i], true
}

// ServeHTTP answers a request that Serves accepts.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.Home() && r.URL.Path == p.o.Root+"/" {
		p.show(w, r, "home", "/", http.StatusOK, "")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, p.prefix)
	if name, ok := strings.CutPrefix(path, assetPath); ok {
		p.serveAsset(w, r, name)
		return
	}
	one, ok := p.find(path)
	switch {
	case !ok:
		http.NotFound(w, r)
	case r.Method == http.MethodPost:
		p.send(w, r, path)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	default:
		p.show(w, r, one.entry, path, http.StatusOK, "")
	}
}

// homeData is the name below assetPath of the data of the first page.
const homeData = "home.json"

func (p *Pages) serveAsset(w http.ResponseWriter, r *http.Request, name string) {
	switch {
	case name == homeData && p.Home() && p.o.Home != nil:
		p.o.Home.ServeHTTP(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	case p.own[name].body != nil:
		p.own[name].serve(w, r)
	default:
		p.assets.serve(w, r, name)
	}
}

// policy lets a page load its own scripts and styles, and nothing from elsewhere. A form may lead to what is appended.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

// view is the data of the template.
type view struct {
	Boot            boot
	Data            template.JS
	Script          string
	Imports, Styles []string
	Icon            string
	Plain           plain
}

// show answers with the HTML around an entry.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, entry, path string, status int, message string) {
	name, chosen := p.languageOf(r)
	v := view{Boot: p.boot(r, entry, path, name, message)}
	at := p.prefix + assetPath
	script, imports, styles := p.assets.of(entry)
	v.Script = at + script
	for _, file := range imports {
		v.Imports = append(v.Imports, at+file)
	}
	for _, file := range styles {
		v.Styles = append(v.Styles, at+file)
	}
	for _, file := range []string{siteStyle, ownStyle} {
		if p.own[file].body != nil {
			v.Styles = append(v.Styles, at+p.own[file].address(file))
		}
	}
	v.Icon = at + p.own[icon].address(icon)
	v.Plain = p.plain(r, &v.Boot)
	data, err := json.Marshal(v.Boot) // escapes <, > and &, so that no text ends the script
	if err == nil {
		v.Data = template.JS(data)
	}
	var body bytes.Buffer
	if err = p.shell.ExecuteTemplate(&body, "shell.html", v); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	if chosen {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: name, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy+formTarget(v.Boot.Next))
	h.Set("Content-Language", name)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// With no-referrer, the form of a browser without scripts would have the Origin null.
	h.Set("Referrer-Policy", "same-origin")
	h.Add("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body.Bytes())
	}
}

func (p *Pages) boot(r *http.Request, entry, path, language, message string) boot {
	b := boot{
		Page: path, Path: p.prefix, Root: p.o.Root, Endpoints: p.o.BasePath, Mode: p.o.Mode,
		Site:     site{Name: p.o.Config.Name, Language: language, Languages: p.languages},
		Features: p.o.Features, Texts: p.packed[entry][language], Message: message, Console: p.Console(), Home: p.Home(),
		Next: p.prefix + "/account",
	}
	b.Site.Pages = p.Enabled()
	if p.o.Mode != "production" {
		b.Version, b.Reference = p.o.Version, p.o.Reference
	}
	if p.own[logo].body != nil {
		b.Site.Logo = p.prefix + assetPath + p.own[logo].address(logo)
	}
	if next := r.URL.Query().Get("redirectTo"); next != "" && len(next) <= maxAddress && p.o.Trusted != nil && p.o.Trusted(r, next) {
		b.Next = next
	}
	return b
}
