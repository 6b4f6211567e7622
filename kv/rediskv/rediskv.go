// Package rediskv is a kv.Store in Redis 6.2 or newer, or in Valkey. It shares
// its keys with a reference server whose secondary storage is Redis: plain
// strings, GETDEL, and counters made by INCR. It must not know what the keys
// and values mean.
package rediskv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/seed-32bd42cb/betterauth/kv"
)

// ReferencePrefix is the key prefix that the npm package
// @better-auth/redis-storage uses unless it is told another one.
const ReferencePrefix = "better-auth:"

// Options are the choices of a Store. The zero value is a good one.
type Options struct {
	// Prefix stands before every key. It is empty by default, as with a storage
	// written by hand; take ReferencePrefix to share keys with
	// @better-auth/redis-storage.
	Prefix string
	// Log is told which parameters of the address have no effect; nil is silent.
	Log *slog.Logger
}

// Store is a kv.Store in one Redis database. Expiry follows the clock of the
// Redis server.
type Store struct {
	client redis.UniversalClient
	prefix string
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
	options := p.options
	options.ContextTimeoutEnabled = true
	// Neither is known to Redis 6.2 and Valkey; they would cost a failing
	// command on each new connection.
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &Store{client: redis.NewUniversalClient(options), prefix: p.prefix + o.Prefix}, nil
}

// Ping reports whether the server answers.
func (s *Store) Ping(ctx context.Context) error { return wrap("ping", s.client.Ping(ctx).Err()) }

// Close closes all connections.
func (s *Store) Close() error { return wrap("close", s.client.Close()) }

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) (string, bool, error) {
	return found("get", s.client.Get(ctx, s.prefix+key))
}

// Set implements kv.Store. A ttl is rounded up to whole milliseconds.
func (s *Store) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	if ttl < 0 {
		return s.Delete(ctx, key)
	}
	return wrap("set", s.client.Set(ctx, s.prefix+key, value, wholeMillis(ttl)).Err())
}

// Delete implements kv.Store.
func (s *Store) Delete(ctx context.Context, key string) error {
	return wrap("delete", s.client.Del(ctx, s.prefix+key).Err())
}

// Take implements kv.Store. When the connection breaks after the server has
// deleted the value, nobody gets it: it is never handed out twice.
func (s *Store) Take(ctx context.Context, key string) (string, bool, error) {
	return found("take", s.client.GetDel(ctx, s.prefix+key))
}

// Increment implements kv.Store. When the connection breaks and the command is
// sent again, one call may count twice: a limit errs on the strict side.
func (s *Store) Increment(ctx context.Context, key string, window time.Duration) (int64, error) {
	if window <= 0 {
		return 0, kv.ErrWindow
	}
	n, err := s.client.Eval(ctx, count, []string{s.prefix + key}, wholeMillis(window).Milliseconds()).Int64()
	if err != nil && strings.Contains(err.Error(), "not an integer") {
		return 0, fmt.Errorf("%w: %w", kv.ErrNotCounter, err)
	}
	return n, wrap("increment", err)
}

func found(verb string, answer *redis.StringCmd) (string, bool, error) {
	value, err := answer.Result()
	if errors.Is(err, redis.Nil) {
		return "", false, nil
	}
	if err != nil {
		return "", false, wrap(verb, err)
	}
	return value, true, nil
}

func wrap(verb string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("rediskv: %s: %w", verb, err)
}

// wholeMillis rounds up, so that a life shorter than a millisecond does not
// become 0, which Redis refuses and Set would take for "no expiry".
func wholeMillis(d time.Duration) time.Duration {
	if rest := d % time.Millisecond; rest > 0 {
		d += time.Millisecond - rest
	}
	return d
}
