package sqlstore

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// summary returns an address in one line: user, host, and the settings of the
// driver, the pool and TLS.
func summary(a *Address) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	add("%s", a.Dialect)
	if a.Dialect == SQLite {
		add("file=%s", a.File)
	} else {
		var hosts []string
		for _, h := range a.hosts {
			hosts = append(hosts, h.String())
		}
		add("%s:%s@%s/%s", a.user, a.password, strings.Join(hosts, ","), a.database)
	}
	for _, name := range slices.Sorted(maps.Keys(a.params)) {
		add("%s=%s", name, a.params[name])
	}
	if a.level > 0 {
		add("tls=%d", a.level)
	}
	for _, one := range []struct{ name, value string }{
		{"ca", a.tls.CA}, {"cert", a.tls.Cert}, {"key", a.tls.Key}, {"keypass", a.keyPassword}, {"schema", a.schema},
	} {
		if one.value != "" {
			add("%s=%s", one.name, one.value)
		}
	}
	o := a.over(Options{})
	for _, one := range []struct {
		name string
		time time.Duration
	}{{"connect", o.ConnectTimeout}, {"query", o.QueryTimeout}, {"idle", o.IdleTimeout}, {"life", o.Lifetime}} {
		if one.time != 0 {
			add("%s=%s", one.name, one.time)
		}
	}
	if o.MaxOpen != 0 {
		add("open=%d", o.MaxOpen)
	}
	if o.Pooler {
		add("pooler")
	}
	if a.location != nil {
		add("zone=%s", a.location)
	}
	return strings.Join(parts, " ")
}

// TestReadAddress parses addresses as they are found in projects. Levels of TLS: 1
// off, 2 possible, 3 encrypted, 4 signed by a trusted CA, 5 and for this host.
func TestReadAddress(t *testing.T) {
	for _, c := range []struct{ address, want string }{
		// Prisma.
		{"postgresql://u:p@localhost:5432/app?schema=public", "postgres u:p@localhost:5432/app schema=public"},
		{"postgresql://u:p@h/app?connection_limit=5&pool_timeout=10&connect_timeout=30&socket_timeout=20",
			"postgres u:p@h/app connect=30s query=20s open=5"},
		{"postgresql://u:p@h/app?pool_timeout=0&max_connection_lifetime=60&max_idle_connection_lifetime=30", "postgres u:p@h/app idle=30s life=1m0s"},
		{"postgresql://u:p@h/app?pgbouncer=true&statement_cache_size=100", "postgres u:p@h/app pooler"},
		{"postgresql://u:p@h/app?pgbouncer=true", "postgres u:p@h/app pooler"},
		{"postgresql://u:p@h/app?statement_cache_size=0", "postgres u:p@h/app pooler"},
		{"postgresql://u:p@h/app?sslmode=require&sslaccept=strict", "postgres u:p@h/app tls=5"},
		{"postgresql://u:p@h/app?sslmode=require&sslaccept=accept_invalid_certs", "postgres u:p@h/app tls=3"},
		{"postgresql://u:p@h/app?sslmode=require&sslcert=ca.pem", "postgres u:p@h/app tls=4 ca=ca.pem"},
		{"postgresql://u:p@h/app?sslcert=ca.pem&sslaccept=strict", "postgres u:p@h/app tls=5 ca=ca.pem"},
		{"postgresql://u:p@localhost/app?host=/cloudsql/project:region:db", "postgres u:p@/cloudsql/project:region:db/app"},
		{"postgresql://u:p@h/app?application_name=web&channel_binding=require&options=-c%20search_path%3Dauth", "postgres u:p@h/app application_name=web channel_binding=require options=-c search_path=auth"},
		// node-postgres.
		{"postgres://u:p@h/app?ssl=true", "postgres u:p@h/app tls=5"},
		{"postgres://u:p@h/app?ssl=1", "postgres u:p@h/app tls=5"},
		{"postgres://u:p@h/app?ssl=0", "postgres u:p@h/app tls=1"},
		{"postgres://u:p@h/app?ssl=no-verify", "postgres u:p@h/app tls=3"},
		{"postgres://u:p@h/app?sslmode=no-verify", "postgres u:p@h/app tls=3"},
		{"postgres://u:p@h/app?ssl=true&sslmode=no-verify", "postgres u:p@h/app tls=3"},
		{"postgres://u:p@h/app?ssl=true&sslmode=require", "postgres u:p@h/app tls=5"},
		{"postgres://u:p@h/app?sslmode=disable", "postgres u:p@h/app tls=1"},
		{"postgres://u:p@h/app?sslmode=prefer", "postgres u:p@h/app tls=2"},
		{"postgres://u:p@h/app?sslmode=require", "postgres u:p@h/app tls=3"},
		{"postgres://u:p@h/app?sslmode=require&uselibpqcompat=true&sslrootcert=ca.pem", "postgres u:p@h/app tls=4 ca=ca.pem"},
		{"postgres://u:p@h/app?sslmode=verify-ca&sslrootcert=ca.pem", "postgres u:p@h/app tls=4 ca=ca.pem"},
		{"postgres://u:p@h/app?sslmode=verify-full", "postgres u:p@h/app tls=5"},
		{"postgres://u:p@h/app?sslrootcert=ca.pem", "postgres u:p@h/app tls=5 ca=ca.pem"},
		{"postgres://u:p@h/app?sslmode=verify-full&sslcert=c.pem&sslkey=k.pem&sslpassword=kp", "postgres u:p@h/app tls=5 cert=c.pem key=k.pem keypass=kp"},
		{"postgres://u:p@h/app?keepalives=1&keepalives_idle=30&statement_timeout=5000&query_timeout=3000", "postgres u:p@h/app query=3s"},
		{"postgres://u:p@h/app?statement_timeout=0", "postgres u:p@h/app query=-1ns"},
		{"postgres://u:p@h/app?idle_in_transaction_session_timeout=1000&lock_timeout=500", "postgres u:p@h/app idle_in_transaction_session_timeout=1000 lock_timeout=500"},
		{"postgres://u:p@h/app?fallback_application_name=web&client_encoding=utf8", "postgres u:p@h/app application_name=web"},
		{"postgresql:///app?host=/var/run/postgresql&user=me", "postgres me:@/var/run/postgresql/app"},
		{"postgres://u:p@%2Fvar%2Frun%2Fpostgresql/app", "postgres u:p@/var/run/postgresql/app"},
		{"socket:/var/run/postgresql?db=app&encoding=utf8", "postgres :@/var/run/postgresql/app"},
		{"socket://u:p@/var/run/postgresql?db=app", "postgres u:p@/var/run/postgresql/app"},
		{"postgres://u:p@ss%25@h/db", "postgres u:p@ss%@h/db"},
		{"postgres://u:50%@h/db", "postgres u:50%@h/db"},
		{"postgres://u:a%2Fb%3F%23@h/db", "postgres u:a/b?#@h/db"},
		{"postgres://h1:5432,h2:5433/db?target_session_attrs=read-write", "postgres :@h1:5432,h2:5433/db target_session_attrs=read-write"},
		{"POSTGRES://u:p@[::1]:5432/db", "postgres u:p@[::1]:5432/db"},
		// postgres.js and others.
		{"postgres://u:p@h/app?max=5&idle_timeout=20&max_lifetime=1800&ssl=require&prepare=false", "postgres u:p@h/app tls=3 idle=20s life=30m0s open=5 pooler"},
		{"postgresql+asyncpg://u:p@h/app?prepared_statement_cache_size=0&command_timeout=60", "postgres u:p@h/app query=1m0s pooler"},
		{"jdbc:postgresql://h/app?user=u&password=p&currentSchema=auth&ApplicationName=web&ssl=true&tcpKeepAlive=true&loginTimeout=5&prepareThreshold=0",
			"postgres u:p@h/app application_name=web tls=5 schema=auth connect=5s pooler"},
		// Hosting providers.
		{"postgresql://u:p@ep-a-1-pooler.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
			"postgres u:p@ep-a-1-pooler.eu-central-1.aws.neon.tech/neondb channel_binding=require tls=3 pooler"},
		{"postgresql://u:p@ep-a-1.eu-central-1.aws.neon.tech/neondb?options=endpoint%3Dep-a-1", "postgres u:p@ep-a-1.eu-central-1.aws.neon.tech/neondb options=endpoint=ep-a-1"},
		{"psql 'postgresql://u:p@ep-a-1.neon.tech/neondb'", "postgres u:p@ep-a-1.neon.tech/neondb"},
		{"postgres://postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?supa=base-pooler.x", "postgres postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres pooler"},
		{"postgres://postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres", "postgres postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres"},
		{"postgres://u:p@h:6432/app?lock_timeout=5", "postgres u:p@h:6432/app pooler"},
		{"postgres://u:p@h:6432/app?pgbouncer=false", "postgres u:p@h:6432/app"},
		{"cockroachdb://u:p@h:26257/defaultdb?sslmode=verify-full&options=--cluster%3Dx", "postgres u:p@h:26257/defaultdb options=--cluster=x tls=5"},
		// libpq.
		{"host=h port=5433 user=u password='p w\\'' dbname=app sslmode=require", "postgres u:p w'@h:5433/app tls=3"},
		{"port=1,2 host=a,b dbname=x", "postgres :@a:1,b:2/x"},
		{"  dbname = app  host = /run/postgresql", "postgres :@/run/postgresql/app"},
		// Text around an address.
		{"\"postgres://u:p@h/db\"\n", "postgres u:p@h/db"},
		// MySQL.
		{"mysql://u:p@h:3307/app?connectionLimit=5&connectTimeout=2000&waitForConnections=true&queueLimit=0&enableKeepAlive=true", "mysql u:p@h:3307/app connect=2s open=5"},
		{"mysql://u:p@h/app?connection_limit=5&connect_timeout=2&pool_timeout=3&socket_timeout=4", "mysql u:p@h/app connect=2s query=4s open=5"},
		{"mysql://u:p@h/app?ssl-mode=REQUIRED", "mysql u:p@h/app tls=3"},
		{"mysql://u:p@h/app?sslMode=VERIFY_IDENTITY&ssl-ca=ca.pem", "mysql u:p@h/app tls=5 ca=ca.pem"},
		{"mysql://u:p@h/app?ssl-mode=DISABLED", "mysql u:p@h/app tls=1"},
		{"mysql://u:p@h/app?useSSL=true&verifyServerCertificate=false", "mysql u:p@h/app tls=3"},
		{"mysql://u:p@h/app?useSSL=true", "mysql u:p@h/app tls=5"},
		{"mysql://u:p@h/app?useSSL=false&allowPublicKeyRetrieval=true&serverTimezone=UTC", "mysql u:p@h/app tls=1 zone=UTC"},
		{"mysql://u:p@aws.connect.psdb.cloud/app?sslaccept=strict", "mysql u:p@aws.connect.psdb.cloud/app tls=5"},
		{`mysql://u:p@aws.connect.psdb.cloud/app?ssl={"rejectUnauthorized":true}`, "mysql u:p@aws.connect.psdb.cloud/app tls=5"},
		{`mysql://u:p@h/app?ssl=%7B%22rejectUnauthorized%22%3Afalse%7D`, "mysql u:p@h/app tls=3"},
		{"mysql://u:p@h/app?tls=true", "mysql u:p@h/app tls=5"},
		{"mysql://u:p@h/app?tls=skip-verify", "mysql u:p@h/app tls=3"},
		{"mysql://u:p@h/app?tls=preferred", "mysql u:p@h/app tls=2"},
		{"mysql://u:p@h/app?timezone=%2B02:00&charset=utf8mb4_unicode_ci&multipleStatements=true&dateStrings=true", "mysql u:p@h/app zone=+02:00"},
		{"mysql://u:p@h/app?timezone=+02:00", "mysql u:p@h/app zone=+02:00"},
		{"mysql://u:p@h/app?loc=Europe%2FBerlin", "mysql u:p@h/app zone=Europe/Berlin"},
		{"mysql://u:p@h/app?socketPath=/run/mysqld/mysqld.sock", "mysql u:p@/run/mysqld/mysqld.sock/app"},
		{"mysql://u:p@h/app?strict=true&parseTime=true", "mysql u:p@h/app"},
		{"mariadb://u:p@h/app", "mysql u:p@h/app"},
		{"mysql+pymysql://u:p@h/app?charset=utf8mb4", "mysql u:p@h/app"},
		{"jdbc:mysql://h/app?user=u&password=p", "mysql u:p@h/app"},
		{"u:p@tcp(h:3306)/app?tls=skip-verify", "mysql u:p@h:3306/app tls=3"},
		{"u:p/@:w@tcp([::1]:3306)/app", "mysql u:p/@:w@[::1]:3306/app"},
		{"u:p@unix(/run/mysqld/mysqld.sock)/app", "mysql u:p@/run/mysqld/mysqld.sock/app"},
		{"u:p@/app", "mysql u:p@/app"},
		// SQLite.
		{"file:./dev.db?connection_limit=1&socket_timeout=10", "sqlite file=./dev.db query=10s open=1"},
		{"file:auth.db?mode=ro", "sqlite file=auth.db mode=ro"},
		{"file:///var/lib/a%20b.db", "sqlite file=/var/lib/a b.db"},
		{"sqlite:///var/lib/auth.db", "sqlite file=/var/lib/auth.db"},
		{"sqlite://auth.db", "sqlite file=auth.db"},
		{"sqlite:auth.db?mode=rw", "sqlite file=auth.db mode=rw"},
		{"sqlite::memory:", "sqlite file="},
		{":memory:", "sqlite file="},
		{"file:x?mode=memory&cache=shared", "sqlite file= cache=shared mode=memory"},
		{"jdbc:sqlite:auth.db", "sqlite file=auth.db"},
		{"C:/data/auth.db", "sqlite file=C:/data/auth.db"},
		{"/var/lib/a=b.db", "sqlite file=/var/lib/a=b.db"},
		{"auth.db", "sqlite file=auth.db"},
	} {
		a, err := ReadAddress(c.address)
		if err != nil {
			t.Errorf("%s: %v", c.address, err)
			continue
		}
		if got := summary(a); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.address, got, c.want)
		}
	}
}

func TestReadAddressRefuses(t *testing.T) {
	for address, want := range map[string]string{
		"":                                      "is empty",
		"postgres:h/db":                         "must begin with postgres://",
		"postgres://h/db?conection_limit=5":     `no parameter "conection_limit" (did you mean connection_limit?)`,
		"postgres://h/db?nonsense_xyz=1":        `no parameter "nonsense_xyz"`,
		"postgres://h/db?connection_limit=many": "connection_limit must be a whole number",
		"postgres://h/db?sslmode=on":            "sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full, no-verify",
		"postgres://h/db?sslidentity=c.p12":     "openssl pkcs12",
		"postgres://h/db?sslmode=verify-full&sslaccept=accept_invalid_certs": "contradict each other",
		"postgres://h/db?client_encoding=latin1":                             "must be UTF8",
		"postgres://h/db?sslcert=c&sslrootcert=r":                            "sslcert needs sslkey",
		"postgres://u:p/ss@h/db":                                             "%2F",
		"postgres://u:12/ss@h/db":                                            "%2F",
		"postgres://u:p?ss@h/db":                                             "%3F",
		"postgres://u:p#ss@h/db":                                             "%23",
		"postgres://u:p@h:port/db":                                           "is not a number from 1 to 65535",
		"mysql://h/db?charset=latin1":                                        "must be utf8mb4",
		"mysql://h/db?conectionLimit=5":                                      "did you mean connectionLimit?",
		"mysql://h/db?timezone=somewhere":                                    "timezone=",
		"mysql://h/db?ssl=Amazon%20RDS":                                      "sslca",
		"mysql://h1,h2/db":                                                   "several hosts",
		"libsql://x.turso.io?authToken=t":                                    "Turso",
		"libsql:x":                                                           "Turso",
		"https://x.example.com":                                              "not a database",
		"prisma://accelerate.prisma-data.net/?api_key=k":                     "Accelerate",
		"prisma+postgres://localhost:51213/?api_key=k":                       "direct postgres://",
		"mongodb+srv://u:p@h/db":                                             "MongoDB",
		"sqlserver://h:1433;database=x;password=p":                           "SQL Server",
		"oracle://u:p@h/db":                                                  "an unknown form",
		"u:p@h/db":                                                           "an unknown form",
		"Server=h;Database=x;User Id=u;Password=p":                           "an unknown form",
		"host=h password=a b dbname=x":                                       "not in single quotes",
		"host=h password='a":                                                 "closing single quote",
		"sqlite:":                                                            "names no file",
		"sqlite:postgres://u:p@h/db":                                         "the address of another database",
		"sqlite:host=h password=p":                                           "the address of another database",
		"file:x.db?mod=ro":                                                   "did you mean mode?",
		"file:x.db?key=p":                                                    "encrypted files",
	} {
		a, err := ReadAddress(address)
		if err == nil {
			t.Errorf("%s: was read as %s", address, summary(a))
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, want %q in it", address, err, want)
		}
	}
}

func TestAddressNotes(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://h/db?keepalives=1&keepalives_idle=5&supa=x": "keepalives, keepalives_idle has no effect: this server watches its connections itself|supa has no effect: this server does not need it",
		"postgres://h:6432/db?lock_timeout=5":                   "lock_timeout has no effect: poolers refuse it",
		"'postgres://h/db'":                                     "the quotes around the address are ignored",
		"postgres://h/db?sslmode=require":                       "!the connection is encrypted, but the server's certificate is not checked",
		"postgres://h/db?sslmode=require&uselibpqcompat=true":   "",
		"postgres://localhost/db?sslmode=require":               "",
		"postgres://h/db?sslmode=no-verify":                     "",
		"mysql://h/db?charset=utf8":                             "charset: texts are sent as utf8mb4, of which this one is a part",
		"file:x.db?connect_timeout=3":                           "connect_timeout has no effect: an SQLite file has no server",
	} {
		a, err := ReadAddress(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		got := strings.Join(a.Notes, "|")
		for _, w := range a.Warnings {
			got += "!" + w
		}
		if got != want && (want == "" || !strings.HasPrefix(got, want)) {
			t.Errorf("%s:\n got %s\nwant %s", address, got, want)
		}
	}
}

func TestRedacted(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://me:hush@db/x":                      "postgres://me:xxxxx@db/x",
		"postgres://db/x?user=a&password=hush":         "postgres://a:xxxxx@db/x",
		"postgres://u:p@ss%25@h/db":                    "postgres://u:xxxxx@h/db",
		"postgres://h/db?sslpassword=hush":             "postgres://h/db",
		"jdbc:postgresql://h/db?user=me&password=hush": "postgres://me:xxxxx@h/db",
		"host=h user=me password=hush dbname=x":        "postgres://me:xxxxx@h/x",
		"me:hush@tcp(db)/x":                            "mysql://me:xxxxx@db/x",
		"mysql://me:hush@db/x?ssl-mode=REQUIRED":       "mysql://me:xxxxx@db/x",
		"sqlite:auth.db":                               "sqlite:auth.db",
		"file:./dev.db?connection_limit=1":             "file:./dev.db",
		"auth.db":                                      "auth.db",
		"me:hush@db/x":                                 "(an address that cannot be read)",
		"Server=db;Password=hush":                      "(an address that cannot be read)",
	} {
		if got := Redacted(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

// TestOptionsFirst checks that the options override the address.
func TestOptionsFirst(t *testing.T) {
	a, err := ReadAddress("postgres://h/db?connection_limit=5&connect_timeout=1&schema=a")
	if err != nil {
		t.Fatal(err)
	}
	o := a.over(Options{MaxOpen: 7, ConnectTimeout: time.Minute, SchemaName: "b"})
	if o.MaxOpen != 7 || o.ConnectTimeout != time.Minute || o.SchemaName != "b" {
		t.Errorf("got %+v", o)
	}
}

// TestAddressPage checks that the documentation names every parameter.
func TestAddressPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Database addresses")
	section, _, _ = strings.Cut(section, "\n## ")
	said := map[string]bool{}
	for _, name := range regexp.MustCompile("`[^`]+`").FindAllString(section, -1) {
		said[strings.Trim(name, "`")] = true
	}
	for _, names := range [][]string{postgresParams.Names(), mysqlParams.Names(), sqliteParams.Names()} {
		for _, name := range names {
			if !said[name] {
				t.Errorf("docs/configuration.md does not say what becomes of the parameter %s", name)
			}
		}
	}
}
