package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/console"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

type userMakeAdminCmd struct {
	configFlags
	User string `arg:"" help:"E-mail address or id."`
}

// Run gives a user the role of an administrator.
func (u *userMakeAdminCmd) Run(w *world) error {
	srv, err := w.users(u.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	role, err := srv.adminRole()
	if err != nil {
		return err
	}
	user, err := findUser(w.ctx, srv.Auth, u.User)
	if err != nil {
		return err
	}
	roles := strings.FieldsFunc(user.Extra.Text("role"), func(r rune) bool { return r == ',' })
	if !slices.Contains(roles, role) {
		_, err := srv.Users.Update(w.ctx, user.ID, store.Record{"role": strings.Join(append(roles, role), ",")})
		if errors.Is(err, store.ErrDropped) {
			return errors.New("a database hook dropped the role")
		}
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(w.stdout, "%s is an administrator.\n", plain(user.Email))
	srv.sayAdministrator(w, role)
	return nil
}

// adminRole returns the role that makes users administrators.
func (s *server) adminRole() (string, error) {
	plugin, ok := auth.Find[*admin.Plugin](s.Auth)
	if !ok {
		where := cmp.Or(s.setup.path, "betterauth.yaml")
		return "", fmt.Errorf("administrators need the plugin admin. Add to %s, and run `betterauth migrate%s`:\n\n  plugins:\n    admin: {}\n    console: {}", where, s.setup.flags())
	}
	role := plugin.AdminRole()
	if role == "" {
		return "", errors.New("the option adminRoles of the plugin admin is empty, so no role makes administrators")
	}
	return role, nil
}

// sayAdministrator prints what an administrator can do next.
func (s *server) sayAdministrator(w *world, role string) {
	fmt.Fprintf(w.stdout, "Role: %s.\n", plain(role))
	if !s.HasPlugin("console") {
		fmt.Fprintln(w.stdout, "For the console, add `console: {}` to plugins.")
		return
	}
	if at := s.setup.consoleAddress(s, cmp.Or(s.setup.file.BaseURL(), "http://localhost:"+defaultPort)); at != "" {
		fmt.Fprintf(w.stdout, "Console: %s\n", at)
	}
}

// consoleAddress returns the address of the console, "" if it is not served. public is the address of the server.
func (s *setup) consoleAddress(srv *server, public string) string {
	if !srv.HasPlugin("console") || !s.file.UI.ServesConsole(modeName(srv.Options.Mode), []string{"console"}) {
		return ""
	}
	at, err := url.Parse(public)
	if err != nil || at.Host == "" {
		return ""
	}
	root := ""
	if s.realm != nil {
		root = s.realm.Path
	}
	return at.Scheme + "://" + at.Host + root + s.file.UI.Path + "/console"
}

// databaseNames are the names of databases as people write them.
var databaseNames = map[sqlstore.Dialect]string{sqlstore.SQLite: "SQLite", sqlstore.Postgres: "PostgreSQL", sqlstore.MySQL: "MySQL"}

// describeToConsole gives the plugin console what only the program knows.
func (s *server) describeToConsole() {
	plugin, ok := auth.Find[*console.Plugin](s.Auth)
	if !ok {
		return
	}
	about := console.About{Version: version()}
	if db := s.resources.DB; db != nil {
		about.Database = databaseNames[db.Dialect()]
	}
	if s.problem != nil {
		about.Problems = func(ctx context.Context) []string {
			if text := s.problem(ctx); text != "" {
				return []string{"The server is not ready: " + text + "."}
			}
			return nil
		}
	}
	plugin.Describe(about)
}
