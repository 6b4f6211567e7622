package sqlstore_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
	"github.com/seed-32bd42cb/betterauth/store/storetest"
)

// TestDriverBehindPgBouncer runs the whole conformance suite through a pooler in
// transaction mode, once declared in the address and once detected.
func TestDriverBehindPgBouncer(t *testing.T) {
	for name, parameter := range map[string]string{"told": "&pgbouncer=true", "untold": ""} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T, tables []*store.TableSchema) store.Driver {
				d := open(t, testserver.PgBouncer(t)+parameter, sqlstore.Options{})
				migrate(t, d, tables)
				return d
			})
		})
	}
}

// people creates users and returns a function that reads one of them back and
// checks that each value is in its place.
func people(t *testing.T, d *sqlstore.DB, n int) (s *store.Store, read func(ctx context.Context, i int) error) {
	t.Helper()
	s = goldenStore(t, d, "text")
	for i := range n {
		_, err := s.Create(t.Context(), "user", store.Record{
			"id": fmt.Sprint("id", i), "name": fmt.Sprint("name", i), "email": fmt.Sprint(i, "@example.com"), "image": fmt.Sprint("image", i),
			"nickname": fmt.Sprint("nick", i), "score": float64(i), "since": goldenTime,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s, func(ctx context.Context, i int) error {
		row, err := s.Get(ctx, "user", store.Is("id", fmt.Sprint("id", i)))
		if err != nil {
			return err
		}
		for field, want := range map[string]any{
			"id": fmt.Sprint("id", i), "name": fmt.Sprint("name", i), "email": fmt.Sprint(i, "@example.com"), "image": fmt.Sprint("image", i),
			"nickname": fmt.Sprint("nick", i), "score": float64(i), "since": goldenTime,
		} {
			if row[field] != want {
				return fmt.Errorf("user %d has %s %v", i, field, row[field])
			}
		}
		return nil
	}
}

// busy calls work from several goroutines until stop is called, which returns the
// first errors.
func busy(ctx context.Context, workers int, work func(ctx context.Context, worker, turn int) error) (stop func() []error) {
	ctx, cancel := context.WithCancel(ctx)
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for turn := 0; ctx.Err() == nil; turn++ {
				if err := work(context.WithoutCancel(ctx), w, turn); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	return func() []error {
		cancel()
		wg.Wait()
		return errs[:min(len(errs), 5)]
	}
}

// TestSchemaChangesWhileServing alters a table that is being read and written,
// within transactions and outside, on every engine: nothing may fail.
func TestSchemaChangesWhileServing(t *testing.T) {
	changes := map[string][]string{
		"sqlite":   {`ALTER TABLE "user" ADD COLUMN x text`, `CREATE INDEX by_name ON "user" (name)`},
		"postgres": {`ALTER TABLE "user" ADD COLUMN x text`, `ALTER TABLE "user" ALTER COLUMN image TYPE varchar(200)`, `ALTER TABLE "user" ALTER COLUMN score TYPE bigint`, `ALTER TABLE "user" DROP COLUMN x`},
		"mariadb":  {"ALTER TABLE `user` ADD COLUMN x text", "ALTER TABLE `user` MODIFY image varchar(200)", "ALTER TABLE `user` MODIFY score bigint", "ALTER TABLE `user` DROP COLUMN x"},
	}
	urls := map[string]func(testing.TB) string{"pgbouncer": testserver.PgBouncer}
	changes["pgbouncer"] = changes["postgres"]
	for engine, statements := range changes {
		t.Run(engine, func(t *testing.T) {
			url := engines[engine]
			if url == nil {
				url = urls[engine]
			}
			d := open(t, url(t), sqlstore.Options{})
			const workers = 6
			s, read := people(t, d, workers)
			turns := make(chan bool)
			stop := busy(t.Context(), workers, func(ctx context.Context, w, turn int) error {
				select {
				case turns <- true:
				default:
				}
				change := func(ctx context.Context) error {
					_, err := s.Update(ctx, "user", []store.Where{store.Is("id", fmt.Sprint("id", w))}, store.Record{"role": fmt.Sprint(turn)})
					return err
				}
				if err := read(ctx, w); err != nil {
					return err
				}
				if err := change(ctx); err != nil {
					return err
				}
				// On MySQL, a transaction that only reads a table and writes it
				// after an ALTER gets a deadlock error.
				return s.Tx(ctx, func(ctx context.Context) error {
					if err := change(ctx); err != nil {
						return err
					}
					return read(ctx, w)
				})
			})
			for _, statement := range statements {
				for range 10 * workers { // until each has prepared its statements
					<-turns
				}
				if _, err := d.SQL().ExecContext(t.Context(), statement); err != nil {
					t.Errorf("%s: %v", statement, err)
				}
			}
			for range 10 * workers {
				<-turns
			}
			for _, err := range stop() {
				t.Error(err)
			}
		})
	}
}

// TestColumnTypeChangesWhileServing checks that cached statement descriptions are
// renewed after a column's type has changed.
func TestColumnTypeChangesWhileServing(t *testing.T) {
	for name, address := range map[string]string{
		"postgres": testserver.Postgres(t), "without names": testserver.Postgres(t) + "&pgbouncer=true", "pgbouncer": testserver.PgBouncer(t),
	} {
		d := open(t, address, sqlstore.Options{})
		s, _ := people(t, d, 1)
		const id = "0b2ff1d6-63a8-4a4a-9d43-0f6a1c1f2d11"
		if _, err := s.Create(t.Context(), "verification", store.Record{"id": id, "identifier": "i", "value": "v", "expiresAt": goldenTime}); err != nil {
			t.Fatal(err)
		}
		use := func() {
			t.Helper()
			rows, err := s.Find(t.Context(), "verification", store.Query{Where: []store.Where{store.Is("id", id)}, Limit: 1})
			if err != nil || len(rows) != 1 || rows[0]["id"] != id {
				t.Errorf("%s: %v, %v", name, rows, err)
			}
			if row, err := s.Update(t.Context(), "verification", []store.Where{store.Is("id", id)}, store.Record{"value": "w"}); err != nil || row["id"] != id {
				t.Errorf("%s: %v, %v", name, row, err)
			}
		}
		use()
		exec(t, d, `ALTER TABLE verification ALTER COLUMN id TYPE uuid USING id::uuid`)
		use()
		exec(t, d, `ALTER TABLE verification ALTER COLUMN id TYPE text USING id::text`)
		use()
	}
}

// TestPoolerByAddress checks that poolers are recognised by host and port.
func TestPoolerByAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"postgres://u@db.example.com/x":                                                   false,
		"postgres://u@db.example.com/x?pgbouncer=true":                                    true,
		"postgres://u@db.example.com:6432/x":                                              true,
		"postgres://u@db.example.com:6432/x?pgbouncer=false":                              false,
		"postgres://u@db.example.com:6543/x":                                              false,
		"postgres://u@aws-0-eu-central-1.pooler.supabase.com:6543/postgres":               true,
		"postgres://u@aws-0-eu-central-1.pooler.supabase.com:5432/postgres":               false, // session mode
		"postgres://u@db.abcdefgh.supabase.co:6543/postgres":                              true,
		"postgres://u@ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech/x":           true,
		"postgres://u@ep-cool-darkness-123456.us-east-2.aws.neon.tech/x":                  false,
		"postgres://u@my-pooler.example.com/x":                                            false,
		"postgres://u@x-do-user-1.b.db.ondigitalocean.com:25061/x":                        true,
		"postgres://u@one.example.com,two.example.com:6432/x":                             true,
		"postgres://u@db.example.com/x?statement_cache_capacity=0":                        true,
		"host=db.example.com port=6432 user=u dbname=x":                                   true,
		"postgres://u@db.example.com/x?pgbouncer=true&default_query_exec_mode=exec":       true,
		"postgres://u@db.example.com/x?default_query_exec_mode=describe_exec&pgbouncer=1": true,
	} {
		if got, err := sqlstore.BehindPooler(address); err != nil || got != want {
			t.Errorf("%s: %v, %v", address, got, err)
		}
	}
	if _, err := sqlstore.BehindPooler("postgres://u:sesame@h/x?pgbouncer=perhaps"); err == nil || strings.Contains(err.Error(), "sesame") {
		t.Errorf("pgbouncer=perhaps: %v", err)
	}
}

// TestWithoutAdvisoryLocks migrates from several processes at once on an engine
// without the function, simulated by one that fails like a missing function.
func TestWithoutAdvisoryLocks(t *testing.T) {
	address := testserver.Postgres(t)
	exec(t, open(t, address, sqlstore.Options{}),
		`CREATE SCHEMA shadow`,
		`CREATE FUNCTION shadow.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE plpgsql AS
			$$ BEGIN RAISE SQLSTATE '42883' USING MESSAGE = 'unknown function: pg_advisory_xact_lock()'; END $$`)
	for name, o := range map[string]sqlstore.Options{"": {MaxOpen: 1}, "own": {MaxOpen: 1, SchemaName: "own"}} {
		tables := resolve(t, fullSchema(), store.TextID)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				d, err := sqlstore.Open(t.Context(), address+"&search_path=shadow,pg_catalog,public", o)
				if err != nil {
					t.Error(err)
					return
				}
				defer d.Close()
				p, err := d.Plan(t.Context(), tables)
				if err == nil {
					err = p.Apply(t.Context())
				}
				if err != nil {
					t.Errorf("schema %q: %v", name, err)
				}
			})
		}
		wg.Wait()
	}
}
