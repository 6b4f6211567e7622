// Package rediskv is a kv.Store in Redis 6.2 or newer, or in Valkey. It shares
// its keys with a reference server whose secondary storage is Redis: plain
// strings, GETDEL, and counters made by INCR. It must not know what the keys
// and values mean.
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

// ReferencePrefix is the key prefix that the npm package
// @better-auth/redis-storage uses unless it is told another one.
const ReferencePrefix = "better-auth:"

// DefaultTimeout is the longest time of one call.
const DefaultTimeout = 3 * time.Second

// Options are the choices of a Store. The zero value is a good one.
type Options struct {
	// Prefix stands before every key. It is empty by default, as with a storage
	// written by hand; take ReferencePrefix to share keys with
	// @better-auth/redis-storage.
	Prefix string
	// Timeout is the longest time of one call: waiting for a connection, opening
	// it, the command, and sending it once more where the connection was gone.
	// DefaultTimeout by default.
	Timeout time.Duration
	// Log is told which parameters of the address have no effect; nil is silent.
	Log *slog.Logger
}

// Store is a kv.Store in one Redis database, or in a cluster. Expiry follows the
// clock of the Redis server.
type Store struct {
	prefix  string
	timeout time.Duration
	open    func() *client

	client  atomic.Pointer[client]
	mu      sync.Mutex
	old     map[*client]bool // replaced, not closed yet
	resting bool             // client has just been replaced
	closed  bool
}

var _ kv.Store = (*Store)(nil)

// count is atomic, so that no counter can be left without an expiry between the
// two commands.
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
//	redis://one:26379,two:26379/0?sentinelMaster=name    the group that sentinels watch
//
// The parameters are those of go-redis (pool_size, read_timeout, …), and those
// that Node's clients write. New connects at the first use: call Ping to know
// that the server is there.
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

// Ping reports whether the server answers; of a cluster, every master.
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

// Take implements kv.Store. When the connection breaks after the server has
// deleted the value, nobody gets it: it is never handed out twice.
func (s *Store) Take(ctx context.Context, key string) (string, bool, error) {
	return s.text(ctx, "take", func(ctx context.Context, c redis.UniversalClient) *redis.StringCmd {
		return c.GetDel(ctx, s.prefix+key)
	})
}

// Increment implements kv.Store. When the connection breaks and the command is
// sent again, one call may count twice: a limit errs on the strict side.
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

// text runs a command that answers a value or nothing.
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

// wholeMillis rounds up, so that a life shorter than a millisecond does not
// become 0, which Redis refuses and Set would take for "no expiry".
func wholeMillis(d time.Duration) time.Duration {
	if rest := d % time.Millisecond; rest > 0 {
		d += time.Millisecond - rest
	}
	return d
}
