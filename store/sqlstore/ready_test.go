package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// writer creates users with large texts, alone or within a transaction.
func writer(t *testing.T, d *sqlstore.DB) (s *store.Store, write func(ctx context.Context, i int) error) {
	t.Helper()
	s, _ = people(t, d, 1)
	create := func(ctx context.Context, i int) error {
		_, err := s.Create(ctx, "user", store.Record{
			"id": fmt.Sprint("big", i), "name": strings.Repeat("n", 3000), "email": fmt.Sprint("big", i), "since": goldenTime,
		})
		return err
	}
	return s, func(ctx context.Context, i int) error {
		if i%2 == 0 {
			return create(ctx, i)
		}
		return s.Tx(ctx, func(ctx context.Context) error { return create(ctx, i) })
	}
}

// TestNoSpace fills an SQLite file up to a limit of pages: writes fail as
// unavailable, the write-ahead log is merged, and everything works once there is
// space.
func TestNoSpace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "full.db")
	d := open(t, "sqlite:"+path, sqlstore.Options{})
	s, write := writer(t, d)
	exec(t, d, "PRAGMA max_page_count = 60")
	failed := 0
	for i := 0; failed < 6 && i < 500; i++ {
		if err := write(t.Context(), i); err != nil {
			if failed++; !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%d: %v", i, err)
			}
		}
	}
	if failed < 6 {
		t.Fatal("it is never full")
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() > 100_000 {
		t.Errorf("the log of changes was not merged: %v, %v", info.Size(), err)
	}
	if _, err := s.Get(t.Context(), "user", store.Is("id", "id0")); err != nil {
		t.Errorf("read: %v", err)
	}
	exec(t, d, "PRAGMA max_page_count = 100000")
	for i := range 20 {
		if err := write(t.Context(), 1000+i); err != nil {
			t.Errorf("space again: %v", err)
		}
	}
}

// TestReadyMeansWritable checks that Ping fails for a database that answers but
// rejects writes.
func TestReadyMeansWritable(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		d := open(t, engines["sqlite"](t), sqlstore.Options{})
		exec(t, d, "PRAGMA user_version = 7")
		if err := d.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		var version int
		if err := d.SQL().QueryRow("PRAGMA user_version").Scan(&version); err != nil || version != 7 {
			t.Errorf("user_version is %d, %v", version, err)
		}
		exec(t, d, "PRAGMA query_only = 1")
		if err := d.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("read-only: %v", err)
		}
		exec(t, d, "PRAGMA query_only = 0")
		if err := d.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
	readOnly := map[string][2]string{
		"postgres": {"ALTER DATABASE %s SET default_transaction_read_only = on", "ALTER DATABASE %s SET default_transaction_read_only = off"},
		"mariadb":  {"SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0"},
	}
	for name, statements := range readOnly {
		t.Run(name, func(t *testing.T) {
			address := servers[name](t)
			admin := open(t, address, sqlstore.Options{MaxOpen: 1})
			s, _ := people(t, admin, 1)
			database := address[strings.LastIndex(address, "/")+1:]
			database, _, _ = strings.Cut(database, "?")
			set := func(i int) {
				text := statements[i]
				if strings.Contains(text, "%s") {
					text = fmt.Sprintf(text, database)
				}
				if _, err := admin.SQL().ExecContext(context.Background(), text); err != nil {
					t.Fatal(err)
				}
			}
			if name == "mariadb" { // root may write to a read-only server
				exec(t, admin, "CREATE USER IF NOT EXISTS plain", "GRANT ALL ON "+database+".* TO plain")
				t.Cleanup(func() { _, _ = admin.SQL().Exec("DROP USER plain") })
				address = strings.Replace(address, "root@", "plain@", 1)
			}
			set(0)
			t.Cleanup(func() { set(1) })
			demoted := open(t, address, sqlstore.Options{})
			update := func() error {
				_, err := demoted.UpdateMany(t.Context(), s.Table("user"), nil, store.Change{Set: store.Record{"role": "x"}})
				return err
			}
			if err := update(); !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("read-only: %v", err)
			}
			if err := demoted.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("ping: %v", err)
			}
			set(1) // for new connections on PostgreSQL; the old ones must be discarded
			eventually(t, "writable again", update)
			if err := demoted.Ping(t.Context()); err != nil {
				t.Errorf("ping: %v", err)
			}
		})
	}
}

func TestSynchronous(t *testing.T) {
	for level, want := range map[string]int{"": 2, "full": 2, "normal": 1} {
		d := open(t, engines["sqlite"](t), sqlstore.Options{Synchronous: level})
		var got int
		if err := d.SQL().QueryRow("PRAGMA synchronous").Scan(&got); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", level, got, err, want)
		}
	}
	if d, err := sqlstore.Open(t.Context(), engines["sqlite"](t), sqlstore.Options{Synchronous: "off"}); err == nil {
		d.Close()
		t.Error("off was accepted")
	}
}
