package sqlstore

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/address"
)

// Address is the address of a database in any of the forms that Open reads.
type Address struct {
	Dialect Dialect
	// File is the path of an SQLite file; "" for a database in memory and for servers.
	File string
	// Notes name parameters that have no effect here, and what was corrected.
	Notes []string
	// Warnings name what works and is weaker than it may seem.
	Warnings []string

	shown          string
	user, password string
	hosts          []address.Host
	database       string
	params         map[string]string // for the driver
	tls            address.TLS
	level          address.Security
	keyPassword    string // of the client certificate's key
	libpqSemantics bool   // sslmode is meant as libpq means it
	ports          string // of the parameter port
	zone           url.Values
	location       *time.Location // of MySQL's dates; nil is UTC
	pragmas        []string       // of SQLite
	limits
}

// limits are what an address says of the pool; Options come before it.
type limits struct {
	maxOpen, maxIdle      int
	idleTimeout, lifetime time.Duration
	connectTimeout        time.Duration
	queryTimeout          time.Duration
	schema                string
	pooler                *bool
}

// String shows the address without its password and parameters.
func (a *Address) String() string { return a.shown }

// Redacted shows a database address without password and parameters, and
// nothing of one that cannot be read.
func Redacted(raw string) string {
	a, err := ReadAddress(raw)
	if err != nil {
		return address.Unreadable
	}
	return a.String()
}

// foreignSchemes are those of addresses that are easily taken for ours.
var foreignSchemes = map[string]string{
	"libsql":          "libSQL and Turso are not supported; an SQLite file is file:./local.db",
	"turso":           "libSQL and Turso are not supported; an SQLite file is file:./local.db",
	"http":            "an http address is no database; take the postgres://, mysql:// or file: address",
	"https":           "an http address is no database; take the postgres://, mysql:// or file: address",
	"prisma":          "this is an address of Prisma Accelerate; take the postgres:// or mysql:// address of the database behind it",
	"prisma+postgres": "this is an address of Prisma's own proxy; take the direct postgres:// address",
	"mongodb":         "MongoDB is not supported",
	"mongodb+srv":     "MongoDB is not supported",
	"sqlserver":       "SQL Server is not supported",
	"mssql":           "SQL Server is not supported",
	"redis":           "Redis keeps no tables; it belongs into secondaryStorage",
	"rediss":          "Redis keeps no tables; it belongs into secondaryStorage",
}

// ReadAddress reads a database address, as Open does. It connects to nothing
// and reads no file. Its errors repeat nothing that may be a password.
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
		return errors.New("is of no known form: it begins with postgres://, mysql:// or sqlite:, or is the path of an SQLite file (one with an unusual name: sqlite:./name)")
	}
	return a.readSQLite(text, "")
}

// show describes what the parameters made of the address.
func (a *Address) show(scheme string) {
	u := address.Address{Scheme: scheme, User: a.user, Password: a.password, Hosts: a.hosts, Path: a.database}
	a.shown = u.String()
}

// apply applies the table of an engine.
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
			"(node-postgres checks it): say sslmode=verify-full, for MySQL ssl-mode=VERIFY_IDENTITY, with sslrootcert where the CA is a private one")
	}
	return nil
}

// local reports whether the database is on this machine.
func (a *Address) local() bool {
	return !slices.ContainsFunc(a.hosts, func(h address.Host) bool {
		return h.Name != "localhost" && !strings.HasPrefix(h.Name, "127.") && h.Name != "::1" && !strings.HasPrefix(h.Name, "/")
	})
}

// over returns o with what the address says where o says nothing.
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

// credentials is what addresses of databases have and paths of files do not.
var credentials = regexp.MustCompile(`(?i)://|^[^/\\]*:[^/\\]*@|@[a-z0-9]*\(|\b(password|passwd|pwd|user|user id|uid|host|server|data source|dbname|database|initial catalog)\s*=`)

// schemeLike is a path that begins like an address; a letter alone is a drive.
var schemeLike = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`)

// looksLikeAddress reports whether a path without scheme is rather an address,
// which may hold a password and must not become the name of a file.
func looksLikeAddress(path string) bool {
	return credentials.MatchString(path) || schemeLike.MatchString(path)
}

// The setters of the tables.

func keep(name string) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error { a.params[name] = v; return nil })
}

func set(to func(a *Address) *string) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error { *to(a) = v; return nil })
}

// number sets a limit of connections.
func number(to func(a *Address) *int) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error {
		n, err := address.Count(v)
		*to(a) = n
		return err
	})
}

// during sets a time; 0 stands for "no limit", which is -1 in Options.
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

// queries limits the time of a statement; the shortest limit counts.
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

// must accepts the value that this server has in any case, and refuses others.
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

// certificate reads sslcert, which with sslkey is the client's certificate, as
// libpq has it, and alone the CA, as Prisma has it.
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

// hostParam takes the hosts of a parameter, which may be paths of sockets, in
// the place of the URL's.
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

// settlePorts gives the hosts the ports of the parameter: one for all, or one each.
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
