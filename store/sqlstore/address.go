package sqlstore

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/address"
)

// Address is a parsed database address, in any of the forms that Open accepts.
type Address struct {
	Dialect Dialect
	// File is the path of an SQLite file; "" for an in-memory database and for
	// servers.
	File string
	// Notes lists parameters that have no effect here, and corrections.
	Notes []string
	// Warnings lists settings that work but are less secure than they may seem.
	Warnings []string

	shown          string
	user, password string
	hosts          []address.Host
	database       string
	params         map[string]string // passed to the driver
	tls            address.TLS
	level          address.Security
	keyPassword    string // password of the client certificate's key
	libpqSemantics bool   // sslmode has the meaning of libpq
	ports          string // value of the parameter port
	zone           url.Values
	location       *time.Location // MySQL: time zone of dates; nil is UTC
	pragmas        []string       // SQLite pragmas
	limits
}

// limits are the pool settings of an address; Options override them.
type limits struct {
	maxOpen, maxIdle      int
	idleTimeout, lifetime time.Duration
	connectTimeout        time.Duration
	queryTimeout          time.Duration
	schema                string
	pooler                *bool
}

// String returns the address without its password and parameters.
func (a *Address) String() string { return a.shown }

// Redacted returns a database address without its password and parameters. For an
// address that cannot be parsed it returns "".
func Redacted(raw string) string {
	a, err := ReadAddress(raw)
	if err != nil {
		return address.Unreadable
	}
	return a.String()
}

// Place names the database and the schema of an address, for a comparison with
// others: two of the same place have the same tables. It is "" for a database in
// memory, which only its own connection has. schema is the configured one, which
// takes precedence over that of the address. Two names of one server, such as
// localhost and 127.0.0.1, are two places.
func (a *Address) Place(schema string) string {
	if a.Dialect == SQLite {
		if a.File == "" {
			return ""
		}
		path, err := filepath.Abs(a.File)
		if err != nil {
			path = a.File
		}
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		} else if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			path = filepath.Join(dir, filepath.Base(path))
		}
		return string(SQLite) + ":" + path
	}
	hosts := make([]string, len(a.hosts))
	for i, h := range a.hosts {
		hosts[i] = strings.ToLower(h.Name) + ":" + cmp.Or(h.Port, defaultPorts[a.Dialect])
	}
	place := string(a.Dialect) + "://" + strings.Join(hosts, ",") + "/" + cmp.Or(a.database, a.user)
	if a.Dialect == Postgres {
		place += "?schema=" + cmp.Or(schema, a.schema, "public")
	}
	return place
}

var defaultPorts = map[Dialect]string{Postgres: "5432", MySQL: "3306"}

// foreignSchemes are the schemes of unsupported addresses that users try.
var foreignSchemes = map[string]string{
	"libsql":          "libSQL and Turso are not supported; an SQLite file is file:./local.db",
	"turso":           "libSQL and Turso are not supported; an SQLite file is file:./local.db",
	"http":            "an http address is not a database address; use the postgres://, mysql:// or file: address",
	"https":           "an http address is not a database address; use the postgres://, mysql:// or file: address",
	"prisma":          "this is an address of Prisma Accelerate; use the postgres:// or mysql:// address of the database behind it",
	"prisma+postgres": "this is an address of Prisma's own proxy; use the direct postgres:// address",
	"mongodb":         "MongoDB is not supported",
	"mongodb+srv":     "MongoDB is not supported",
	"sqlserver":       "SQL Server is not supported",
	"mssql":           "SQL Server is not supported",
	"redis":           "Redis has no tables; use it as secondaryStorage",
	"rediss":          "Redis has no tables; use it as secondaryStorage",
}

// ReadAddress parses a database address, as Open does. It opens no connection and
// reads no file. Its errors never contain text that may be a password.
func ReadAddress(raw string) (*Address, error) {
	text, notes := address.Clean(raw)
	a := &Address{params: map[string]string{}, zone: url.Values{}}
	if err := a.read(text); err != nil {
		return nil, fmt.Errorf("the database address %w", err)
	}
	a.Notes = append(notes, a.Notes...)
	return a, nil
}

func (a *Address) read(text string) error {
	if text == "" {
		return errors.New("is empty")
	}
	if len(text) > 5 && strings.EqualFold(text[:5], "jdbc:") {
		text = text[5:]
	}
	before, _, _ := strings.Cut(text, ":")
	scheme := strings.ToLower(before)
	if why, known := foreignSchemes[scheme]; known {
		return errors.New("cannot be used: " + why)
	}
	base, _, _ := strings.Cut(scheme, "+") // postgresql+psycopg, mysql+pymysql
	switch base {
	case "postgres", "postgresql", "cockroachdb", "cockroach", "socket":
		return a.readPostgres(text, base)
	case "mysql", "mariadb":
		return a.readMySQL(text)
	case "sqlite", "sqlite3", "file":
		return a.readSQLite(text[len(scheme)+1:], base)
	}
	switch {
	case isConnInfo(text):
		return a.readConnInfo(text)
	case isDSN(text):
		return a.readDSN(text)
	case looksLikeAddress(text):
		return errors.New("has an unknown form: it must begin with postgres://, mysql:// or sqlite:, or be the path of an SQLite file (for an unusual file name: sqlite:./name)")
	}
	return a.readSQLite(text, "")
}

// show sets the redacted description of the address.
func (a *Address) show(scheme string) {
	u := address.Address{Scheme: scheme, User: a.user, Password: a.password, Hosts: a.hosts, Path: a.database}
	a.shown = u.String()
}

// apply applies the parameters by the rules of one engine.
func (a *Address) apply(t address.Table[*Address], params []address.Param) error {
	notes, err := t.Apply(a, params)
	if err == nil {
		a.Notes = append(a.Notes, notes...)
		err = a.settlePorts()
	}
	if err == nil {
		err = a.certificate()
	}
	if err == nil {
		a.level, err = a.tls.Settle()
	}
	if err != nil {
		return fmt.Errorf("cannot be used: %w", err)
	}
	if a.level == address.Encrypt && !a.tls.Unchecked && !a.libpqSemantics && !a.local() {
		a.Warnings = append(a.Warnings, "the connection is encrypted, but the server's certificate is not checked "+
			"(node-postgres checks it): use sslmode=verify-full, for MySQL ssl-mode=VERIFY_IDENTITY, with sslrootcert for a private CA")
	}
	return nil
}

// local reports whether the database is on this machine.
func (a *Address) local() bool {
	return !slices.ContainsFunc(a.hosts, func(h address.Host) bool {
		return h.Name != "localhost" && !strings.HasPrefix(h.Name, "127.") && h.Name != "::1" && !strings.HasPrefix(h.Name, "/")
	})
}

// over returns o with its unset options filled in from the address.
func (a *Address) over(o Options) Options {
	if o.MaxOpen <= 0 {
		o.MaxOpen = a.maxOpen
	}
	if o.MaxIdle <= 0 {
		o.MaxIdle = a.maxIdle
	}
	if o.SchemaName == "" {
		o.SchemaName = a.schema
	}
	for to, from := range map[*time.Duration]time.Duration{
		&o.IdleTimeout: a.idleTimeout, &o.Lifetime: a.lifetime, &o.ConnectTimeout: a.connectTimeout,
		&o.QueryTimeout: a.queryTimeout,
	} {
		if *to == 0 {
			*to = from
		}
	}
	o.Pooler = o.Pooler || a.behindPooler()
	return o
}

// credentials matches texts that occur in database addresses but not in file
// paths.
var credentials = regexp.MustCompile(`(?i)://|^[^/\\]*:[^/\\]*@|@[a-z0-9]*\(|\b(password|passwd|pwd|user|user id|uid|host|server|data source|dbname|database|initial catalog)\s*=`)

// schemeLike matches a path that begins with a scheme; a single letter is a
// drive.
var schemeLike = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`)

// looksLikeAddress reports whether a path without a scheme is probably a mistyped
// address. It may hold a password and must not become a file name.
func looksLikeAddress(path string) bool {
	return credentials.MatchString(path) || schemeLike.MatchString(path)
}

// The functions below are rules of the parameter tables.

func keep(name string) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error { a.params[name] = v; return nil })
}

func set(to func(a *Address) *string) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error { *to(a) = v; return nil })
}

// number returns a rule that sets a number of connections.
func number(to func(a *Address) *int) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error {
		n, err := address.Count(v)
		*to(a) = n
		return err
	})
}

// during returns a rule that sets a duration; 0 means "no limit", which is -1 in
// Options.
func during(unit time.Duration, to func(a *Address) *time.Duration) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error {
		d, err := address.Duration(v, unit)
		if err != nil {
			return err
		}
		if d == 0 {
			d = -1
		}
		*to(a) = d
		return nil
	})
}

// queries returns a rule that limits the time of a statement; the shortest limit
// applies.
func queries(unit time.Duration) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error {
		d, err := address.Duration(v, unit)
		if err != nil {
			return err
		}
		switch {
		case d == 0 && a.queryTimeout == 0:
			a.queryTimeout = -1
		case d > 0 && (a.queryTimeout <= 0 || d < a.queryTimeout):
			a.queryTimeout = d
		}
		return nil
	})
}

// must returns a rule that accepts only the value that this server always uses.
func must(says string, right ...string) address.Rule[*Address] {
	return address.Keep(func(_ *Address, v string) error {
		if slices.ContainsFunc(right, func(r string) bool { return strings.EqualFold(r, v) }) {
			return nil
		}
		return errors.New(says)
	})
}

func refuse(why string) address.Rule[*Address] {
	return address.Keep(func(*Address, string) error { return errors.New(why) })
}

func secured(set func(t *address.TLS, v string) error) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error { return set(&a.tls, v) })
}

// certificate interprets sslcert: with sslkey it is the client's certificate, as
// in libpq; alone it is the CA, as in Prisma.
func (a *Address) certificate() error {
	switch {
	case a.tls.Cert == "" || a.tls.Key != "":
		return nil
	case a.tls.CA != "":
		return errors.New("sslcert needs sslkey, the client certificate's key")
	}
	a.tls.CA, a.tls.Cert = a.tls.Cert, ""
	a.tls.Raise(address.Encrypt)
	a.Notes = append(a.Notes, "sslcert without sslkey is the CA that signs the server's certificate, as for Prisma")
	return nil
}

// hostParam replaces the hosts of the URL by those of a parameter, which may be
// paths of sockets.
func (a *Address) hostParam(value string) error {
	if a.ports == "" {
		var ports []string
		for _, h := range a.hosts {
			ports = append(ports, h.Port)
		}
		a.ports = strings.Trim(strings.Join(ports, ","), ",")
	}
	a.hosts = nil
	for name := range strings.SplitSeq(value, ",") {
		if !address.IsHost(name) {
			return address.ErrHost
		}
		a.hosts = append(a.hosts, address.Host{Name: name})
	}
	return nil
}

// settlePorts assigns the ports of the parameter to the hosts: one for all, or
// one each.
func (a *Address) settlePorts() error {
	if a.ports == "" {
		return nil
	}
	if len(a.hosts) == 0 {
		a.hosts = []address.Host{{}}
	}
	ports := strings.Split(a.ports, ",")
	if len(ports) != 1 && len(ports) != len(a.hosts) {
		return errors.New("there must be one port, or one for each host")
	}
	for i := range a.hosts {
		port := ports[min(i, len(ports)-1)]
		if !address.IsPort(port) {
			return errors.New("the parameter port must be a number from 1 to 65535")
		}
		a.hosts[i].Port = port
	}
	return nil
}
