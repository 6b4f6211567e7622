//go:build unix

package testserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// RedisCluster returns the host:port of the three nodes of a Redis Cluster. The
// test is skipped under the same conditions as with Redis.
func RedisCluster(t testing.TB) []string {
	t.Helper()
	start(t, &cluster[0], func(*server) error { return startCluster() })
	var addrs []string
	for i := range cluster {
		addrs = append(addrs, cluster[i].addr)
	}
	return addrs
}

func startCluster() error {
	daemon, err1 := exec.LookPath("redis-server")
	client, err2 := exec.LookPath("redis-cli")
	if err1 != nil || err2 != nil {
		return fmt.Errorf("testserver: Redis: %w", errMissing)
	}
	create := []string{"--cluster", "create"}
	for i := range cluster {
		s := &cluster[i]
		var bus server // a separate port: the default is the first plus 10000, which may be out of range
		if err := errors.Join(s.prepare(""), bus.prepare("")); err != nil {
			return err
		}
		bus.stop()
		if err := s.launch(daemon, "--port", s.port(), "--cluster-port", bus.port(), "--bind", "127.0.0.1", "--dir", s.dir,
			"--save", "", "--appendonly", "no", "--cluster-enabled", "yes"); err != nil {
			return err
		}
		if err := s.await(client, "-p", s.port(), "ping"); err != nil {
			return err
		}
		create = append(create, s.addr)
	}
	if err := cluster[0].run(client, append(create, "--cluster-replicas", "0", "--cluster-yes")...); err != nil {
		return err
	}
	// Each node learns the slots of the others a little later.
	for i := range cluster {
		if err := cluster[i].await("sh", "-c", `redis-cli -p "$0" cluster info | grep -q cluster_state:ok`, cluster[i].port()); err != nil {
			return err
		}
	}
	return nil
}

// RedisSentinel returns the host:port of a Sentinel, and the name of the group
// whose master is the server that Redis returns.
func RedisSentinel(t testing.TB) (addr, group string) {
	t.Helper()
	master := Redis(t)
	return start(t, &sentinel, func(s *server) error { return startSentinel(s, master) }).addr, "betterauth"
}

func startSentinel(s *server, master string) error {
	daemon, err := exec.LookPath("redis-server")
	if err != nil {
		return fmt.Errorf("testserver: Redis: %w", errMissing)
	}
	if err := s.prepare(""); err != nil {
		return err
	}
	host, port, _ := strings.Cut(master, ":")
	conf := filepath.Join(s.dir, "sentinel.conf") // Sentinel rewrites this file
	text := fmt.Sprintf("port %s\nbind 127.0.0.1\ndir %s\nsentinel monitor betterauth %s %s 1\n", s.port(), s.dir, host, port)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		return err
	}
	if err := s.launch(daemon, conf, "--sentinel"); err != nil {
		return err
	}
	return s.await("redis-cli", "-p", s.port(), "ping")
}
