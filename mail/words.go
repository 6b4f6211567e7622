package mail

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"slices"
	"strings"
	texttemplate "text/template"
	"unicode"

	"golang.org/x/text/language"

	"github.com/seed-32bd42cb/betterauth/secret"
)

//go:embed templates
var builtin embed.FS

// phrases are the words of one message. Each is a text template over [view].
type phrases struct {
	Subject   string   `json:"subject"`
	Preheader string   `json:"preheader"` // shown after the subject in a list of messages
	Title     string   `json:"title"`
	Body      []string `json:"body"`   // paragraphs before the button or the code
	Button    string   `json:"button"` // the text of the link
	After     []string `json:"after"`  // small print
}

// tongue holds all words of one language.
type tongue struct {
	tag      language.Tag
	dir      string
	fallback string             // the introduction of the bare link
	messages map[string]phrases // by kind
}

// words holds the parsed templates and phrases.
type words struct {
	own     fs.FS // the operator's directory; may be nil
	tongues []tongue
	matcher language.Matcher
	fixed   int // index of the language for all readers; -1: the reader's language
	html    *template.Template
	text    *texttemplate.Template
	special map[string]special // by "kind" or "language/kind"
}

// special holds templates that replace a whole message.
type special struct {
	html *template.Template
	text *texttemplate.Template
}

// kindOf returns the message for an option of the core. Messages of plugins name
// their own.
func kindOf(event string) string {
	switch event {
	case "emailAndPassword.sendResetPassword":
		return "reset-password"
	case "emailAndPassword.onPasswordReset":
		return "password-changed"
	case "emailAndPassword.onExistingUserSignUp":
		return "account-exists"
	case "emailVerification.sendVerificationEmail":
		return "verify-email"
	case "user.changeEmail.sendChangeEmailConfirmation":
		return "change-email"
	case "user.deleteUser.sendDeleteAccountVerification":
		return "delete-account"
	}
	return ""
}

// view is the data of templates.
type view struct {
	App, To, URL, Code   string
	Details              map[string]any
	Lang, Dir            string
	Subject, Preheader   string
	Title, Button, Plain string
	Body, After          []string
}

// readWords reads the built-in words and then those in dir, which override them.
func readWords(dir, lang string) (*words, error) {
	w := &words{special: map[string]special{}}
	base, err := fs.Sub(builtin, "templates")
	if err != nil {
		return nil, err
	}
	if dir != "" {
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("mail.templates: %w", err)
		}
		w.own = os.DirFS(dir)
	}
	if err := w.readTongues(base); err != nil {
		return nil, err
	}
	if err := w.choose(lang); err != nil {
		return nil, err
	}
	if err := w.readLayouts(base); err != nil {
		return nil, err
	}
	return w, errors.Join(w.readSpecials(), w.check())
}

type tongueFile struct {
	Dir      string             `json:"dir"`
	Fallback string             `json:"fallback"`
	Messages map[string]phrases `json:"messages"`
}

// readTongues reads en.json and the files of other languages. English replaces
// what a language lacks.
func (w *words) readTongues(base fs.FS) error {
	var english tongueFile
	if err := readJSON(base, "en.json", &english); err != nil {
		return err
	}
	files := map[string]tongueFile{"en": english}
	if w.own != nil {
		names, err := fs.Glob(w.own, "*.json")
		if err != nil {
			return err
		}
		for _, name := range names {
			lang := strings.TrimSuffix(name, ".json")
			// Fields that the file leaves out keep the English words.
			file := tongueFile{Dir: "ltr", Fallback: english.Fallback, Messages: map[string]phrases{}}
			var raw struct{ Messages map[string]json.RawMessage }
			if err := errors.Join(readJSON(w.own, name, &file), readJSON(w.own, name, &raw)); err != nil {
				return fmt.Errorf("mail.templates: %s: %w", name, err)
			}
			for kind, text := range raw.Messages {
				p := english.Messages[kind]
				if err := json.Unmarshal(text, &p); err != nil {
					return fmt.Errorf("mail.templates: %s: %s: %w", name, kind, err)
				}
				file.Messages[kind] = p
			}
			if lang == "en" {
				for kind, p := range english.Messages {
					if _, ok := file.Messages[kind]; !ok {
						file.Messages[kind] = p
					}
				}
			}
			files[lang] = file
		}
	}
	for lang, f := range files {
		tag, err := language.Parse(lang)
		if err != nil {
			return fmt.Errorf("mail.templates: %s.json: %q is not a language tag", lang, lang)
		}
		w.tongues = append(w.tongues, tongue{tag, f.Dir, f.Fallback, f.Messages})
	}
	// The first language is used for readers without a known language.
	slices.SortFunc(w.tongues, func(a, b tongue) int {
		if (a.tag == language.English) != (b.tag == language.English) {
			if a.tag == language.English {
				return -1
			}
			return 1
		}
		return strings.Compare(a.tag.String(), b.tag.String())
	})
	return nil
}

func readJSON(from fs.FS, name string, to any) error {
	data, err := fs.ReadFile(from, name)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, to)
}

func (w *words) choose(lang string) error {
	tags := make([]language.Tag, len(w.tongues))
	for i, t := range w.tongues {
		tags[i] = t.tag
	}
	w.matcher = language.NewMatcher(tags)
	if lang == "auto" {
		w.fixed = -1
		return nil
	}
	if lang == "" {
		return nil // English, the first
	}
	tag, err := language.Parse(lang)
	if err != nil {
		return fmt.Errorf("mail.language: %q is not a language tag", lang)
	}
	for i, have := range tags {
		if have == tag {
			w.fixed = i
			return nil
		}
	}
	return fmt.Errorf("mail.language: there are no words for %s; put %s.json into mail.templates", lang, lang)
}

func (w *words) tongueFor(accepted string) *tongue {
	if w.fixed >= 0 {
		return &w.tongues[w.fixed]
	}
	tags, _, err := language.ParseAcceptLanguage(accepted)
	if err != nil || len(tags) == 0 {
		return &w.tongues[0]
	}
	_, i, _ := w.matcher.Match(tags...)
	return &w.tongues[i]
}

// envelope puts a message into words.
func (w *words) envelope(in incoming, app string) (*Envelope, error) {
	kind := in.Kind
	if kind == "" {
		kind = kindOf(in.event)
	}
	t := w.tongueFor(in.Language)
	p, known := t.messages[kind]
	if !known && !w.tells(t, kind) { // the whole message in English, including its direction
		t = &w.tongues[0]
		p, known = t.messages[kind]
	} else if !known {
		p, known = w.tongues[0].messages[kind]
	}
	own := w.specialFor(t, kind)
	if !known && own.text == nil {
		return nil, fmt.Errorf("mail: there is no message %q for %s", kind, in.event)
	}
	v := view{
		App: app, To: in.To, URL: in.URL, Code: in.Code, Details: in.Details,
		Lang: t.tag.String(), Dir: cmp.Or(t.dir, "ltr"), Plain: t.fallback,
	}
	if err := v.speak(p); err != nil {
		return nil, fmt.Errorf("mail: %s: %w", kind, err)
	}
	e := &Envelope{ID: secret.Text(), Kind: kind, To: in.To, URL: in.URL, Code: in.Code, At: in.at}
	return e, w.render(e, own, v)
}

// speak executes the templates of the phrases.
func (v *view) speak(p phrases) error {
	var errs []error
	say := func(phrase string) string {
		t, err := texttemplate.New("").Option("missingkey=zero").Parse(phrase)
		var b bytes.Buffer
		if err == nil {
			err = t.Execute(&b, v)
		}
		errs = append(errs, err)
		return b.String()
	}
	v.Title, v.Button, v.Preheader = say(p.Title), say(p.Button), say(p.Preheader)
	v.Subject = oneLine(say(p.Subject))
	for _, paragraph := range p.Body {
		v.Body = append(v.Body, say(paragraph))
	}
	for _, paragraph := range p.After {
		v.After = append(v.After, say(paragraph))
	}
	return errors.Join(errs...)
}

// oneLine removes line breaks from a header.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)), " ")
}

func (w *words) render(e *Envelope, own special, v view) error {
	text, html := w.text, w.html
	if own.text != nil {
		text = own.text
	}
	if own.html != nil {
		html = own.html
	}
	var plain, page bytes.Buffer
	if err := errors.Join(text.Execute(&plain, v), html.Execute(&page, v)); err != nil {
		return err
	}
	e.Subject, e.Text, e.HTML = v.Subject, plain.String(), page.String()
	// A custom text template may begin with the subject.
	if rest, ok := strings.CutPrefix(e.Text, "Subject: "); ok && own.text != nil {
		line, body, _ := strings.Cut(rest, "\n")
		e.Subject, e.Text = oneLine(line), strings.TrimLeft(body, "\r\n")
	}
	return nil
}
