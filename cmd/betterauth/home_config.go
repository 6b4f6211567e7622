package main

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/option"
)

// setting is an option in force. Own says that it differs from the default.
type setting struct {
	Path  string `json:"path"`
	Value string `json:"value"`
	Own   bool   `json:"own"`
}

// hidden is shown in place of a text that may be a secret.
const hidden = "(set)"

// shownTexts are the options whose texts are shown. All other texts may be secrets or
// contain one, also those of plugins that are written later.
var shownTexts = []string{
	"appName", "baseURL", "basePath", "trustedOrigins", "disabledPaths", "modelName", "fieldName", "cookiePrefix", "domain", "path",
	"ipAddressHeaders", "trustedProxies", "trustedProviders", "from", "replyTo", "language", "languages", "schemaName", "tablePrefix", "issuer", "audience",
	"rpID", "rpName", "origin", "adminRoles", "defaultRole", "creatorRole", "providerId", "scopes", "endpoints", "accent", "logo",
	"verificationUri", "retention", "domains",
}

// config returns the options in force, without secrets.
func (h *home) config() any {
	s := h.server.setup
	f := s.file
	list := []setting{
		{"mode", modeName(h.server.Options.Mode) + ", from " + f.ModeFrom, s.path != ""},
		{"database", s.describeDatabase(h.server, 0), f.Database.URL != "" || f.Database.None},
		{"secret", s.describeSecret(), true},
	}
	if f.SecondaryStorage.Set() {
		list = append(list, setting{"secondaryStorage", describeStorage(&f.SecondaryStorage), true})
	}
	list = appendSettings(list, "", reflect.ValueOf(f.Options))
	for _, p := range f.Options.SocialProviders {
		list = append(list, setting{"socialProviders." + p.Info().ID, "on", true})
	}
	for _, p := range f.Plugins {
		list = append(list, setting{"plugins." + p.ID, "on", true})
		list = appendSettings(list, "plugins."+p.ID, reflect.ValueOf(p.Options).Elem())
	}
	if f.Mail != nil {
		list = appendSettings(list, "mail", reflect.ValueOf(*f.Mail))
	}
	list = appendSettings(list, "ui", reflect.ValueOf(f.UI))
	return map[string]any{"settings": list, "notes": append([]string{}, f.Notes...)}
}

// describeSecret returns where the secret is from.
func (s *setup) describeSecret() string {
	o := s.file.Options // doctor writes to it
	d := &doctor{w: s.w, setup: s, file: s.file, o: &o}
	if s.secretFile != "" {
		return hidden + ", from " + s.secretFile
	}
	if text, from := d.currentSecret(); text != "" {
		return hidden + ", from " + from
	}
	return "none"
}

// appendSettings adds the options of a struct.
func appendSettings(list []setting, path string, of reflect.Value) []setting {
	if of.Kind() != reflect.Struct {
		return list
	}
	now, byDefault := reflect.New(of.Type()), reflect.New(of.Type())
	now.Elem().Set(of)
	option.Defaults(now.Interface())
	option.Defaults(byDefault.Interface())
	was := map[string]string{}
	walk(path, byDefault.Elem(), func(at, value string) { was[at] = value })
	walk(path, now.Elem(), func(at, value string) {
		list = append(list, setting{at, value, value != was[at]})
	})
	return list
}

// walk calls yield with each option below a struct, and its value.
func walk(path string, v reflect.Value, yield func(path, value string)) {
	for _, f := range option.Fields(v.Type()) {
		at := f.Name
		if path != "" {
			at = path + "." + f.Name
		}
		if at == "secret" || at == "secrets" {
			continue // shown with its source
		}
		walkValue(at, &f, v.FieldByIndex(f.Index), yield)
	}
}

func walkValue(at string, f *option.Field, v reflect.Value, yield func(path, value string)) {
	if text, ok := special(f, v); ok {
		yield(at, text)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walkValue(at, f, v.Elem(), yield)
		} else if v.Type().Elem().Kind() != reflect.Struct {
			yield(at, unset(f))
		}
	case reflect.Struct:
		walk(at, v, yield)
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			walkValue(at+"."+key.String(), f, v.MapIndex(key), yield)
		}
	case reflect.Slice:
		if v.Len() > 0 && v.Type().Elem().Kind() != reflect.String {
			for i := range v.Len() {
				walkValue(at+"."+nameOf(v.Index(i), i), f, v.Index(i), yield)
			}
			return
		}
		yield(at, plainText(f, v))
	default:
		yield(at, plainText(f, v))
	}
}

// nameOf returns the name of a member of a list that a file writes as a map, and the
// number of any other.
func nameOf(v reflect.Value, i int) string {
	if v.Kind() == reflect.Struct {
		if name := v.FieldByName("Name"); name.IsValid() && name.Kind() == reflect.String && name.String() != "" {
			return name.String()
		}
	}
	return strconv.Itoa(i)
}

// special returns the value of an option with a grammar of its own.
func special(f *option.Field, v reflect.Value) (string, bool) {
	if v.Kind() == reflect.Func {
		return called(f, v), true
	}
	switch value := v.Interface().(type) {
	case auth.BaseURL:
		switch {
		case value.IsDynamic():
			return "one of " + strings.Join(value.AllowedHosts, ", "), true
		case value.URL == "":
			return unset(f), true
		}
		return withoutPassword(value.URL), true
	case auth.FieldType:
		if len(value.Enum) > 0 {
			return strings.Join(value.Enum, ", "), true
		}
		return fmt.Sprint(value.Type), true
	case auth.OriginCheckOff:
		if len(value.Paths) > 0 {
			return strings.Join(value.Paths, ", "), true
		}
		return strconv.FormatBool(value.All), true
	case option.Span:
		if value == 0 {
			return unset(f), true
		}
		return value.Duration().String(), true
	}
	if _, shaped := option.ShapeOf(v.Type()); !shaped || v.Kind() != reflect.Struct {
		return "", false
	}
	if v.IsZero() {
		return unset(f), true
	}
	if names := v.FieldByName("List"); names.IsValid() && names.Kind() == reflect.Slice && names.Len() > 0 {
		return plainText(f, names), true
	}
	return hidden, true
}

// called describes an option that is a function.
func called(f *option.Field, v reflect.Value) string {
	if v.IsNil() {
		return unset(f)
	}
	if c, ok := v.Interface().(interface {
		Builtin() string
		Webhook() *callback.Webhook
	}); ok {
		if name := c.Builtin(); name != "" {
			return name
		}
		if c.Webhook() != nil {
			return "webhook"
		}
	}
	return hidden
}

// plainText returns the value of an option of a simple kind.
func plainText(f *option.Field, v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int64, reflect.Float64:
		if v.IsZero() && (f.Unset != "" || f.Default == "") {
			return unset(f)
		}
		text := fmt.Sprint(v.Interface())
		if f.Unit != "" {
			text += " " + f.Unit
		}
		return text
	case reflect.String:
		switch {
		case v.String() == "":
			return unset(f)
		case f.Enum != nil || v.String() == f.Default || slices.Contains(shownTexts, f.Name):
			return withoutPassword(v.String())
		}
		return hidden
	case reflect.Slice:
		if v.Len() == 0 {
			return unset(f)
		}
		texts := make([]string, v.Len())
		for i := range texts {
			texts[i] = plainText(f, v.Index(i))
		}
		return strings.Join(texts, ", ")
	case reflect.Interface:
		if v.IsNil() {
			return unset(f)
		}
	}
	return hidden
}

func unset(f *option.Field) string {
	if f.Unset != "" {
		return f.Unset
	}
	return "none"
}

// withoutPassword hides an address that contains user and password, or parameters.
func withoutPassword(text string) string {
	if u, err := url.Parse(text); err != nil && strings.Contains(text, "://") && !strings.ContainsAny(text, "*") || err == nil && (u.User != nil || u.RawQuery != "") {
		return hidden
	}
	return text
}

// describeStorage returns the secondary storage without its password.
func describeStorage(s *config.Storage) string {
	switch {
	case s.Provider == "memory":
		return "memory"
	case s.URL != "":
		if u, err := url.Parse(s.URL); err == nil && u.Host != "" {
			return u.Scheme + "://" + u.Host
		}
		return "redis"
	}
	return "webhooks"
}
