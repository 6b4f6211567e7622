package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

type migrateCmd struct {
	configFlags
	DryRun        bool `help:"Show what would be done and change nothing."`
	SearchIndexes bool `help:"Also create the indexes with which administrators search many users quickly. PostgreSQL only; the last two need its extension pg_trgm."`
}

// Run brings the database up to date, or those of all realms. A realm that fails
// does not stop the others.
func (m *migrateCmd) Run(w *world) error {
	list, err := w.readAll(m.configFlags)
	if err != nil {
		return err
	}
	if list[0].realm == nil {
		return m.one(w, list[0], &config.Claims{})
	}
	failed, tables := 0, &config.Claims{}
	for i, conf := range list {
		own := w.of(conf)
		if len(list) > 1 {
			fmt.Fprintf(own.stdout, "Realm %d of %d.\n", i+1, len(list))
		}
		if err := m.one(own, conf, tables); err != nil {
			failed++
			fmt.Fprintln(own.stderr, err)
		}
		fmt.Fprintln(w.stdout)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d realms were not migrated", failed, len(list))
	}
	return nil
}

// one brings one database up to date.
func (m *migrateCmd) one(w *world, conf *setup, tables *config.Claims) error {
	if conf.realm != nil && conf.file.DatabaseURL() == "" {
		fmt.Fprintln(w.stdout, "There is no database.")
		return nil
	}
	srv, plan, err := w.plan(conf)
	if err != nil {
		return err
	}
	defer srv.Close()
	if err := tables.Claim(conf.file, srv.Auth); err != nil {
		return err
	}
	origin, err := srv.resources.DB.Recognise(w.ctx, srv.Store.Tables())
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "Database: %s\nFound:    %s\n", conf.place(), describeOrigin(origin))
	for _, warning := range plan.Warnings {
		fmt.Fprintln(w.stdout, "Left alone:", warning)
	}
	if err := refusals(plan); err != nil {
		return err
	}
	if err := m.apply(w, plan); err != nil || !m.SearchIndexes {
		return err
	}
	return m.addSearchIndexes(w, srv)
}

func (m *migrateCmd) apply(w *world, plan *sqlstore.Plan) error {
	if plan.Empty() {
		fmt.Fprintln(w.stdout, "Nothing is missing.")
		return nil
	}
	fmt.Fprintf(w.stdout, "\n%s\n\n", strings.TrimSpace(plan.SQL()))
	if m.DryRun {
		fmt.Fprintf(w.stdout, "%d statements would be run; nothing was changed.\n", len(plan.Steps))
		return nil
	}
	if err := plan.Apply(w.ctx); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "Done: %d statements.\n", len(plan.Steps))
	return nil
}

// addSearchIndexes creates the indexes of the fields in which list-users of the plugin
// admin searches.
func (m *migrateCmd) addSearchIndexes(w *world, srv *server) error {
	db := srv.resources.DB
	missing, err := db.SearchIndexes(w.ctx, srv.Store.Table("user"), "email", "name")
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		fmt.Fprintln(w.stdout, "No index for searches is missing.")
		return nil
	}
	if m.DryRun {
		for _, ix := range missing {
			fmt.Fprintf(w.stdout, "%s;\n", ix.SQL)
		}
		fmt.Fprintf(w.stdout, "%d indexes would be created; nothing was changed.\n", len(missing))
		return nil
	}
	for i, ix := range missing {
		fmt.Fprintf(w.stdout, "Index %d of %d: %s … ", i+1, len(missing), ix.Name)
		begin := w.now()
		if err := ix.Create(w.ctx, db); err != nil {
			fmt.Fprintln(w.stdout, "failed")
			return err
		}
		fmt.Fprintln(w.stdout, w.now().Sub(begin).Round(time.Millisecond))
	}
	return nil
}

// place names the database, and what else says where the tables are.
func (s *setup) place() string {
	text := sqlstore.Redacted(s.file.DatabaseURL())
	if name := s.file.Database.SchemaName; name != "" {
		text += ", schema " + name
	}
	if prefix := s.file.Database.TablePrefix; prefix != "" {
		text += ", tables " + prefix + "…"
	}
	return text
}

type generateCmd struct {
	configFlags
	Output string `short:"o" placeholder:"FILE" help:"Write to FILE, which must not exist, instead of standard output."`
}

// Run prints the migration as a script.
func (g *generateCmd) Run(w *world) error {
	conf, err := w.read(g.configFlags)
	if err != nil {
		return err
	}
	srv, plan, err := w.plan(conf)
	if err != nil {
		return err
	}
	defer srv.Close()
	if err := refusals(plan); err != nil {
		return err
	}
	text := "-- Nothing is missing.\n"
	if !plan.Empty() {
		text = strings.TrimSpace(plan.SQL()) + "\n"
	}
	if g.Output == "" {
		fmt.Fprint(w.stdout, text)
		return nil
	}
	f, err := os.OpenFile(g.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// plan compares the database with the tables of the configuration.
func (w *world) plan(s *setup) (*server, *sqlstore.Plan, error) {
	s.needlessSecret(w)
	srv, err := s.openDatabase(w)
	if err != nil {
		return nil, nil, err
	}
	plan, err := srv.resources.DB.Plan(w.ctx, srv.Store.Tables())
	if err != nil {
		return nil, nil, errors.Join(err, srv.Close())
	}
	return srv, plan, nil
}

// refusals returns the reasons for which Apply would refuse.
func refusals(p *sqlstore.Plan) error {
	if len(p.Problems) > 0 {
		return &sqlstore.MismatchError{Problems: p.Problems}
	}
	if len(p.Unsafe) > 0 {
		return &sqlstore.UnsafeError{Messages: p.Unsafe}
	}
	return nil
}

func describeOrigin(o sqlstore.Origin) string {
	switch o {
	case sqlstore.Empty:
		return "an empty database"
	case sqlstore.Foreign:
		return "tables of another program, none of Better Auth"
	}
	return "tables of Better Auth " + string(o)
}
