//go:build unix

// Package testserver starts temporary database servers for tests from the
// programs that are installed on the machine: PostgreSQL, PgBouncer, MariaDB and
// Redis. Each server has its own folder and port and ends with the test program.
//
// A test program uses at most one server of each kind. Call Main from TestMain,
// so that they are stopped and their folders removed:
//
//	func TestMain(m *testing.M) { testserver.Main(m) }
package testserver

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// server is one running program, or the reason why it does not run.
type server struct {
	once sync.Once
	err  error
	addr string // host:port
	dir  string
	cmd  *exec.Cmd
	bin  string // folder of the server's programs
	as   *syscall.Credential
}

// The servers of this test program, one of each kind.
var (
	postgres, mariadb, redis server
	pgbouncer, sentinel      server
	cluster                  [3]server

	databases atomic.Int64
)

// errMissing reports that a program is not installed.
var errMissing = errors.New("not installed")

// Main runs the tests, stops the servers and exits.
func Main(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Stop stops the servers, for a custom TestMain.
func Stop() {
	for _, s := range []*server{&pgbouncer, &postgres, &mariadb, &sentinel, &redis, &cluster[0], &cluster[1], &cluster[2]} {
		s.stop()
	}
}

// Postgres returns the url of an empty database. If PostgreSQL is not installed,
// the test is skipped, or fails if the environment has CI=true.
func Postgres(t testing.TB) string {
	t.Helper()
	s := start(t, &postgres, startPostgres)
	name := s.database(t, s.psql(), "-h", "127.0.0.1", "-p", s.port(), "-U", "postgres", "-d", "postgres", "-qc")
	return "postgres://postgres@" + s.addr + "/" + name + "?sslmode=disable"
}

// MariaDB returns the url of an empty database. Missing programs are handled as
// by Postgres.
func MariaDB(t testing.TB) string {
	t.Helper()
	s := start(t, &mariadb, startMariaDB)
	name := s.database(t, "mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", s.port(), "-u", "root", "-e")
	return "mysql://root@" + s.addr + "/" + name
}

// Redis returns the host:port of an empty Redis, which all tests of the program
// share. Missing programs are handled as by Postgres.
func Redis(t testing.TB) string {
	t.Helper()
	return start(t, &redis, startRedis).addr
}

func start(t testing.TB, s *server, run func(s *server) error) *server {
	t.Helper()
	s.once.Do(func() { s.err = run(s) })
	switch {
	case s.err == nil:
	case errors.Is(s.err, errMissing) && os.Getenv("CI") != "true":
		t.Skip(s.err)
	default:
		t.Fatal(s.err)
	}
	return s
}

// database creates a database that is dropped when the test ends.
func (s *server) database(t testing.TB, client string, args ...string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	run := func(statement string) {
		if out, err := exec.Command(client, append(args, statement)...).CombinedOutput(); err != nil {
			t.Errorf("testserver: %s: %v\n%s", statement, err, out)
		}
	}
	run("CREATE DATABASE " + name)
	t.Cleanup(func() {
		if s == &postgres {
			run("DROP DATABASE " + name + " WITH (FORCE)")
			return
		}
		run("DROP DATABASE " + name)
	})
	return name
}

func startPostgres(s *server) error {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		bins = append(bins, path)
	}
	if len(bins) == 0 {
		return fmt.Errorf("testserver: PostgreSQL: %w", errMissing)
	}
	s.bin = filepath.Dir(bins[len(bins)-1])
	if err := s.prepare("postgres"); err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	if err := s.run(filepath.Join(s.bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return err
	}
	cert, key, err := s.certify()
	if err != nil {
		return err
	}
	err = s.launch(filepath.Join(s.bin, "postgres"), "-D", data, "-c", "ssl=on", "-c", "ssl_cert_file="+cert, "-c", "ssl_key_file="+key, "-p", s.port(), "-k", s.dir, "-h", "127.0.0.1",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
	if err != nil {
		return err
	}
	return s.await(s.psql(), "-h", "127.0.0.1", "-p", s.port(), "-U", "postgres", "-d", "postgres", "-c", "SELECT 1")
}

// psql is beside the server's programs or, on Debian, in the path.
func (s *server) psql() string {
	if path, err := exec.LookPath("psql"); err == nil {
		return path
	}
	return filepath.Join(s.bin, "psql")
}

func startMariaDB(s *server) error {
	install, err1 := exec.LookPath("mariadb-install-db")
	daemon, err2 := exec.LookPath("mariadbd")
	if err1 != nil || err2 != nil {
		return fmt.Errorf("testserver: MariaDB: %w", errMissing)
	}
	if err := s.prepare("mysql"); err != nil {
		return err
	}
	data := "--datadir=" + filepath.Join(s.dir, "data")
	if err := s.run(install, "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", data, "--tmpdir="+s.dir); err != nil {
		return err
	}
	cert, key, err := s.certify()
	if err != nil {
		return err
	}
	// Servers that run at the same time must not share the names of temporary
	// files.
	err = s.launch(daemon, "--no-defaults", data, "--tmpdir="+s.dir, "--ssl-cert="+cert, "--ssl-key="+key, "--port="+s.port(), "--bind-address=127.0.0.1",
		"--socket="+filepath.Join(s.dir, "s"), "--pid-file="+filepath.Join(s.dir, "pid"), "--skip-name-resolve",
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=64M",
		"--character-set-server=utf8mb4", "--max-connections=200")
	if err != nil {
		return err
	}
	return s.await("mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", s.port(), "-u", "root", "-e", "SELECT 1")
}

func startRedis(s *server) error {
	daemon, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("testserver: Redis: %w", errMissing)
	}
	if err := s.prepare(""); err != nil {
		return err
	}
	if err := s.launch(daemon, "--port", s.port(), "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "no"); err != nil {
		return err
	}
	return s.await("redis-cli", "-p", s.port(), "ping")
}

// prepare creates the folder and picks a port. As root, the server runs as the
// named account, because these servers refuse to run as root.
func (s *server) prepare(account string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "testserver"); err != nil || account == "" || os.Geteuid() != 0 {
		return err
	}
	u, err := user.Lookup(account)
	if err != nil {
		return fmt.Errorf("testserver: account %s: %w", account, errMissing)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, uid, gid)
}

func (s *server) port() string {
	_, port, _ := strings.Cut(s.addr, ":")
	return port
}

func (s *server) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	cmd.SysProcAttr = attributes(s.as)
	return cmd
}

func (s *server) run(path string, args ...string) error {
	runtime.LockOSThread() // see startForGood
	defer runtime.UnlockOSThread()
	if out, err := s.command(path, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("testserver: %s: %w\n%s", filepath.Base(path), err, out)
	}
	return nil
}

func (s *server) launch(path string, args ...string) error {
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	s.cmd = s.command(path, args...)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	return errors.Join(startForGood(s.cmd), log.Close())
}

// startForGood starts a program from a thread that never ends. On Linux, the
// program ends with the thread that started it, and threads of this process do
// end, for example those that hash passwords.
func startForGood(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		select {}
	}()
	return <-started
}

// await queries the server until it answers.
func (s *server) await(client string, args ...string) error {
	var err error
	var out []byte
	for range 600 {
		if out, err = exec.Command(client, args...).CombinedOutput(); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return fmt.Errorf("testserver: no answer: %w\n%s\n%s", err, bytes.TrimSpace(out), log)
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
