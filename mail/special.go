package mail

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"strings"
	texttemplate "text/template"
)

// readLayouts reads layout.html and layout.txt, the frame of every message.
func (w *words) readLayouts(base fs.FS) (err error) {
	from := func(name string) fs.FS {
		if w.own != nil {
			if _, err := fs.Stat(w.own, name); err == nil {
				return w.own
			}
		}
		return base
	}
	if w.html, err = template.ParseFS(from("layout.html"), "layout.html"); err != nil {
		return fmt.Errorf("mail.templates: %w", err)
	}
	if w.text, err = texttemplate.ParseFS(from("layout.txt"), "layout.txt"); err != nil {
		return fmt.Errorf("mail.templates: %w", err)
	}
	return nil
}

// readSpecials reads templates for single messages: reset-password.html, or
// de/reset-password.html for one language.
func (w *words) readSpecials() error {
	if w.own == nil {
		return nil
	}
	var errs []error
	for _, pattern := range []string{"*.html", "*.txt", "*/*.html", "*/*.txt"} {
		names, err := fs.Glob(w.own, pattern)
		errs = append(errs, err)
		for _, name := range names {
			if base := path.Base(name); base == "layout.html" || base == "layout.txt" {
				continue
			}
			errs = append(errs, w.readSpecial(name))
		}
	}
	return errors.Join(errs...)
}

func (w *words) readSpecial(name string) (err error) {
	key := strings.TrimSuffix(name, path.Ext(name))
	s := w.special[key]
	if path.Ext(name) == ".html" {
		s.html, err = template.ParseFS(w.own, name)
	} else {
		s.text, err = texttemplate.ParseFS(w.own, name)
	}
	if err != nil {
		return fmt.Errorf("mail.templates: %w", err)
	}
	w.special[key] = s
	return nil
}

// tells reports whether a language has its own template for a message.
func (w *words) tells(t *tongue, kind string) bool {
	_, ok := w.special[t.tag.String()+"/"+kind]
	return ok
}

// specialFor returns the language's own template if it has one, and else the
// general one.
func (w *words) specialFor(t *tongue, kind string) special {
	s := w.special[kind]
	own := w.special[t.tag.String()+"/"+kind]
	if own.html != nil {
		s.html = own.html
	}
	if own.text != nil {
		s.text = own.text
	}
	return s
}

// check puts every message into words once, so that a mistake in a template is
// found at the start and not by a user.
func (w *words) check() error {
	var errs []error
	for i := range w.tongues {
		t := &w.tongues[i]
		kinds := maps.Clone(w.tongues[0].messages)
		maps.Copy(kinds, t.messages)
		for kind := range kinds {
			probe := *w
			probe.fixed = i
			in := incoming{Message: Message{Kind: kind, To: "a@example.com", URL: "https://example.com/", Code: "123456", Details: map[string]any{}}}
			if _, err := probe.envelope(in, "App"); err != nil {
				errs = append(errs, fmt.Errorf("mail.templates: %s: %w", t.tag, err))
			}
		}
	}
	return errors.Join(errs...)
}
