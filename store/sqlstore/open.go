package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"modernc.org/sqlite"
)

// Open connects to the database that a url names:
//
//	postgres://user:password@host:5432/name?sslmode=…   also postgresql://; every pgx parameter
//	mysql://user:password@host:3306/name?tls=true       also mariadb://; parameters of go-sql-driver/mysql,
//	                                                    socket=/path for a unix socket
//	sqlite:auth.db   sqlite:/var/lib/auth.db            a file, made when missing
//	sqlite::memory:                                     in memory, gone at Close
//	file:auth.db?mode=ro                                an SQLite URI
//	auth.db                                             anything else is the path of an SQLite file
func Open(ctx context.Context, rawURL string, o Options) (*DB, error) {
	d, err := open(rawURL, o)
	if err != nil {
		return nil, err
	}
	if err := d.detect(ctx); err != nil {
		_ = d.Close()
		return nil, fmt.Errorf("sqlstore: connect to %s: %w", redacted(rawURL), err)
	}
	return d, nil
}

func open(rawURL string, o Options) (*DB, error) {
	scheme, rest, _ := strings.Cut(rawURL, ":")
	if o.SchemaName != "" && scheme != "postgres" && scheme != "postgresql" {
		return nil, errors.New("sqlstore: a schema name is only supported on PostgreSQL")
	}
	switch scheme {
	case "postgres", "postgresql":
		return openPostgres(rawURL, o)
	case "mysql", "mariadb":
		return openMySQL(rawURL, o)
	case "sqlite":
		if path, ok := strings.CutPrefix(rest, "//"); ok {
			rest = path // sqlite:///var/lib/auth.db, sqlite://auth.db
		}
		return openSQLite(rest, o)
	}
	if rawURL == "" {
		return nil, errors.New("sqlstore: the database url is empty")
	}
	if strings.HasPrefix(rest, "//") {
		return nil, fmt.Errorf("sqlstore: unknown database %q in the url: known are postgres, mysql, mariadb and sqlite", scheme)
	}
	return openSQLite(rawURL, o)
}

func redacted(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" {
		scheme, _, _ := strings.Cut(rawURL, ":")
		return scheme + ":…"
	}
	return u.Redacted()
}

func openPostgres(rawURL string, o Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err) // pgx leaves the password out
	}
	return pooledPostgres(cfg, o)
}

func openMySQL(rawURL string, o Options) (*DB, error) {
	cfg, err := mysqlConfig(rawURL)
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

func mysqlConfig(rawURL string) (*mysql.Config, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("sqlstore: the mysql url cannot be parsed")
	}
	q := u.Query()
	socket := q.Get("socket")
	q.Del("socket")
	zone, err := takeZone(q)
	if err != nil {
		return nil, err
	}
	cfg, err := mysql.ParseDSN("/?" + q.Encode())
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	cfg.User = u.User.Username()
	cfg.Passwd, _ = u.User.Password()
	cfg.DBName = strings.TrimPrefix(u.Path, "/")
	cfg.Net, cfg.Addr = "tcp", u.Host
	if u.Port() == "" {
		cfg.Addr = u.Hostname() + ":3306"
	}
	if socket != "" {
		cfg.Net, cfg.Addr = "unix", socket
	}
	cfg.ParseTime = true
	cfg.ClientFoundRows = true // an update that changes nothing still matches
	inZone(cfg, zone)
	return cfg, nil
}

// openSQLite opens one connection that writes and several that read, so that
// writers queue here and not in SQLite's busy handler.
func openSQLite(path string, o Options) (*DB, error) {
	if path == "" {
		return nil, errors.New("sqlstore: the sqlite url has no path")
	}
	memory := strings.HasPrefix(path, ":memory:") || strings.Contains(path, "mode=memory")
	if !memory && !strings.HasPrefix(path, "file:") {
		if err := makePrivate(path); err != nil {
			return nil, err
		}
	}
	durable, err := synchronous(o.Synchronous)
	if err != nil {
		return nil, err
	}
	dsn := sqliteDSN(path, memory)
	write, err := sqliteDB(dsn + durable)
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if memory {
		return newDB(SQLite, write, write, o), nil
	}
	read, err := sqliteDB(dsn + "&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	if o.MaxOpen <= 0 {
		o.MaxOpen = 10
	}
	d := newDB(SQLite, write, o.pool(read, o.MaxOpen), o)
	d.file = !strings.Contains(path, "mode=ro")
	return d, nil
}

// synchronous is the pragma of the connection that writes.
func synchronous(level string) (string, error) {
	switch level {
	case "", "full":
		return "&_pragma=synchronous(FULL)", nil
	case "normal":
		return "&_pragma=synchronous(NORMAL)", nil
	}
	return "", fmt.Errorf("sqlstore: synchronous is %q; it can be full or normal", level)
}

// makePrivate makes a missing database file readable by its owner alone: it will
// hold session tokens. SQLite gives its side files the same mode.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	return f.Close()
}

func sqliteDSN(path string, memory bool) string {
	if !strings.HasPrefix(path, "file:") && !memory {
		path = "file:" + (&url.URL{Path: path}).EscapedPath()
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	pragmas := []string{"busy_timeout(5000)", "foreign_keys(1)"}
	if !memory && !strings.Contains(path, "mode=ro") {
		pragmas = append(pragmas, "journal_mode(WAL)")
	}
	return path + sep + "_txlock=immediate&_pragma=" + strings.Join(pragmas, "&_pragma=")
}

func sqliteDB(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	return sql.OpenDB(c), nil
}
