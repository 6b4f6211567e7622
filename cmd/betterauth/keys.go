package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
)

type keysCmd struct {
	List   keysListCmd   `cmd:"" help:"List the keys, newest first. Private keys are never shown."`
	Rotate keysRotateCmd `cmd:"" help:"Make a new key, which signs from now on. Tokens of the old keys stay valid until they expire."`
}

// listedKey is the printed form of a key.
type listedKey struct {
	ID        string     `json:"id"`
	Algorithm string     `json:"alg"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt *time.Time `json:"expiresAt"`
}

type keysListCmd struct {
	configFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the keys.
func (k *keysListCmd) Run(w *world) error {
	srv, plugin, err := w.keys(k.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	rows, err := plugin.Keys(w.ctx, srv.Auth)
	if err != nil {
		return err
	}
	list := []listedKey{}
	for i := range rows {
		list = append(list, shownKey(&rows[i]))
	}
	if k.JSON {
		return w.writeJSON(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(w.stdout, "No keys yet: the first one is made when it is needed.")
		return nil
	}
	t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tALGORITHM\tCREATED\tSIGNS UNTIL")
	for _, key := range list {
		until := "it is replaced"
		if key.ExpiresAt != nil {
			until = key.ExpiresAt.Format(time.DateTime)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", key.ID, key.Algorithm, key.CreatedAt.Format(time.DateTime), until)
	}
	return t.Flush()
}

type keysRotateCmd struct {
	configFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run makes a new key.
func (k *keysRotateCmd) Run(w *world) error {
	srv, plugin, err := w.keys(k.configFlags)
	if err != nil {
		return err
	}
	defer srv.Close()
	made, err := plugin.Rotate(w.ctx, srv.Auth)
	if err != nil {
		return err
	}
	if k.JSON {
		return w.writeJSON(shownKey(made))
	}
	fmt.Fprintf(w.stdout, "New key %s (%s). Running servers sign with it once they read the keys again.\n", made.ID, algorithmOf(made))
	return nil
}

func shownKey(k *jwt.KeyRow) listedKey {
	return listedKey{ID: k.ID, Algorithm: algorithmOf(k), CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt}
}

// algorithmOf returns the algorithm of a key. Rows of old versions name none and
// have the default.
func algorithmOf(k *jwt.KeyRow) string {
	if k.Alg == "" {
		return "EdDSA"
	}
	return k.Alg
}

func (w *world) keys(f configFlags) (*server, *jwt.Plugin, error) {
	s, err := w.read(f)
	if err != nil {
		return nil, nil, err
	}
	srv, err := s.openMigrated(w)
	if err != nil {
		return nil, nil, err
	}
	plugin, ok := auth.Find[*jwt.Plugin](srv.Auth)
	if !ok {
		return nil, nil, errors.Join(fmt.Errorf("%s: the plugin jwt is not on, so there are no keys", s.name()), srv.Close())
	}
	return srv, plugin, nil
}
