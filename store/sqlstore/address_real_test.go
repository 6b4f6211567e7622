package sqlstore_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// works writes and reads a row.
func works(t *testing.T, d *sqlstore.DB) {
	t.Helper()
	s := goldenStore(t, d, "uuid")
	row := goldenRows(t, "uuid")[0]
	if _, err := s.Create(t.Context(), row.model, row.row); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "user", store.Is("email", "zoe@example.com")); err != nil {
		t.Error(err)
	}
}

func value(t *testing.T, d *sqlstore.DB, query string) (out string) {
	t.Helper()
	if err := d.SQL().QueryRowContext(t.Context(), query).Scan(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPrismaPostgres opens an address with every parameter that Prisma may write.
func TestPrismaPostgres(t *testing.T) {
	var log bytes.Buffer
	base := strings.TrimSuffix(testserver.Postgres(t), "?sslmode=disable")
	d := open(t, base+"?schema=app&connection_limit=3&pool_timeout=5&connect_timeout=5&socket_timeout=5&pgbouncer=true&statement_cache_size=0"+
		"&sslmode=prefer&sslaccept=accept_invalid_certs&application_name=web&keepalives=1&keepalives_idle=30",
		sqlstore.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	works(t, d)
	if got := d.SQL().Stats().MaxOpenConnections; got != 3 {
		t.Errorf("%d connections", got)
	}
	if got := value(t, d, `SELECT string_agg(DISTINCT schemaname, ',') FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`); got != "app" {
		t.Errorf("the tables are in %s", got)
	}
	if got := value(t, d, "SHOW application_name"); got != "web" {
		t.Errorf("application_name is %s", got)
	}
	if !strings.Contains(log.String(), "keepalives, keepalives_idle has no effect") {
		t.Errorf("the log says %s", log.String())
	}
}

// TestNodePostgres opens addresses of node-postgres, libpq and JDBC for one
// database.
func TestNodePostgres(t *testing.T) {
	u, err := url.Parse(testserver.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	name, port := strings.TrimPrefix(u.Path, "/"), u.Port()
	sockets := value(t, open(t, u.String(), sqlstore.Options{}), "SHOW unix_socket_directories")
	t.Chdir(t.TempDir())
	for _, address := range []string{
		"postgres://postgres:any@" + u.Host + "/" + name + "?statement_timeout=5000&query_timeout=4000&idle_in_transaction_session_timeout=10000&lock_timeout=3000&fallback_application_name=web&client_encoding=UTF8&sslmode=disable",
		"postgresql:///" + name + "?host=" + sockets + "&port=" + port + "&user=postgres",
		"socket://postgres@" + sockets + "?db=" + name + "&port=" + port,
		"jdbc:postgresql://" + u.Host + "/" + name + "?user=postgres&password=any&ApplicationName=web&tcpKeepAlive=true",
		"host=127.0.0.1 port=" + port + " user=postgres password='a\\'b c' dbname=" + name + " sslmode=disable",
		"host=" + sockets + " port=" + port + " user=postgres dbname=" + name,
		"cockroachdb://postgres@" + u.Host + "/" + name,
		"psql '" + u.String() + "'",
	} {
		d, err := sqlstore.Open(t.Context(), address, sqlstore.Options{})
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got := value(t, d, "SELECT current_database()"); got != name {
			t.Errorf("%s: in %s", address, got)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if made, _ := os.ReadDir("."); len(made) > 0 {
		t.Errorf("files were made: %v", made)
	}
}

func TestNodeMySQL(t *testing.T) {
	base := testserver.MariaDB(t)
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, base+"?connectionLimit=4&connectTimeout=5000&waitForConnections=true&queueLimit=0&enableKeepAlive=true&keepAliveInitialDelay=0"+
		"&charset=utf8mb4_0900_ai_ci&multipleStatements=true&dateStrings=true&timezone=Z&supportBigNumbers=true&ssl=false", sqlstore.Options{})
	works(t, d)
	if got := d.SQL().Stats().MaxOpenConnections; got != 4 {
		t.Errorf("%d connections", got)
	}
	socket := value(t, d, "SELECT @@socket")
	t.Chdir(t.TempDir())
	for _, address := range []string{
		base + "?connection_limit=4&connect_timeout=5&pool_timeout=5&socket_timeout=5&strict=true",
		"root@tcp(" + u.Host + ")" + u.Path,
		"root@unix(" + socket + ")" + u.Path,
		"mysql://root@localhost" + u.Path + "?socketPath=" + socket,
		"jdbc:mysql://" + u.Host + u.Path + "?user=root&useSSL=false&allowPublicKeyRetrieval=true&serverTimezone=UTC",
	} {
		d, err := sqlstore.Open(t.Context(), address, sqlstore.Options{})
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if got := value(t, d, "SELECT DATABASE()"); "/"+got != u.Path {
			t.Errorf("%s: in %s", address, got)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	if made, _ := os.ReadDir("."); len(made) > 0 {
		t.Errorf("files were made: %v", made)
	}
}

// TestCertificates connects to servers whose certificate comes from a private CA.
func TestCertificates(t *testing.T) {
	const (
		refused   = "refused"
		encrypted = "encrypted"
		plain     = "plain"
	)
	ca := testserver.CA(t)
	for _, engine := range []struct {
		name, base, query string
		cases             map[string]string
	}{
		{"postgres", strings.TrimSuffix(testserver.Postgres(t), "?sslmode=disable"), "SELECT CASE WHEN ssl THEN 'yes' ELSE '' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()", map[string]string{
			"ssl=true":                                       refused,
			"ssl=1":                                          refused,
			"ssl=true&sslmode=require":                       refused,
			"sslmode=verify-full":                            refused,
			"sslmode=verify-ca":                              refused,
			"sslmode=require&sslaccept=strict":               refused,
			`ssl={"rejectUnauthorized":true}`:                refused,
			"ssl=true&sslrootcert=CA":                        encrypted,
			"sslrootcert=CA":                                 encrypted,
			"sslmode=require&sslrootcert=CA":                 encrypted,
			"sslmode=verify-full&sslrootcert=CA":             encrypted,
			"sslaccept=strict&sslcert=CA":                    encrypted,
			"sslmode=no-verify":                              encrypted,
			"ssl=no-verify":                                  encrypted,
			"ssl=true&sslmode=no-verify":                     encrypted,
			`ssl={"rejectUnauthorized":false}`:               encrypted,
			"sslmode=require":                                encrypted,
			"sslmode=require&sslaccept=accept_invalid_certs": encrypted,
			"sslmode=disable":                                plain,
			"ssl=0":                                          plain,
		}},
		{"mariadb", testserver.MariaDB(t), "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'SSL_CIPHER'", map[string]string{
			"ssl=true":                               refused,
			"tls=true":                               refused,
			"useSSL=true":                            refused,
			"sslaccept=strict":                       refused,
			"ssl-mode=VERIFY_IDENTITY":               refused,
			"ssl-mode=VERIFY_CA":                     refused,
			`ssl={"rejectUnauthorized":true}`:        refused,
			"ssl=true&sslca=CA":                      encrypted,
			"ssl-mode=VERIFY_IDENTITY&ssl-ca=CA":     encrypted,
			"sslMode=VERIFY_CA&ssl_ca=CA":            encrypted,
			"sslaccept=strict&sslcert=CA":            encrypted,
			"ssl-mode=REQUIRED":                      encrypted,
			"tls=skip-verify":                        encrypted,
			"tls=preferred":                          encrypted,
			"useSSL=true&verifyServerCertificate=no": encrypted,
			`ssl={"rejectUnauthorized":false}`:       encrypted,
			"ssl-mode=DISABLED":                      plain,
			"":                                       plain,
		}},
	} {
		for query, want := range engine.cases {
			t.Run(engine.name+"/"+query, func(t *testing.T) {
				d, err := sqlstore.Open(t.Context(), engine.base+"?"+strings.ReplaceAll(query, "=CA", "="+url.QueryEscape(ca)), sqlstore.Options{})
				got := refused
				if err == nil {
					if got = plain; value(t, d, engine.query) != "" {
						got = encrypted
					}
					_ = d.Close()
				}
				if got != want {
					t.Errorf("%s (%v), want %s", got, err, want)
				}
				if err != nil && !strings.Contains(err.Error(), "certificate") {
					t.Errorf("the error says nothing of the certificate: %v", err)
				}
			})
		}
	}
}

// TestSQLiteFiles checks that new files are private, and that the error says why a
// file cannot be created.
func TestSQLiteFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, address := range []string{"file:./dev.db?connection_limit=1", "sqlite:two.db", "three.db"} {
		open(t, address, sqlstore.Options{})
	}
	for _, name := range []string{"dev.db", "two.db", "three.db"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info, err)
		}
	}
	if err := os.MkdirAll("prisma", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("prisma", "other.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	open(t, "file:./other.db", sqlstore.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if !strings.Contains(log.String(), "would use prisma/other.db") {
		t.Errorf("the log says %s", log.String())
	}
	for address, want := range map[string]string{
		"sqlite:nowhere/x.db":    "the folder nowhere does not exist: create it with `mkdir -p ",
		"file:nowhere/x.db":      "the folder nowhere does not exist",
		"nowhere/x.db":           "the folder nowhere does not exist",
		"sqlite:prisma":          "prisma is a folder",
		"file:x.db?mode=ro":      "the file x.db does not exist, and mode=ro does not create it",
		"file:dev.db/under/x.db": "not a directory",
	} {
		d, err := sqlstore.Open(t.Context(), address, sqlstore.Options{})
		if err == nil {
			t.Errorf("%s was opened", address)
			_ = d.Close()
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "nowhere/x.db") > 1 {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestErrorsOnce checks that a connection error names the address and the cause
// once.
func TestErrorsOnce(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://me:hush@127.0.0.1:1/x":                     "the database postgres://me:xxxxx@127.0.0.1:1/x cannot be opened: dial tcp 127.0.0.1:1: connect: connection refused",
		"host=127.0.0.1 port=1 user=me password=hush dbname=x": "the database postgres://me:xxxxx@127.0.0.1:1/x cannot be opened: dial tcp 127.0.0.1:1: connect: connection refused",
		"mysql://me:hush@127.0.0.1:1/x":                        "the database mysql://me:xxxxx@127.0.0.1:1/x cannot be opened: dial tcp 127.0.0.1:1: connect: connection refused",
		"postgres://h/x?sslrootcert=/none":                     "the database postgres://h/x cannot be opened: unable to read CA file: open /none: no such file or directory",
	} {
		_, err := sqlstore.Open(t.Context(), address, sqlstore.Options{})
		if got := fmt.Sprint(err); got != want {
			t.Errorf("%s:\n got %s\nwant %s", address, got, want)
		}
	}
	base, err := url.Parse(testserver.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	base.Path = "/nowhere"
	_, err = sqlstore.Open(t.Context(), base.String(), sqlstore.Options{})
	if got := fmt.Sprint(err); strings.Count(got, "nowhere") != 2 || strings.Contains(got, "\n") {
		t.Errorf("got %s", got)
	}
}
