// Package rediskv is a kv.Store in Redis 6.2 or newer, or in Valkey. A server of
// the npm package can use the same Redis as its secondary storage: keys are plain
// strings, read with GETDEL where they are used once, and counters use INCR.
//
//	s, err := rediskv.New("redis://localhost:6379", rediskv.Options{})
//	err = s.Ping(ctx)
package rediskv

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/seed-32bd42cb/betterauth/kv"
)

// ReferencePrefix is the default key prefix of the npm package
// @better-auth/redis-storage.
const ReferencePrefix = "better-auth:"

// DefaultTimeout is the default time limit of one call.
const DefaultTimeout = 3 * time.Second

// Options configure a Store. All fields are optional.
type Options struct {
	// Prefix is prepended to every key. Default: none, as in a hand-written
	// storage. Use ReferencePrefix to share keys with @better-auth/redis-storage.
	Prefix string
	// Timeout is the time limit of one call: waiting for a connection, opening it,
	// the command, and a second attempt if the connection was gone. Default:
	// DefaultTimeout.
	Timeout time.Duration
	// Log receives the parameters of the address that have no effect; nil: no
	// log.
	Log *slog.Logger
}

// Store is a kv.Store in one Redis database, or in a cluster. Keys expire by the
// clock of the Redis server.
type Store struct {
	prefix  string
	timeout time.Duration
	open    func() *client

	client  atomic.Pointer[client]
	mu      sync.Mutex
	old     map[*client]bool // replaced, but not yet closed
	resting bool             // client has just been replaced
	closed  bool
}

var _ kv.Store = (*Store)(nil)

// count is a script, because with two separate commands a counter could be left
// without an expiry.
const count = `
local n = redis.call("INCR", KEYS[1])
if n == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
return n`

// New returns a Store for an address:
//
//	redis://user:password@host:6379/0                    one server; also valkey://
//	rediss://host:6379                                   with TLS; also valkeys://
//	unix:///path?db=0                                    a socket
//	redis://one:6379,two:6379,three:6379                 a cluster, by some of its nodes
//	redis://host:6379?cluster=true                       a cluster, by one address
//	redis://one:26379,two:26379/0?sentinelMaster=name    the group that sentinels monitor
//
// It understands the parameters of go-redis (pool_size, read_timeout, …) and those
// of Node's clients. New opens no connection: call Ping to check that the server
// answers.
func New(raw string, o Options) (*Store, error) {
	timeout := cmp.Or(o.Timeout, DefaultTimeout)
	p, err := read(raw)
	if err != nil {
		return nil, err
	}
	if err := p.secure(); err != nil {
		return nil, err
	}
	if o.Log != nil {
		for _, note := range p.notes {
			o.Log.Info("address of the secondary storage: " + note)
		}
	}
	complete(p.options, timeout)
	s := &Store{prefix: p.prefix + o.Prefix, timeout: timeout, old: map[*client]bool{}}
	s.open = func() *client { return &client{redis.NewUniversalClient(p.options)} }
	s.client.Store(s.open())
	return s, nil
}

// Ping checks that the server answers; in a cluster, that every master does.
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, "ping", func(ctx context.Context, c redis.UniversalClient) error {
		if cluster, ok := c.(*redis.ClusterClient); ok {
			return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return node.Ping(ctx).Err() })
		}
		return c.Ping(ctx).Err()
	})
}

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) (string, bool, error) {
	return s.text(ctx, "get", func(ctx context.Context, c redis.UniversalClient) *redis.StringCmd {
		return c.Get(ctx, s.prefix+key)
	})
}

// Set implements kv.Store. A ttl is rounded up to whole milliseconds.
func (s *Store) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	if ttl < 0 {
		return s.Delete(ctx, key)
	}
	return s.do(ctx, "set", func(ctx context.Context, c redis.UniversalClient) error {
		return c.Set(ctx, s.prefix+key, value, wholeMillis(ttl)).Err()
	})
}

// Delete implements kv.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	return s.do(ctx, "delete", func(ctx context.Context, c redis.UniversalClient) error {
		return c.Del(ctx, s.prefix+key).Err()
	})
}

// Take implements kv.Store. If the connection breaks after the server has deleted
// the value, no caller gets it: a value is never returned twice.
func (s *Store) Take(ctx context.Context, key string) (string, bool, error) {
	return s.text(ctx, "take", func(ctx context.Context, c redis.UniversalClient) *redis.StringCmd {
		return c.GetDel(ctx, s.prefix+key)
	})
}

// Increment implements kv.Store. If the connection breaks and the command is sent
// again, one call may count twice; a rate limit is then too strict rather than too
// lenient.
func (s *Store) Increment(ctx context.Context, key string, window time.Duration) (int64, error) {
	if window <= 0 {
		return 0, kv.ErrWindow
	}
	var n int64
	err := s.do(ctx, "increment", func(ctx context.Context, c redis.UniversalClient) (err error) {
		n, err = c.Eval(ctx, count, []string{s.prefix + key}, wholeMillis(window).Milliseconds()).Int64()
		if err != nil && strings.Contains(err.Error(), "not an integer") {
			return fmt.Errorf("%w: %w", kv.ErrNotCounter, err)
		}
		return err
	})
	return n, err
}

// text runs a command that returns a value or nothing.
func (s *Store) text(ctx context.Context, verb string, command func(ctx context.Context, c redis.UniversalClient) *redis.StringCmd) (value string, ok bool, err error) {
	err = s.do(ctx, verb, func(ctx context.Context, c redis.UniversalClient) (err error) {
		value, err = command(ctx, c).Result()
		if ok = err == nil; errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	return value, ok, err
}

// wholeMillis rounds up, so that a time below one millisecond does not become 0,
// which Redis rejects and Set would treat as "no expiry".
func wholeMillis(d time.Duration) time.Duration {
	if rest := d % time.Millisecond; rest > 0 {
		d += time.Millisecond - rest
	}
	return d
}
