package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/docs"
)

// configCmd is about config files.
type configCmd struct {
	Check  configCheckCmd  `cmd:"" help:"Read a config file as the server does and print every mistake. Opens no database and no connection."`
	Schema configSchemaCmd `cmd:"" help:"Print the JSON Schema of the config file, with which editors complete and check it."`
}

type configCheckCmd struct {
	File string `arg:"" optional:"" placeholder:"FILE" help:"Config file, YAML or JSON. Default: $$BETTER_AUTH_CONFIG, else betterauth.yaml, .yml or .json here."`
	Mode string `placeholder:"MODE" help:"development, test or production, instead of the file's and the environment's."`
}

// Help is shown by config check --help.
func (*configCheckCmd) Help() string {
	return "Each mistake is a line FILE:LINE:COLUMN: OPTION: MESSAGE. Exit status: 0 for a good file, 1 with mistakes. Variables that the file names must be set."
}

// Run reads the file and prints what is wrong with it.
func (c *configCheckCmd) Run(w *world) error {
	path := w.configPath(configFlags{Config: c.File})
	if path == "" {
		return errors.New("there is no config file here: name one")
	}
	f, err := config.Loader{Env: w.env, Mode: c.Mode, NeedBaseURL: true, Pages: true}.Load(path)
	if err == nil {
		err = f.Check(w.now)
	}
	switch mistakes, ok := errors.AsType[*config.Errors](err); {
	case ok:
		fmt.Fprintln(w.stdout, mistakes)
		return errFindings
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no config file %s", path)
	case err != nil:
		return err
	}
	fmt.Fprintf(w.stdout, "%s: ok\nmode: %s, from %s\n", path, modeName(f.Options.Mode), f.ModeFrom)
	for _, one := range f.Realms {
		fmt.Fprintf(w.stdout, "realm %s: %s\n", one.Name, where(one))
		for _, note := range one.File.Notes {
			fmt.Fprintf(w.stdout, "note: realm %s: %s\n", one.Name, note)
		}
	}
	for _, note := range f.Notes {
		fmt.Fprintln(w.stdout, "note:", note)
	}
	return nil
}

// where describes which requests belong to a realm.
func where(one *config.Realm) string {
	hosts := strings.Join(one.Hosts, ", ")
	if hosts == "" {
		hosts = "every host that no realm names"
	}
	if one.Path != "" {
		return hosts + ", below " + one.Path
	}
	return hosts
}

type configSchemaCmd struct{}

// Run prints the schema.
func (configSchemaCmd) Run(w *world) error {
	_, err := w.stdout.Write(docs.Schema())
	return err
}
