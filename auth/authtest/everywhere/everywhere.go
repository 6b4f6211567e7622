//go:build unix

// Package everywhere runs a test on every kind of database, with and without
// secondary storage.
//
//	func TestMain(m *testing.M) { testserver.Main(m) }
//
//	func TestSignUp(t *testing.T) {
//		everywhere.Run(t, func(t *testing.T, o auth.Options) {
//			s := authtest.New(t, o)
//			s.Client().SignUp("ann@example.com")
//			s.WantRows(1, "user")
//		})
//	}
//
// The test gets options with database and secondary storage set, adds its own and
// calls [authtest.New], which creates the tables. PostgreSQL and MariaDB are
// started from installed programs. If one is not installed, its subtest is skipped,
// or fails if the environment variable CI is true.
package everywhere

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// Place is a kind of database, with or without secondary storage.
type Place string

// The places.
const (
	Memory           Place = "memory"
	SQLite           Place = "sqlite"
	Postgres         Place = "postgres"
	MariaDB          Place = "mariadb"
	SecondaryStorage Place = "secondary storage"              // holds sessions and single-use values
	Both             Place = "secondary storage and database" // both hold them
)

// All returns all places.
func All() []Place { return append(Databases(), SecondaryStorage, Both) }

// Databases returns the places without secondary storage.
func Databases() []Place { return append([]Place{Memory}, SQL()...) }

// SQL returns the SQL databases.
func SQL() []Place { return []Place{SQLite, Postgres, MariaDB} }

// Run runs a test as a subtest for each place, or for all places if none is given.
// Each subtest has its own empty database.
func Run(t *testing.T, run func(t *testing.T, o auth.Options), places ...Place) {
	t.Helper()
	if len(places) == 0 {
		places = All()
	}
	for _, p := range places {
		t.Run(string(p), func(t *testing.T) { run(t, p.Options(t)) })
	}
}

// Options returns options with a new empty database in this place.
func (p Place) Options(t testing.TB) auth.Options {
	t.Helper()
	var o auth.Options
	switch p {
	case SQLite:
		o.Database = Open(t, "sqlite:"+filepath.Join(t.TempDir(), "auth.db"))
	case Postgres:
		o.Database = Open(t, testserver.Postgres(t))
	case MariaDB:
		o.Database = Open(t, testserver.MariaDB(t))
	case SecondaryStorage, Both:
		o.SecondaryStorage = newStorage()
		o.Verification.StoreInDatabase = p == Both
		o.Session.StoreSessionInDatabase = p == Both
		fallthrough
	default:
		o.Database = memstore.New()
	}
	return o
}

// DB is an SQL database that creates the tables of the server that uses it.
type DB struct{ *sqlstore.DB }

// patience is the time limit of a call to a database. It is long, so that no test
// fails because the machine is busy.
const patience = 2 * time.Minute

// Open opens the database at a URL of package sqlstore and closes it when the test
// ends.
func Open(t testing.TB, url string) *DB {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), url, sqlstore.Options{QueryTimeout: patience, ConnectTimeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &DB{db}
}

// Prepare implements [authtest.Prepared].
func (d *DB) Prepare(ctx context.Context, s *authtest.Server) error {
	plan, err := d.Plan(ctx, s.Store.Tables())
	if err != nil {
		return err
	}
	return plan.Apply(ctx)
}

// storage is secondary storage in memory that uses the server's clock.
type storage struct {
	kv.Store
	server *atomic.Pointer[authtest.Server]
}

func newStorage() storage {
	server := &atomic.Pointer[authtest.Server]{}
	now := func(context.Context) time.Time {
		if s := server.Load(); s != nil {
			return s.Now()
		}
		return authtest.Start()
	}
	return storage{kv.NewMemory(now, 0), server}
}

// Prepare implements [authtest.Prepared].
func (s storage) Prepare(_ context.Context, server *authtest.Server) error {
	s.server.Store(server)
	return nil
}
