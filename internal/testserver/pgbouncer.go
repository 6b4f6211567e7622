//go:build unix

package testserver

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// PgBouncer returns the url of an empty PostgreSQL database behind a PgBouncer in
// transaction mode: every transaction may get another of three server
// connections. The test is skipped under the same conditions as with Postgres.
func PgBouncer(t testing.TB) string {
	t.Helper()
	direct := Postgres(t)
	s := start(t, &pgbouncer, startPgBouncer)
	return strings.Replace(direct, postgres.addr, s.addr, 1)
}

const pgbouncerINI = `[databases]
* = host=127.0.0.1 port=%s user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 300
server_round_robin = 1
`

func startPgBouncer(s *server) error {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		return fmt.Errorf("testserver: PgBouncer: %w", errMissing)
	}
	if err := s.prepare("postgres"); err != nil {
		return err
	}
	ini := filepath.Join(s.dir, "pgbouncer.ini")
	if err := os.WriteFile(ini, fmt.Appendf(nil, pgbouncerINI, postgres.port(), s.port()), 0o644); err != nil {
		return err
	}
	if err := s.launch(program, ini); err != nil {
		return err
	}
	return s.await(postgres.psql(), "-h", "127.0.0.1", "-p", s.port(), "-U", "postgres", "-d", "postgres", "-c", "SELECT 1")
}
