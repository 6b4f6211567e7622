package rediskv_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/kv/kvtest"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// TestCluster runs the conformance suite on a cluster of three nodes, given all of
// their addresses, some, or one.
func TestCluster(t *testing.T) {
	nodes := testserver.RedisCluster(t)
	var stores atomic.Int64
	for name, url := range map[string]string{
		"all":        "redis://" + strings.Join(nodes, ","),
		"parameters": "redis://" + nodes[0] + "?addr=" + nodes[1],
		"one":        "redis://" + nodes[2] + "?cluster=true",
	} {
		t.Run(name, func(t *testing.T) {
			if err := open(t, url, "").Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			kvtest.Run(t, func(t *testing.T) kv.Store {
				return open(t, url, fmt.Sprintf("test-%d:", stores.Add(1)))
			})
		})
	}
}

// TestClusterSpreadsKeys uses enough keys that every node holds some.
func TestClusterSpreadsKeys(t *testing.T) {
	s := open(t, "redis://"+strings.Join(testserver.RedisCluster(t), ","), "spread:")
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				key := fmt.Sprint(w, "-", i)
				if err := s.Set(t.Context(), key, key, time.Minute); err != nil {
					t.Error(err)
				}
				if got, ok, err := s.Take(t.Context(), key); got != key || !ok || err != nil {
					t.Errorf("%s: %q %v %v", key, got, ok, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestSentinel(t *testing.T) {
	addr, group := testserver.RedisSentinel(t)
	url := "redis://" + addr + "?master_name=" + group
	var stores atomic.Int64
	kvtest.Run(t, func(t *testing.T) kv.Store {
		return open(t, url, fmt.Sprintf("sentinel-%d:", stores.Add(1)))
	})
}

func TestSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := miniredis.NewMiniRedis()
	go func() { // miniredis listens on TCP only
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", server.Addr())
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(to, c) }()
			go func() { _, _ = io.Copy(c, to) }()
		}
	}()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); server.Close() })
	if err := open(t, "unix://"+path+"?db=1", "").Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// commands returns one command of each kind.
func commands(s *rediskv.Store) map[string]func(ctx context.Context) error {
	return map[string]func(ctx context.Context) error{
		"ping":      s.Ping,
		"get":       func(ctx context.Context) error { _, _, err := s.Get(ctx, "k"); return err },
		"set":       func(ctx context.Context) error { return s.Set(ctx, "k", "v", time.Minute) },
		"delete":    func(ctx context.Context) error { return s.Delete(ctx, "k") },
		"take":      func(ctx context.Context) error { _, _, err := s.Take(ctx, "k"); return err },
		"increment": func(ctx context.Context) error { _, err := s.Increment(ctx, "n", time.Minute); return err },
	}
}

// warm opens some connections and leaves them idle.
func warm(t *testing.T, s *rediskv.Store) {
	t.Helper()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestForgottenConnections simulates a gateway that silently drops all connections:
// every command works on a new one.
func TestForgottenConnections(t *testing.T) {
	for name := range commands(nil) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			relay := testserver.NewRelay(t, testserver.Redis(t))
			s := openWith(t, "redis://"+relay.Addr(), rediskv.Options{Timeout: 2 * time.Second})
			warm(t, s)
			relay.Forget()
			if err := commands(s)[name](t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFrozenServer uses a server that accepts connections and answers nothing: each
// command ends as unavailable, and works again afterwards.
func TestFrozenServer(t *testing.T) {
	relay := testserver.NewRelay(t, testserver.Redis(t))
	s := openWith(t, "redis://"+relay.Addr(), rediskv.Options{Timeout: 400 * time.Millisecond})
	for name, command := range commands(s) {
		warm(t, s)
		relay.Freeze()
		if err := command(t.Context()); !errors.Is(err, kv.ErrUnavailable) {
			t.Errorf("frozen: %s: %v", name, err)
		}
		relay.Thaw()
		eventually(t, name, func() error { return command(t.Context()) })
	}
}

// TestClosedByTheServer checks that commands succeed at once after all connections
// were cut.
func TestClosedByTheServer(t *testing.T) {
	relay := testserver.NewRelay(t, testserver.Redis(t))
	s := open(t, "redis://"+relay.Addr(), "")
	for name, command := range commands(s) {
		warm(t, s)
		relay.Cut()
		if err := command(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRefusals checks that errors of a server that cannot work at the moment are
// distinguished from those that concern the value.
func TestRefusals(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr(), "")
	for _, answer := range []string{
		"LOADING Redis is loading the dataset in memory", "READONLY You can't write against a read only replica.",
		"OOM command not allowed when used memory > 'maxmemory'.", "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
		"CLUSTERDOWN The cluster is down", "MASTERDOWN Link with MASTER is down", "ERR max number of clients reached",
	} {
		warm(t, s)
		server.SetError(answer)
		for name, command := range commands(s) {
			if err := command(t.Context()); !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), answer) {
				t.Errorf("%s: %s: %v", answer, name, err)
			}
		}
		server.SetError("")
	}
	server.Lpush("list", "x")
	if _, _, err := s.Get(t.Context(), "list"); err == nil || errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("a list: %v", err)
	}
	server.Set("n", "text")
	if _, err := s.Increment(t.Context(), "n", time.Minute); !errors.Is(err, kv.ErrNotCounter) || errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("a text: %v", err)
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := s.Ping(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("the caller has gone: %v", err)
	}
}

func TestAddressesOfNodes(t *testing.T) {
	for address, want := range map[string]rediskv.Nodes{
		"redis://a":                         {Addrs: "a:6379"},
		"redis://u:p@a:1/3":                 {Addrs: "a:1", User: "u", Password: "p", DB: 3},
		"redis://u:p,@@a:1,b:2":             {Addrs: "a:1 b:2", User: "u", Password: "p,@", Cluster: true},
		"redis://a,b:2,[::1],[::1]:7":       {Addrs: "a:6379 b:2 [::1]:6379 [::1]:7", Cluster: true},
		"redis://a?addr=b:2&addr=c":         {Addrs: "a:6379 b:2 c:6379", Cluster: true},
		"redis://a?cluster=true":            {Addrs: "a:6379", Cluster: true},
		"redis://a,b/2?master_name=m":       {Addrs: "a:26379 b:26379", Group: "m", DB: 2},
		"unix:///run/redis.sock?db=2":       {Addrs: "/run/redis.sock", DB: 2},
		"rediss://a:1?read_timeout=7s":      {Addrs: "a:1", Read: 7 * time.Second},
		"rediss://a:1?max_retries=2":        {Addrs: "a:1"},
		"redis://:p%40%2F@a:1?cluster=true": {Addrs: "a:1", Password: "p@/", Cluster: true},
	} {
		if want.Read == 0 {
			want.Read = 1500 * time.Millisecond
		}
		if got, err := rediskv.ReadNodes(address); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", address, got, err, want)
		}
	}
	for _, address := range []string{"redis://:sesame@a,,b", "redis://:sesame@a,b/1", "redis://:sesame@a?cluster=perhaps", "redis://:sesame@a?x=%zz"} {
		if got, err := rediskv.ReadNodes(address); err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
}

func openWith(t *testing.T, url string, o rediskv.Options) *rediskv.Store {
	t.Helper()
	s, err := rediskv.New(url, o)
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

func eventually(t *testing.T, what string, call func() error) {
	t.Helper()
	var err error
	for range 100 {
		if err = call(); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%s: %v", what, err)
}
