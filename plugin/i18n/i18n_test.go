package i18n_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/i18n"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	german  = "Adresse oder Passwort falsch"
	french  = "Adresse ou mot de passe incorrect"
	english = "Invalid email or password" // the original
)

func texts() map[string]map[string]string {
	return map[string]map[string]string{
		"de": {"INVALID_EMAIL_OR_PASSWORD": german, "UNAUTHORIZED": "Nicht angemeldet", "INVALID_PASSWORD": "Falsches Passwort"},
		"fr": {"INVALID_EMAIL_OR_PASSWORD": french},
	}
}

func server(t testing.TB, o i18n.Options) *authtest.Server {
	t.Helper()
	if o.Translations == nil && o.Locales == nil {
		o.Translations = texts()
	}
	no := false
	options := authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{i18n.New(o)}})
	options.User.AdditionalFields = auth.AdditionalFields{{Name: "locale", Type: auth.FieldType{Type: store.String}, Required: &no}}
	return authtest.New(t, options)
}

func wrong(s *authtest.Server, header, value string) *authtest.Answer {
	c := s.Client()
	if header != "" {
		c.Header.Set(header, value)
	}
	return c.TrySignIn("nobody@example.com", "wrong-password")
}

func TestTranslate(t *testing.T) {
	s := server(t, i18n.Options{})
	got := wrong(s, "Accept-Language", "de-AT")
	if want := `{"code":"INVALID_EMAIL_OR_PASSWORD","message":"` + german + `","originalMessage":"` + english + `"}`; got.Status != 401 || got.Body != want {
		t.Errorf("%s, want %s", got, want)
	}
	// Without a text the answer stays as it is.
	if got := wrong(s, "Accept-Language", "en"); got.Body != `{"message":"`+english+`","code":"INVALID_EMAIL_OR_PASSWORD"}` {
		t.Errorf("%s", got)
	}
	c := s.Client()
	c.Header.Set("Accept-Language", "de")
	c.Get("/list-sessions").Want(401, "message", "Nicht angemeldet", "originalMessage", "Unauthorized")
	c.Get("/ok").Want(200, "ok", true)
	c.SignUp("ada@example.com")
	c.Post("/change-password", `{"currentPassword":"wrong-password","newPassword":"password5678"}`).Want(400, "code", "INVALID_PASSWORD", "message", "Falsches Passwort")
}

func TestHeader(t *testing.T) {
	s := server(t, i18n.Options{})
	for header, want := range map[string]string{
		"":                                  english,
		"de":                                german,
		"DE":                                english,
		"es":                                english,
		"es, fr;q=0.1":                      french,
		"fr;q=0.5, de;q=0.8":                german,
		"fr;q=0.5,de;q=0.5":                 french,
		"de;q=0":                            german,
		"de;q=1e-1,fr;q=.9":                 french,
		"de; q=0.1, fr; q=0.2":              french,
		"de;q=x,fr":                         german,
		";q=1,,-,fr-FR":                     french,
		"de;level=1;q=0.1,fr":               german,
		"fr;q=-Infinity,de;q=-1":            french, // Infinity is no number here
		"de;q=1e999,fr":                     german,
		strings.Repeat("es,", 99):           english,
		strings.Repeat("es,", 1<<14) + "de": english, // beyond what is read
	} {
		if got := wrong(s, "Accept-Language", header); got.Value("message") != want {
			t.Errorf("%.40q: %s", header, got)
		}
	}
}

func TestDetection(t *testing.T) {
	asked := 0
	ask := func(_ context.Context, c *auth.Context) (string, error) {
		asked++
		if c.Route.Path != "/sign-in/email" {
			t.Errorf("asked for %s", c.Route.Path)
		}
		locale, _ := c.RequestHeaderValue("X-Locale")
		return locale, nil
	}
	fail := func(context.Context, *auth.Context) (string, error) { return "", errors.New("down") }
	for name, tc := range map[string]struct {
		options       i18n.Options
		header, value string
		want          string
	}{
		"default":                     {i18n.Options{DefaultLocale: "fr"}, "", "", french},
		"default without texts":       {i18n.Options{DefaultLocale: "xx"}, "", "", english},
		"no way":                      {i18n.Options{Detection: []string{}}, "Accept-Language", "de", english},
		"cookie":                      {i18n.Options{Detection: []string{i18n.Cookie}}, "Cookie", "locale=de", german},
		"the last cookie":             {i18n.Options{Detection: []string{i18n.Cookie}}, "Cookie", "locale=de; locale=fr", french},
		"another cookie":              {i18n.Options{Detection: []string{i18n.Cookie}, LocaleCookie: "lang"}, "Cookie", "locale=de; lang=fr", french},
		"a cookie that is not asked":  {i18n.Options{}, "Cookie", "locale=de", english},
		"an unknown cookie":           {i18n.Options{Detection: []string{i18n.Cookie}}, "Cookie", "locale=xx", english},
		"session of nobody":           {i18n.Options{Detection: []string{i18n.Session}}, "", "", english},
		"callback":                    {i18n.Options{Detection: []string{i18n.Callback}, GetLocale: ask}, "X-Locale", "fr", french},
		"callback, unknown":           {i18n.Options{Detection: []string{i18n.Callback}, GetLocale: ask}, "X-Locale", "xx", english},
		"callback, nothing":           {i18n.Options{Detection: []string{i18n.Callback, i18n.Header}, GetLocale: ask}, "Accept-Language", "fr", french},
		"callback, not set":           {i18n.Options{Detection: []string{i18n.Callback, i18n.Header}}, "Accept-Language", "fr", french},
		"a callback that is not used": {i18n.Options{GetLocale: fail}, "Accept-Language", "de", german},
	} {
		t.Run(name, func(t *testing.T) {
			wrong(server(t, tc.options), tc.header, tc.value).Want(401, "message", tc.want)
		})
	}
	if asked != 3 {
		t.Errorf("the callback was called %d times", asked)
	}
	if got := wrong(server(t, i18n.Options{Detection: []string{i18n.Callback}, GetLocale: fail}), "", ""); got.Status != 500 || got.Body != "" {
		t.Errorf("a callback that fails: %s", got)
	}
}

func TestSession(t *testing.T) {
	for field, want := range map[string]string{"locale": "Falsches Passwort", "name": "Invalid password", "missing": "Invalid password"} {
		s := server(t, i18n.Options{Detection: []string{i18n.Session}, UserLocaleField: field})
		c := s.Client()
		c.Post("/sign-up/email", `{"name":"Ada","email":"ada@example.com","password":"password1234","locale":"de"}`).Want(200)
		c.Post("/change-password", `{"currentPassword":"wrong-password","newPassword":"password5678"}`).Want(400, "message", want)
		// At a sign-in nobody is signed in yet.
		c.TrySignIn("ada@example.com", "wrong-password").Want(401, "message", english)
	}
}

func TestBundled(t *testing.T) {
	all, err := i18n.Bundled()
	if err != nil || len(all) != 22 {
		t.Fatalf("%d locales, %v", len(all), err)
	}
	for locale, texts := range all {
		for code, original := range all["en"] {
			if text := texts[code]; text == "" || locale != "en" && text == original && code != "VALIDATION_ERROR" {
				t.Errorf("%s %s: %q", locale, code, text)
			}
		}
		if len(texts) != len(all["en"]) {
			t.Errorf("%s has %d texts, en %d", locale, len(texts), len(all["en"]))
		}
	}
	s := server(t, i18n.Options{Locales: []string{"de", "ja"}, Translations: map[string]map[string]string{"de": {"UNAUTHORIZED": "Nein"}, "fr": {"UNAUTHORIZED": "Non"}}})
	for locale, want := range map[string]string{"de": all["de"]["INVALID_EMAIL_OR_PASSWORD"], "ja": all["ja"]["INVALID_EMAIL_OR_PASSWORD"], "fr": english, "es": english} {
		wrong(s, "Accept-Language", locale).Want(401, "message", want)
	}
	for locale, want := range map[string]string{"de": "Nein", "fr": "Non", "ja": "Unauthorized"} {
		c := s.Client()
		c.Header.Set("Accept-Language", locale)
		c.Get("/list-sessions").Want(401, "message", want)
	}
	// The texts of one server are not those of another.
	own := map[string]map[string]string{"de": {"INVALID_EMAIL_OR_PASSWORD": german}}
	wrong(server(t, i18n.Options{Locales: []string{"de"}, Translations: own}), "Accept-Language", "de").Want(401, "message", german)
	wrong(server(t, i18n.Options{Locales: []string{"de"}}), "Accept-Language", "de").Want(401, "message", all["de"]["INVALID_EMAIL_OR_PASSWORD"])
	if len(own["de"]) != 1 {
		t.Error("the caller's own map was changed")
	}
}

func TestRefusedOptions(t *testing.T) {
	for want, o := range map[string]i18n.Options{
		"translations is empty":           {},
		`there are no texts for "xx"`:     {Locales: []string{"de", "xx"}},
		"detection.1: must be one of":     {Translations: texts(), Detection: []string{"header", "query"}},
		"at least one locale is needed":   {Translations: map[string]map[string]string{}},
		"locales: there are no texts for": {Locales: []string{"de-AT"}},
	} {
		_, err := betterauth.New(auth.Options{BaseURL: auth.Static(authtest.Origin), Secret: authtest.Secret, Plugins: []auth.Plugin{i18n.New(o)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}
