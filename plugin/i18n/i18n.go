// Package i18n translates the messages of errors into the language of the caller. The code of an error stays the same,
// and the original message is sent along.
//
//	plugins:
//	  i18n:
//	    locales: [de, fr]  # texts that come with the plugin
//	    translations: { de: { USER_NOT_FOUND: Unbekannt } }
//
// or from Go:
//
//	Plugins: []auth.Plugin{i18n.New(i18n.Options{Locales: []string{"de", "fr"}})},
package i18n

// This package does not know which errors there are.

import (
	"errors"
	"fmt"
	"maps"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// The values of Options.Detection.
const (
	Header   = "header"   // the request header Accept-Language
	Cookie   = "cookie"   // the cookie Options.LocaleCookie
	Session  = "session"  // the field Options.UserLocaleField of the signed-in user
	Callback = "callback" // the result of Options.GetLocale
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Texts by locale and error code.
	Translations map[string]map[string]string `json:"translations" unset:"those of locales"`
	// Locales whose texts come with the plugin. A text in `translations` takes precedence. Not
	// in the npm package, where code imports them.
	Locales []string `json:"locales"`
	// Locale of callers for whom no other one is found.
	DefaultLocale string `json:"defaultLocale" default:"en"`
	// Where the locale is looked for, in this order: `header`, `cookie`, `session`,
	// `callback`.
	Detection []string `json:"detection" default:"header" enum:"header,cookie,session,callback"`
	// Name of the cookie.
	LocaleCookie string `json:"localeCookie" default:"locale"`
	// Field of the user.
	UserLocaleField string `json:"userLocaleField" default:"locale"`
	// Returns the locale; an empty text or an unknown locale leaves it to the next way.
	GetLocale callback.Func[*auth.Context, string] `json:"getLocale"`
}

// Plugin is the i18n plugin.
type Plugin struct {
	opts    Options
	texts   map[string]map[string]string
	problem error
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	texts, err := join(o.Locales, o.Translations)
	return &Plugin{o, texts, err}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{ID: "i18n", After: []auth.Hook{{Do: p.translate}}, Init: p.init}
}

func (p *Plugin) init(*auth.Auth) error {
	if p.problem == nil && len(p.texts) == 0 {
		p.problem = errors.New("translations is empty: at least one locale is needed")
	}
	return errors.Join(p.problem, option.Check(&p.opts))
}

// join returns the texts that come with the plugin for some locales, with those of the options over them.
func join(locales []string, own map[string]map[string]string) (map[string]map[string]string, error) {
	texts := map[string]map[string]string{}
	if len(locales) > 0 {
		bundled, err := Bundled()
		if err != nil {
			return nil, err
		}
		for _, locale := range locales {
			if bundled[locale] == nil {
				err = errors.Join(err, fmt.Errorf("locales: there are no texts for %q; give them in translations", locale))
				continue
			}
			texts[locale] = bundled[locale]
		}
		if err != nil {
			return nil, err
		}
	}
	for locale, more := range own {
		if texts[locale] == nil {
			texts[locale] = map[string]string{}
		}
		maps.Copy(texts[locale], more)
	}
	return texts, nil
}

// translate replaces the message of an error that has a code.
func (p *Plugin) translate(c *auth.Context) error {
	failed, ok := c.Returned.(*auth.Error)
	if !ok {
		return nil
	}
	code, message, ok := auth.Refusal(failed)
	if !ok {
		return nil
	}
	locale, err := p.locale(c)
	if err != nil {
		return err
	}
	text := p.texts[locale][code]
	if text == "" {
		return nil
	}
	return &auth.Error{
		Code: auth.Code{Name: code, Message: text}, Status: failed.Status, Cause: failed.Cause,
		Body: js.Obj("code", code, "message", text, "originalMessage", message),
	}
}

// locale returns the locale of the caller.
func (p *Plugin) locale(c *auth.Context) (string, error) {
	for _, way := range p.opts.Detection {
		locale, err := p.detect(c, way)
		if err != nil {
			return "", err
		}
		if _, known := p.texts[locale]; known {
			return locale, nil
		}
	}
	return p.opts.DefaultLocale, nil
}

// detect returns the locale that one of the values of Options.Detection finds, which may be an unknown one.
func (p *Plugin) detect(c *auth.Context, way string) (string, error) {
	switch way {
	case Header:
		accepted, _ := c.RequestHeaderValue("Accept-Language")
		for _, locale := range languages(accepted) {
			if _, known := p.texts[locale]; known {
				return locale, nil
			}
		}
	case Cookie:
		// Of several cookies of the name the reference reads the last one.
		if values := c.Jar().Values(p.opts.LocaleCookie); len(values) > 0 {
			return values[len(values)-1], nil
		}
	case Session:
		if c.Session != nil {
			locale, _ := c.Session.User.Record()[p.opts.UserLocaleField].(string)
			return locale, nil
		}
	case Callback:
		if p.opts.GetLocale == nil {
			return "", nil
		}
		locale, err := p.opts.GetLocale(c, c)
		if err != nil {
			return "", auth.FromCallback(err)
		}
		return locale, nil
	}
	return "", nil
}
