package main

import (
	"cmp"
	"net/http"
	"strings"

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
	pages, err := ui.New(ui.Options{
		Config: s.setup.file.UI, Version: version(), Reference: reference, Mode: modeName(s.Options.Mode),
		BasePath: path, Root: root, Features: s.features(), Trusted: s.trusted, API: s,
		Home: &home{server: s},
	})
	if err != nil {
		return nil, err
	}
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
func (s *server) trusted(_ *http.Request, address string) bool {
	return origin.SafeRelative(address)
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
		Providers: []ui.Provider{}, Plugins: []string{},
	}
	for _, p := range o.SocialProviders {
		f.Providers = append(f.Providers, ui.Provider{ID: p.Info().ID, Name: p.Info().Name})
	}
	for _, m := range s.Manifests() {
		f.Plugins = append(f.Plugins, m.ID)
	}
	return f
}
