package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Languages are the languages of the pages.
var Languages = []string{"en", "de"}

const languageCookie = "betterauth_language"

// loadTexts returns the texts of an entry by language: those of all pages, those of the
// entry, and the site's own.
func loadTexts(own map[string]map[string]string, areas ...string) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for _, name := range Languages {
		texts := map[string]string{}
		for _, area := range areas {
			text, err := files.ReadFile("web/texts/" + name + "/" + area + ".json")
			if err != nil {
				return nil, err
			}
			if err := json.Unmarshal(text, &texts); err != nil {
				return nil, err
			}
		}
		maps.Copy(texts, own[name])
		all[name] = texts
	}
	return all, nil
}

// Prefixes of the keys that a site may add: labels of fields, names of roles, texts of errors.
var ownKeys = []string{"field.", "role.", "code.", "link."}

// checkOwn refuses texts of the site under keys that no page has.
func (p *Pages) checkOwn(builtIn map[string]bool) error {
	var errs []error
	for _, language := range slices.Sorted(maps.Keys(p.o.Config.Texts)) {
		for _, key := range slices.Sorted(maps.Keys(p.o.Config.Texts[language])) {
			added := slices.ContainsFunc(ownKeys, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
			if !added && !builtIn[key] {
				errs = append(errs, fmt.Errorf("texts.%s: there is no text %q", language, key))
			}
		}
	}
	return errors.Join(errs...)
}

// packTexts returns texts as JSON, by language.
func packTexts(texts map[string]map[string]string) (map[string]json.RawMessage, error) {
	packed := map[string]json.RawMessage{}
	for name, one := range texts {
		text, err := json.Marshal(one)
		if err != nil {
			return nil, err
		}
		packed[name] = text
	}
	return packed, nil
}

// languageOf returns the language of a request: the parameter lang, else the cookie that
// it set, else the first language that the browser accepts.
func (p *Pages) languageOf(r *http.Request) (name string, chosen bool) {
	if name := r.URL.Query().Get("lang"); slices.Contains(p.languages, name) {
		return name, true
	}
	if c, err := r.Cookie(languageCookie); err == nil && slices.Contains(p.languages, c.Value) {
		return c.Value, false
	}
	accepted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(accepted) == 0 {
		return p.languages[0], false
	}
	_, index, confidence := p.matcher.Match(accepted...)
	if confidence == language.No {
		return p.languages[0], false
	}
	return p.languages[index], false
}
