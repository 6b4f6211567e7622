package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// Open connects to the database at an address:
//
//	postgres://user:password@host:5432/name?sslmode=…   also postgresql:// and cockroachdb://
//	host=… user=… password=… dbname=…                   libpq's form
//	mysql://user:password@host:3306/name?tls=true       also mariadb://; socket=/path for a unix socket
//	user:password@tcp(host:3306)/name                   go-sql-driver's form
//	sqlite:auth.db   sqlite:/var/lib/auth.db            a file, created if missing
//	sqlite::memory:                                     in memory, lost on Close
//	file:auth.db?mode=ro                                an SQLite URI
//	auth.db                                             the path of an SQLite file
//
// It understands the parameters of the Go drivers, of Node's drivers and of
// Prisma. Pool and timeout settings of the address apply where o leaves them
// unset. Parameters without effect are logged.
func Open(ctx context.Context, rawURL string, o Options) (*DB, error) {
	a, err := ReadAddress(rawURL)
	if err != nil {
		return nil, err
	}
	d, err := a.open(o)
	if err != nil {
		return nil, &OpenError{Address: a.String(), Err: told(err)}
	}
	a.tell(ctx, d)
	if err = d.detect(ctx); err != nil {
		_ = d.Close()
		return nil, &OpenError{Address: a.String(), Err: told(err), Later: true}
	}
	return d, nil
}

// tell logs how the address was understood.
func (a *Address) tell(ctx context.Context, d *DB) {
	for _, note := range a.Notes {
		d.log.InfoContext(ctx, "database address: "+note)
	}
	for _, warning := range a.Warnings {
		d.log.WarnContext(ctx, "database address: "+warning)
	}
}

func (a *Address) open(o Options) (*DB, error) {
	if a.Dialect != Postgres && o.SchemaName != "" {
		return nil, errors.New("a schema name is only supported on PostgreSQL")
	}
	if a.schema != "" && o.SchemaName != "" && a.schema != o.SchemaName {
		a.Notes = append(a.Notes, "schema has no effect: the configuration names another schema")
	}
	o = a.over(o)
	switch a.Dialect {
	case Postgres:
		return openPostgres(a, o)
	case MySQL:
		return openMySQL(a, o)
	}
	return openSQLite(a, o)
}

func openPostgres(a *Address, o Options) (*DB, error) {
	cfg, err := a.pgx()
	if err != nil {
		return nil, err
	}
	return pooledPostgres(cfg, o)
}

func openMySQL(a *Address, o Options) (*DB, error) {
	cfg, err := a.mysqlConfig()
	if err != nil {
		return nil, err
	}
	d, err := pooledMySQL(cfg, o)
	if err != nil {
		return nil, err
	}
	d.loc = cfg.Loc
	return d, nil
}

// openSQLite opens one connection that writes and several that read, so that
// writers queue here and not in SQLite's busy handler.
func openSQLite(a *Address, o Options) (*DB, error) {
	durable, err := synchronous(o.Synchronous)
	if err != nil {
		return nil, err
	}
	if a.File != "" {
		if err := a.prepareFile(); err != nil {
			return nil, err
		}
	}
	write, err := sqliteDB(a.sqliteDSN(durable))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if a.File == "" {
		return newDB(SQLite, write, write, o), nil
	}
	read, err := sqliteDB(a.sqliteDSN(durable) + "&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	if o.MaxOpen <= 0 {
		o.MaxOpen = 10
	}
	d := newDB(SQLite, write, o.pool(read, o.MaxOpen), o)
	d.file = !a.readOnly()
	return d, nil
}

// synchronous returns the pragma of the connection that writes.
func synchronous(level string) (string, error) {
	switch level {
	case "", "full":
		return "synchronous(FULL)", nil
	case "normal":
		return "synchronous(NORMAL)", nil
	}
	return "", fmt.Errorf("synchronous is %q; it must be full or normal", level)
}

func sqliteDB(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}
