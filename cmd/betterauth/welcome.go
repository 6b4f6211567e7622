package main

import (
	"fmt"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// welcome prints what is served and where to go.
func (s *setup) welcome(w *world, srv *server, local string, migrated int) {
	mode := modeName(srv.Options.Mode)
	if from := s.file.ModeFrom; s.path != "" || from != "the default" {
		mode += ", from " + from
	}
	public := s.file.BaseURL()
	if public == "" {
		public = local
	}
	endpoints := s.endpoints(srv, public)
	line := func(label, format string, args ...any) {
		fmt.Fprintf(w.stderr, "  %-10s %s\n", label, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(w.stderr, "\nbetterauth %s, matches better-auth@%s\n\n", version(), reference)
	line("Mode", "%s", mode)
	line("Listening", "%s", local)
	line("Endpoints", "%s", endpoints)
	if srv.HasPlugin("jwt") {
		line("JWKS", "%s", endpoints+"/jwks")
	}
	if at := s.consoleAddress(srv, public); at != "" {
		line("Console", "%s", at)
	}
	line("Database", "%s", s.describeDatabase(srv, migrated))
	if srv.resources.Mail != nil && srv.resources.Mail.Box() != nil {
		// The outbox only answers direct requests, not through a front end at the
		// public address.
		line("Outbox", "%s", s.endpoints(srv, local)+"/outbox (mail is kept there, and not sent)")
	}
	s.welcomeConfig(line)
	if srv.Options.Mode != auth.Production {
		if s.realm != nil && s.realm.Path != "" {
			public = endpoints // the path is not the one that clients expect
		}
		fmt.Fprintf(w.stderr, "\nIn your app:\n\n"+
			"  import { createAuthClient } from \"better-auth/client\"\n"+
			"  export const authClient = createAuthClient({ baseURL: %q })\n", public)
	}
	if s.path == "" {
		fmt.Fprint(w.stderr, "\nE-mail and password, jwt and bearer are on. To change that, write betterauth.yaml:\n\n"+
			"  baseURL: https://auth.example.com\n"+
			"  secretFile: betterauth.secret\n"+
			"  database: postgres://user:${DB_PASSWORD}@localhost/app\n"+
			"  emailAndPassword: { enabled: true }\n"+
			"  plugins: { jwt: {}, bearer: {} }\n")
	}
	for _, note := range s.file.Notes {
		fmt.Fprintln(w.stderr, "\nNote:", note)
	}
	fmt.Fprintln(w.stderr)
}

// endpoints returns the address above the endpoints: a base URL with a path is
// used as it is.
func (s *setup) endpoints(srv *server, public string) string {
	full, err := origin.BaseURL(public, srv.Options.BasePath)
	if err != nil {
		return public
	}
	return strings.TrimRight(full, "/")
}

func (s *setup) welcomeConfig(line func(label, format string, args ...any)) {
	if s.path != "" {
		line("Config", "%s", s.path)
	}
	switch {
	case s.madeSecret:
		line("Secret", "%s (new, readable only for you: keep it, and do not commit it to git)", s.secretFile)
	case s.secretFile != "":
		line("Secret", "%s", s.secretFile)
	}
}

func (s *setup) describeDatabase(srv *server, migrated int) string {
	if srv.resources.DB == nil {
		return "none: sessions are only in cookies"
	}
	text := s.place()
	if migrated > 0 {
		text += " (tables were created or completed)"
	}
	return text
}
