package testserver_test

import (
	"net"
	"net/url"
	"testing"

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
		"postgres": func(t testing.TB) string { return host(testserver.Postgres(t)) },
		"mariadb":  func(t testing.TB) string { return host(testserver.MariaDB(t)) },
		"redis":    testserver.Redis,
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
