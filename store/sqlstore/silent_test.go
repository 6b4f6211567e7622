package sqlstore_test

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// servers are the engines that are reached over a network.
var servers = map[string]func(t testing.TB) string{"postgres": testserver.Postgres, "mariadb": testserver.MariaDB}

// relayed returns a database with one user, connected through a relay.
func relayed(t *testing.T, address string, o sqlstore.Options) (*testserver.Relay, *sqlstore.DB, *store.Store) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	relay := testserver.NewRelay(t, u.Host)
	u.Host = relay.Addr()
	d := open(t, u.String(), o)
	s, _ := people(t, d, 1)
	return relay, d, s
}

func onServers(t *testing.T, run func(t *testing.T, address string)) {
	for name, address := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, address(t))
		})
	}
}

// calls returns one call of each kind.
func calls(d *sqlstore.DB, s *store.Store) map[string]func(ctx context.Context) error {
	first := []store.Where{store.Is("id", "id0")}
	return map[string]func(ctx context.Context) error{
		"get":   func(ctx context.Context) error { _, err := s.Get(ctx, "user", first...); return err },
		"find":  func(ctx context.Context) error { _, err := s.Find(ctx, "user", store.Query{}); return err },
		"count": func(ctx context.Context) error { _, err := s.Count(ctx, "user"); return err },
		"update": func(ctx context.Context) error {
			_, err := s.Update(ctx, "user", first, store.Record{"role": "x"})
			return err
		},
		"delete": func(ctx context.Context) error { _, err := s.DeleteMany(ctx, "session"); return err },
		"tx": func(ctx context.Context) error {
			return s.Tx(ctx, func(ctx context.Context) error { _, err := s.Get(ctx, "user", first...); return err })
		},
		"check": func(ctx context.Context) error { _, err := d.Check(ctx, s.Tables()); return err },
		"ping":  d.Ping,
	}
}

// fill opens n connections and leaves them idle.
func fill(t *testing.T, d *sqlstore.DB, n int) {
	t.Helper()
	var opened, wg sync.WaitGroup
	opened.Add(n)
	for range n {
		wg.Go(func() {
			err := d.Tx(t.Context(), func(context.Context) error {
				opened.Done()
				opened.Wait()
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestForgottenConnections simulates a gateway that drops connections silently:
// reads notice it and use a new connection.
func TestForgottenConnections(t *testing.T) {
	onServers(t, func(t *testing.T, address string) {
		relay, d, s := relayed(t, address, sqlstore.Options{QueryTimeout: 3 * time.Second})
		for _, name := range []string{"get", "tx", "ping"} { // the most frequent calls; a list or a write is not sent twice
			fill(t, d, 4)
			relay.Forget()
			if err := calls(d, s)[name](t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestIdleConnectionsAreProbed checks that calls of every kind, including writes,
// succeed when connections broke silently while they were idle.
func TestIdleConnectionsAreProbed(t *testing.T) {
	onServers(t, func(t *testing.T, address string) {
		relay, d, s := relayed(t, address, sqlstore.Options{})
		for _, name := range []string{"update", "find"} {
			fill(t, d, 4)
			relay.Forget()
			time.Sleep(sqlstore.ProbeAfter + 100*time.Millisecond)
			if err := calls(d, s)[name](t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestFrozenDatabase uses a server that accepts connections and answers nothing:
// every call ends as unavailable, and works again once the server does.
func TestFrozenDatabase(t *testing.T) {
	onServers(t, func(t *testing.T, address string) {
		relay, d, s := relayed(t, address, sqlstore.Options{QueryTimeout: 300 * time.Millisecond, ConnectTimeout: 200 * time.Millisecond})
		for name, call := range calls(d, s) {
			ctx := t.Context()
			if name == "check" { // unhurried already
				var end context.CancelFunc
				ctx, end = context.WithTimeout(ctx, 300*time.Millisecond)
				defer end()
			}
			relay.Freeze()
			if err := call(ctx); !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("frozen: %s: %v", name, err)
			}
			relay.Thaw()
			eventually(t, "thawed: "+name, func() error { return call(t.Context()) })
		}
		err := s.Tx(t.Context(), func(ctx context.Context) error {
			_, err := s.Update(ctx, "user", []store.Where{store.Is("id", "id0")}, store.Record{"role": "lost"})
			relay.Freeze()
			return err
		})
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("frozen before the commit: %v", err)
		}
		relay.Thaw()
		eventually(t, "after the commit", func() error { return d.Ping(t.Context()) })
	})
}

// eventually repeats a call that may still get an old connection.
func eventually(t *testing.T, what string, call func() error) {
	t.Helper()
	var err error
	for range 100 {
		if err = call(); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s: %v", what, err)
}

// TestFrozenFromTheStart checks that Open returns.
func TestFrozenFromTheStart(t *testing.T) {
	onServers(t, func(t *testing.T, address string) {
		u, _ := url.Parse(address)
		relay := testserver.NewRelay(t, u.Host)
		relay.Freeze()
		u.Host = relay.Addr()
		if d, err := sqlstore.Open(t.Context(), u.String(), sqlstore.Options{ConnectTimeout: 200 * time.Millisecond}); err == nil {
			d.Close()
			t.Error("opened")
		}
	})
}

// TestFullPool checks that the wait for a connection is limited.
func TestFullPool(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{MaxOpen: 1, QueryTimeout: 500 * time.Millisecond})
		s, _ := people(t, d, 1)
		outside := context.WithoutCancel(t.Context())
		err := s.Tx(t.Context(), func(context.Context) error {
			_, err := s.Update(outside, "user", []store.Where{store.Is("id", "id0")}, store.Record{"role": "x"})
			if !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("update: %v", err)
			}
			if err := s.Tx(outside, func(context.Context) error { return nil }); !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("begin: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestCallerHasGone checks that a caller that has gone away is not reported as a
// failure of the database.
func TestCallerHasGone(t *testing.T) {
	each(t, func(t *testing.T, url func(t testing.TB) string) {
		d := open(t, url(t), sqlstore.Options{})
		s, _ := people(t, d, 1)
		ctx, leave := context.WithCancel(t.Context())
		leave()
		for name, call := range calls(d, s) {
			if err := call(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestConnectionsEndedByTheServer checks that every kind of call, including writes
// and transactions, succeeds at once after the server has ended all connections.
func TestConnectionsEndedByTheServer(t *testing.T) {
	kill := map[sqlstore.Dialect]string{
		sqlstore.Postgres: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
		sqlstore.MySQL:    "SELECT CONCAT('KILL ', id) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
	}
	onServers(t, func(t *testing.T, address string) {
		admin := open(t, address, sqlstore.Options{MaxOpen: 1})
		relay, d, s := relayed(t, address, sqlstore.Options{})
		for name, call := range calls(d, s) {
			fill(t, d, 4)
			rows, err := admin.SQL().QueryContext(t.Context(), kill[d.Dialect()])
			if err != nil {
				t.Fatal(err)
			}
			var kills []string
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					t.Fatal(err)
				}
				kills = append(kills, text)
			}
			rows.Close()
			for _, k := range kills {
				if d.Dialect() == sqlstore.MySQL {
					if _, err := admin.SQL().ExecContext(t.Context(), k); err != nil {
						t.Fatal(err)
					}
				}
			}
			for range 500 { // the end of a connection takes a moment to arrive
				if relay.Live() == 0 {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			if err := call(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestIdleConnectionsAreClosed checks the default for servers.
func TestIdleConnectionsAreClosed(t *testing.T) {
	onServers(t, func(t *testing.T, address string) {
		d := open(t, address, sqlstore.Options{IdleTimeout: 10 * time.Millisecond})
		fill(t, d, 3)
		for range 1000 {
			if d.SQL().Stats().Idle == 0 {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Error("they are still open")
	})
}

// TestFrozenBeforeFirstUse freezes the database before a table is first used, when
// the types of its columns have to be read. That read has a time limit too.
func TestFrozenBeforeFirstUse(t *testing.T) {
	onServers(t, func(t *testing.T, address string) {
		relay, d, _ := relayed(t, address, sqlstore.Options{QueryTimeout: 500 * time.Millisecond})
		tables := resolve(t, coreSchema(), store.TextID) // a new table that has not been inspected
		fill(t, d, 2)
		relay.Freeze()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := d.Select(ctx, tables[0], store.Select{Limit: 1})
		if !errors.Is(err, store.ErrUnavailable) || ctx.Err() != nil {
			t.Errorf("got %v, after %v", err, ctx.Err())
		}
	})
}
