package ui

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// plain is what a browser without scripts shows: a form, or a text.
type plain struct {
	Title, Text, Done string
	Fields            []plainField
	Button            string
	Links, Languages  []plainLink
}

// plainField is a field of a plain form.
type plainField struct {
	Name, Label, Type, Complete, Value string
	Enum                               []string
	Checked                            bool
}

type plainLink struct{ Label, Address string }

// titles are the keys of the titles of pages, by path.
var titles = map[string]string{
	"/sign-in": "pages.signIn.title", "/sign-up": "pages.signUp.title", "/forgot-password": "pages.forgot.title",
	"/reset-password": "pages.reset.title", "/two-factor": "pages.twoFactor.title", "/verify-email": "pages.verify.title",
	"/accept-invitation": "pages.invitation.title", "/device": "pages.device.title", "/consent": "pages.consent.title", "/select-account": "pages.selectAccount.title", "/error": "pages.error.title",
}

// plain returns the page for a browser without scripts. What was typed is shown again, except for secrets.
func (p *Pages) plain(r *http.Request, b *boot) plain {
	text := func(key string) string { return p.texts["pages"][b.Site.Language][key] }
	path := b.Page
	if strings.HasPrefix(path, "/accept-invitation/") {
		path = "/accept-invitation"
	}
	one := plain{Title: text(titles[path])}
	query := r.URL.Query()
	for _, name := range p.languages {
		if name != b.Site.Language {
			one.Languages = append(one.Languages, plainLink{languageNames[name], p.inLanguage(r, name, b.Next)})
		}
	}
	if code := query.Get("error"); code != "" && b.Message == "" && titles[path] != "" {
		b.Message = p.linkText(b.Site.Language, code)
	}
	field := func(name, key, kind, complete string) {
		one.Fields = append(one.Fields, plainField{Name: name, Label: text(key), Type: kind, Complete: complete, Value: typed(r, name, kind)})
	}
	link := func(key, path string) {
		one.Links = append(one.Links, plainLink{text(key), p.withNext(path, b.Next)})
	}
	f := p.o.Features
	switch path {
	case "/sign-in":
		if query.Has("reset") {
			one.Done = text("pages.signIn.afterReset")
		}
		if !f.EmailPassword {
			one.Text = text("pages.scripts")
			break
		}
		if p.has("username") {
			field("email", "pages.emailOrUsername", "text", "username")
		} else {
			field("email", "pages.email", "email", "username")
		}
		field("password", "pages.password", "password", "current-password")
		one.Fields = append(one.Fields, plainField{Name: "rememberMe", Label: text("pages.remember"), Type: "checkbox", Checked: true})
		one.Button = text("pages.signIn.button")
		if f.ResetPassword {
			link("pages.signIn.forgot", "/forgot-password")
		}
		if f.SignUp {
			link("pages.signIn.signUp", "/sign-up")
		}
	case "/sign-up":
		if !f.SignUp {
			one.Text = text("pages.signUp.closed")
		} else {
			field("name", "pages.name", "text", "name")
			field("email", "pages.email", "email", "email")
			if p.has("username") {
				field("username", "pages.username", "text", "username")
			}
			for _, more := range f.SignUpFields {
				one.Fields = append(one.Fields, p.moreField(r, b.Site.Language, more))
			}
			field("password", "pages.password", "password", "new-password")
			one.Button = text("pages.signUp.button")
		}
		link("pages.signUp.signIn", "/sign-in")
	case "/forgot-password":
		switch {
		case query.Has("sent"):
			one.Done = text("pages.forgot.sentAny")
		case f.ResetPassword:
			one.Text = text("pages.forgot.intro")
			field("email", "pages.email", "email", "email")
			one.Button = text("pages.forgot.button")
		default:
			one.Text = text("pages.forgot.off")
		}
		link("pages.backToSignIn", "/sign-in")
	case "/reset-password":
		if query.Get("token") == "" {
			link("pages.reset.again", "/forgot-password")
			break
		}
		field("password", "pages.reset.password", "password", "new-password")
		one.Button = text("pages.reset.button")
	case "/two-factor":
		one.Text = text("pages.twoFactor.either")
		field("code", "pages.code", "text", "one-time-code")
		one.Fields = append(one.Fields, plainField{Name: "trustDevice", Label: text("pages.twoFactor.trust"), Type: "checkbox"})
		one.Button = text("pages.continue")
		link("pages.backToSignIn", "/sign-in")
	case "/verify-email":
		switch {
		case query.Has("sent"):
			one.Done = text("pages.verify.sentAny")
		case query.Has("verified") && b.Message == "":
			one.Done = text("pages.verify.done")
		}
		link("pages.signIn.title", "/sign-in")
	case "/error":
		link("pages.signIn.title", "/sign-in")
	default:
		one.Text = text("pages.scripts")
	}
	return one
}

var languageNames = map[string]string{"en": "English", "de": "Deutsch"}

// inLanguage returns the address of the same page in a language.
func (p *Pages) inLanguage(r *http.Request, name, next string) string {
	query := r.URL.Query()
	query.Set("lang", name)
	query.Del("redirectTo")
	if next != p.prefix+"/account" {
		query.Set("redirectTo", next)
	}
	return (&url.URL{Path: r.URL.Path, RawQuery: query.Encode()}).String()
}

// moreField returns the field for an additional field of users. Its label is a text of the site, or its name.
func (p *Pages) moreField(r *http.Request, language string, more Field) plainField {
	label := p.texts["pages"][language]["field."+more.Name]
	if label == "" {
		label = more.Name
	}
	kinds := map[string]string{"number": "number", "boolean": "checkbox", "date": "date"}
	kind := kinds[more.Type]
	if kind == "" {
		kind = "text"
	}
	return plainField{Name: more.Name, Label: label, Type: kind, Value: typed(r, more.Name, kind), Enum: more.Enum, Checked: r.PostForm.Get(more.Name) != ""}
}

// typed returns what was typed into a field, for the form that comes back with an error.
func typed(r *http.Request, name, kind string) string {
	if kind == "password" || name == "code" || r.PostForm == nil {
		return ""
	}
	return r.PostForm.Get(name)
}

// linkText returns the text for the error that a link or a provider came back with: ?error=….
func (p *Pages) linkText(language, code string) string {
	texts := p.texts["pages"][language]
	if text := texts["link."+strings.ToLower(code)]; text != "" && len(code) < 100 {
		return text
	}
	return texts["link.other"]
}

// withNext returns the address of a page that leads to next in the end.
func (p *Pages) withNext(path, next string) string {
	at := p.prefix + path
	if next == p.prefix+"/account" {
		return at
	}
	mark := "?"
	if strings.Contains(path, "?") {
		mark = "&"
	}
	return at + mark + "redirectTo=" + url.QueryEscape(next)
}

func (p *Pages) has(plugin string) bool { return slices.Contains(p.o.Features.Plugins, plugin) }
