package main

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/ui"
)

// pages are the endpoints and the pages of a server, below / or the path of its realm.
func (s *server) pages() (http.Handler, error) {
	path, _ := origin.Path(s.setup.endpoints(s, cmp.Or(s.setup.file.BaseURL(), "http://localhost")))
	path = strings.TrimRight(path, "/")
	root := ""
	if s.setup.realm != nil {
		root = s.setup.realm.Path
	}
	status := ui.Status(ui.Info{
		Version: version(), Reference: reference, Mode: modeName(s.Options.Mode),
		BasePath: path, JWKS: s.HasPlugin("jwt"), Explorer: s.HasPlugin("open-api"),
	})
	site := s.setup.file.UI
	site.Name = cmp.Or(site.Name, s.Options.AppName)
	pages, err := ui.New(ui.Options{
		Config: site, Version: version(), Reference: reference, Mode: modeName(s.Options.Mode),
		BasePath: path, Root: root, Features: s.features(), Trusted: s.trusted, API: s, Home: &home{server: s},
	})
	if err != nil {
		return nil, err
	}
	s.describeToConsole()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case pages.Serves(r):
			pages.ServeHTTP(rw, r)
		case reads(r) && r.URL.Path == root+"/":
			status.ServeHTTP(rw, r)
		default:
			s.ServeHTTP(rw, r)
		}
	}), nil
}

// trusted reports whether a page may send a browser to an address.
func (s *server) trusted(r *http.Request, address string) bool {
	return origin.SafeRelative(address) || s.TrustsURL(r, address)
}

// features describe the configuration to the pages.
func (s *server) features() ui.Features {
	o := &s.Options
	f := ui.Features{
		EmailPassword:     o.EmailAndPassword.Enabled,
		SignUp:            o.EmailAndPassword.Enabled && !o.EmailAndPassword.DisableSignUp,
		MinPasswordLength: o.EmailAndPassword.MinPasswordLength, MaxPasswordLength: o.EmailAndPassword.MaxPasswordLength,
		ResetPassword:       o.EmailAndPassword.SendResetPassword != nil,
		VerifyEmail:         o.EmailVerification.SendVerificationEmail != nil,
		RequireVerification: o.EmailAndPassword.RequireEmailVerification,
		ChangeEmail:         o.User.ChangeEmail.Enabled, DeleteUser: o.User.DeleteUser.Enabled,
		WaitingList: o.SignUp.WaitingList, SignUpFields: signUpFields(o.User.AdditionalFields),
		Providers: []ui.Provider{}, Plugins: []string{},
	}
	builtIn := map[string]bool{}
	for _, p := range o.SocialProviders {
		builtIn[p.Info().ID] = true
	}
	for _, p := range s.Providers.All() {
		f.Providers = append(f.Providers, ui.Provider{ID: p.Info().ID, Name: p.Info().Name, Generic: !builtIn[p.Info().ID]})
	}
	for _, m := range s.Manifests() {
		f.Plugins = append(f.Plugins, m.ID)
		if m.ID == "email-otp" && m.Provides.SendVerificationEmail != nil {
			f.VerifyEmail, f.VerifyByCode = true, true
		}
	}
	f.Account = s.accountFeatures()
	return f
}

// signUpFields returns the additional fields without which nobody can sign up, as far as a form can ask for them.
func signUpFields(added auth.AdditionalFields) []ui.Field {
	fields := []ui.Field{}
	for _, f := range added {
		needed := (f.Required == nil || *f.Required) && (f.Input == nil || *f.Input)
		if !needed || f.HasDefault || f.Default != nil || f.DefaultFunc != nil {
			continue
		}
		fields = append(fields, ui.Field{Name: f.Name, Type: string(f.Type.Type), Enum: f.Type.Enum})
	}
	return fields
}
