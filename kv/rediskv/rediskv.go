// Package rediskv is a kv.Store in Redis 6.2 or newer, or in Valkey. It shares
// its keys with a reference server whose secondary storage is Redis: plain
// strings, GETDEL, and counters made by INCR. It must not know what the keys
// and values mean.
package rediskv

import (
	"context"
	"errors"
	"fmt"
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
}

// Store is a kv.Store in one Redis database. Expiry follows the clock of the
// Redis server.
type Store struct {
	client *redis.Client
	prefix string
}

var _ kv.Store = (*Store)(nil)

// count is atomic, so that no counter can be left without an expiry between the
// two commands.
const count = `
local n = redis.call("INCR", KEYS[1])
if n == 1 then redis.call("PEXPIRE", KEYS[1], ARGV[1]) end
return n`

// New returns a Store for a URL such as redis://user:password@host:6379/0,
// rediss:// for TLS or unix:///path?db=0. The query may set what go-redis knows
// (pool_size, read_timeout, …). It connects at the first use: call Ping to know
// that the server is there.
func New(url string, o Options) (*Store, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("rediskv: %s", withoutURL(err, url))
	}
	options.ContextTimeoutEnabled = true
	// Neither is known to Redis 6.2 and Valkey; they would cost a failing
	// command on each new connection.
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return &Store{client: redis.NewClient(options), prefix: o.Prefix}, nil
}

// withoutURL keeps the password, which net/url quotes back, out of logs.
func withoutURL(err error, url string) string {
	return strings.ReplaceAll(err.Error(), fmt.Sprintf("%q", url), "the URL")
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
