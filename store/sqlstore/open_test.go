package sqlstore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
	"github.com/seed-32bd42cb/betterauth/store/storetest"
)

func TestOpenSQLite(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for url, file := range map[string]string{
		"sqlite:one.db":                        "one.db",
		"sqlite:" + filepath.Join(dir, "2.db"): "2.db",
		"sqlite://three.db":                    "three.db",
		"sqlite://" + dir + "/four.db":         "four.db",
		"file:five.db?mode=rwc":                "five.db",
		"six.db":                               "six.db",
		"./se ven%20?.db":                      "se ven%20?.db",
	} {
		d := open(t, url, sqlstore.Options{})
		migrate(t, d, resolve(t, coreSchema(), store.TextID))
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: %v", url, err)
		}
		var mode string
		var keys int
		if err := d.SQL().QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
			t.Errorf("%s: journal mode %s %v", url, mode, err)
		}
		if err := d.SQL().QueryRow("PRAGMA foreign_keys").Scan(&keys); err != nil || keys != 1 {
			t.Errorf("%s: foreign keys %d %v", url, keys, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, url := range []string{"", "sqlite:", "oracle://x/y", "mysql://%zz", "postgres://u:sesame@127.0.0.1:1/x?connect_timeout=1", "mysql://u:sesame@127.0.0.1:1/x"} {
		d, err := sqlstore.Open(t.Context(), url, sqlstore.Options{})
		if err == nil {
			t.Errorf("%q was opened", url)
			_ = d.Close()
			continue
		}
		if strings.Contains(err.Error(), "sesame") {
			t.Errorf("%q: the error shows the password: %v", url, err)
		}
	}
	if _, err := sqlstore.Open(t.Context(), "sqlite::memory:", sqlstore.Options{SchemaName: "x"}); err == nil {
		t.Error("a schema name was accepted on SQLite")
	}
}

// TestEmbedded uses pools that the caller opened.
func TestEmbedded(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		own := open(t, url(t), sqlstore.Options{})
		d, err := sqlstore.New(t.Context(), own.SQL(), own.Dialect(), sqlstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := goldenStore(t, d, "uuid")
		row := goldenRows(t, "uuid")[0]
		if _, err := s.Create(t.Context(), row.model, row.row); err != nil {
			t.Fatal(err)
		}
		err = s.Tx(t.Context(), func(ctx context.Context) error {
			_, err := s.Get(ctx, "user", store.Is("email", "zoe@example.com"))
			return errors.Join(err, ctx.Err())
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestWithoutReturning uses the statements for MySQL, where INSERT and DELETE
// return no rows.
func TestWithoutReturning(t *testing.T) {
	storetest.Run(t, func(t *testing.T, tables []*store.TableSchema) store.Driver {
		d := open(t, testserver.MariaDB(t), sqlstore.Options{})
		sqlstore.ForbidReturning(d)
		migrate(t, d, tables)
		return d
	})
}
