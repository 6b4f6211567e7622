package rediskv_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/kv/kvtest"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
)

type steered struct {
	*rediskv.Store
	server *miniredis.Miniredis
}

func (s steered) Advance(d time.Duration) { s.server.FastForward(d) }

func open(t *testing.T, url, prefix string) *rediskv.Store {
	t.Helper()
	s, err := rediskv.New(url, rediskv.Options{Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestMiniredis(t *testing.T) {
	kvtest.Run(t, func(t *testing.T) kv.Store {
		server := miniredis.RunT(t)
		return steered{open(t, "redis://"+server.Addr(), ""), server}
	})
}

func TestRealRedis(t *testing.T) {
	url := startRedis(t)
	if err := open(t, url, "").Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	var stores atomic.Int64
	kvtest.Run(t, func(t *testing.T) kv.Store {
		return open(t, url, fmt.Sprintf("test-%d:", stores.Add(1)))
	})
}

// TestKeysOnTheServer compares the form of the keys with that of the reference's
// redis storage, because both servers may share one Redis.
func TestKeysOnTheServer(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), rediskv.ReferencePrefix)
	ctx := t.Context()
	if err := s.Set(ctx, "token", "value", 1500*time.Microsecond); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(ctx, "forever", "value", 0); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Increment(ctx, "n", time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range map[string]struct {
		value string
		ttl   time.Duration
	}{
		"better-auth:token":   {"value", 2 * time.Millisecond},
		"better-auth:forever": {"value", 0},
		"better-auth:n":       {"2", time.Minute},
	} {
		value, err := server.Get(key)
		if err != nil || value != want.value || server.TTL(key) != want.ttl {
			t.Errorf("%s = %q, %v, %v; want %+v", key, value, server.TTL(key), err, want)
		}
	}
}

func TestServerDown(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr()+"?max_retries=-1&dial_timeout=1s", "")
	server.Close()
	ctx := t.Context()
	calls := map[string]func() error{
		"Ping":   func() error { return s.Ping(ctx) },
		"Get":    func() error { _, _, err := s.Get(ctx, "k"); return err },
		"Set":    func() error { return s.Set(ctx, "k", "v", 0) },
		"Delete": func() error { return s.Delete(ctx, "k") },
		"Take":   func() error { _, _, err := s.Take(ctx, "k"); return err },
		"Increment": func() error {
			_, err := s.Increment(ctx, "k", time.Hour)
			return err
		},
	}
	for name, call := range calls {
		if call() == nil {
			t.Errorf("%s: no error from a server that is down", name)
		}
	}
}

func TestCancelledContext(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Get(ctx, "k"); err == nil {
		t.Error("no error for a cancelled context")
	}
}

func TestNewRefusesBadURLs(t *testing.T) {
	for _, url := range []string{"", "localhost:6379", "http://localhost", "redis://:pass word@host/%zz", "redis://host/notanumber"} {
		_, err := rediskv.New(url, rediskv.Options{})
		if err == nil {
			t.Errorf("New(%q): no error", url)
			continue
		}
		if strings.Contains(err.Error(), "pass word") {
			t.Errorf("New(%q) shows the password: %v", url, err)
		}
	}
}

// startRedis starts a redis-server for one test and returns its URL.
func startRedis(t *testing.T) string {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("redis-server is needed in CI: %v", err)
		}
		t.Skipf("redis-server is not installed: %v", err)
	}
	for range 5 { // another process may take the free port first
		if url, ok := tryRedis(t, binary); ok {
			return url
		}
	}
	t.Fatal("redis-server did not start")
	return ""
}

func tryRedis(t *testing.T, binary string) (string, bool) {
	t.Helper()
	port := freePort(t)
	cmd := exec.Command(binary, "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(),
		"--save", "", "--appendonly", "no", "--daemonize", "no")
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			go func() { _, _ = io.Copy(io.Discard, output) }()
			t.Cleanup(stop)
			return "redis://127.0.0.1:" + port, true
		}
	}
	stop()
	return "", false
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
