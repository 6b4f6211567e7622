package testserver_test

import (
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func TestServers(t *testing.T) {
	host := func(raw string) string {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		return u.Host
	}
	for name, addr := range map[string]func(testing.TB) string{
		"postgres":  func(t testing.TB) string { return host(testserver.Postgres(t)) },
		"mariadb":   func(t testing.TB) string { return host(testserver.MariaDB(t)) },
		"redis":     testserver.Redis,
		"pgbouncer": func(t testing.TB) string { return host(testserver.PgBouncer(t)) },
		"cluster":   func(t testing.TB) string { return testserver.RedisCluster(t)[2] },
		"sentinel":  func(t testing.TB) string { addr, _ := testserver.RedisSentinel(t); return addr },
	} {
		t.Run(name, func(t *testing.T) {
			first, second := addr(t), addr(t)
			if first != second {
				t.Errorf("two servers: %s and %s", first, second)
			}
			c, err := net.Dial("tcp", first)
			if err != nil {
				t.Fatal(err)
			}
			_ = c.Close()
		})
	}
}

func TestRelay(t *testing.T) {
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		for {
			c, err := echo.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c) }()
		}
	}()
	relay := testserver.NewRelay(t, echo.Addr().String())
	dial := func() net.Conn {
		c, err := net.Dial("tcp", relay.Addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	answers := func(c net.Conn, within time.Duration) bool {
		_ = c.SetDeadline(time.Now().Add(within))
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		_, err := io.ReadFull(c, make([]byte, 1))
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		return err == nil
	}
	old := dial()
	if !answers(old, time.Minute) {
		t.Error("no answer")
	}
	relay.Forget()
	if answers(old, 50*time.Millisecond) || !answers(dial(), time.Minute) {
		t.Error("forgotten: only the old connection is silent")
	}
	relay.Freeze()
	if answers(dial(), 50*time.Millisecond) {
		t.Error("frozen, and an answer")
	}
	relay.Thaw()
	if !answers(dial(), time.Minute) || relay.Opened() != 4 {
		t.Error("thawed, and no answer")
	}
}
