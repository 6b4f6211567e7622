package config

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// Check creates the server that the file describes, with storage in memory and without the network. It returns what
// would stop a start besides the mistakes that Load finds: options that contradict each other. The error is an
// *Errors. A secret that only the environment has is not required.
func (f *File) Check(now func() time.Time) error {
	if f.Realms != nil {
		return f.checkRealms(now)
	}
	return f.check(now, &Claims{})
}

func (f *File) check(now func() time.Time, claims *Claims) error {
	o := f.Options
	o.Now, o.HTTP = now, offline{}
	if o.Secret == "" && len(o.Secrets) == 0 {
		o.Secret = "stands for a secret of the environment: aK3vQ9xT7mZ2wL5r"
	}
	if f.DatabaseURL() != "" {
		o.Database = memstore.New()
	}
	if f.SecondaryStorage.Set() {
		o.SecondaryStorage = kv.NewMemory(func(context.Context) time.Time { return now() }, 0)
	}
	a, err := betterauth.New(o)
	if err == nil {
		err = claims.Claim(f, a)
	}
	if err == nil {
		return nil
	}
	problems := &Errors{File: f.Name}
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSuffix(line, "\n")
		at := f.place(optionOf(line))
		if at == (position{}) {
			at = f.at
		}
		if f.Realm != "" {
			line = "realm " + f.Realm + ": " + line
		}
		problems.Problems = append(problems.Problems, Problem{Line: at.line, Column: at.column, Message: line, Err: err})
	}
	return problems
}

// checkRealms checks each site.
func (f *File) checkRealms(now func() time.Time) error {
	all := &Errors{File: f.Name}
	claims := &Claims{}
	for _, one := range f.Realms {
		if problems, ok := errors.AsType[*Errors](one.File.check(now, claims)); ok {
			all.Problems = append(all.Problems, problems.Problems...)
		}
	}
	if len(all.Problems) > 0 {
		return all
	}
	return nil
}

// optionOf returns the option at the beginning of a message: "session.expiresIn: must …", "plugin jwt: jwt.sign needs
// …".
func optionOf(message string) string {
	within := ""
	if rest, ok := strings.CutPrefix(message, "plugin "); ok {
		id, about, _ := strings.Cut(rest, ": ")
		within, message = "plugins."+id, about
	}
	first, _, _ := strings.Cut(message, " ")
	return join(within, strings.TrimSuffix(first, ":"))
}

// offline is a transport that fails every request.
type offline struct{}

// RoundTrip implements [http.RoundTripper].
func (offline) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("config: no network access while a file is checked")
}
