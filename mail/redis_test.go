package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
)

// shifted is a Redis server whose keys age with the test's clock: when the clock
// moves, the remaining life of every key is shortened by the same time.
type shifted struct {
	kv.Store
	raw    *redis.Client
	prefix string
	clock  *time.Time

	mu   sync.Mutex
	seen time.Time
}

var prefixes atomic.Int64

// realRedis returns a separate part of a real, temporary server.
func realRedis(t *testing.T, clock *time.Time) *shifted {
	t.Helper()
	addr := testserver.Redis(t)
	prefix := fmt.Sprintf("mail-%d:", prefixes.Add(1))
	s, err := rediskv.New("redis://"+addr, rediskv.Options{Prefix: prefix})
	check(t, err)
	raw := redis.NewClient(&redis.Options{Addr: addr})
	t.Cleanup(func() { check(t, errors.Join(s.Close(), raw.Close())) })
	return &shifted{Store: s, raw: raw, prefix: prefix, clock: clock, seen: *clock}
}

func (s *shifted) age(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	moved := s.clock.Sub(s.seen)
	if moved <= 0 {
		return nil
	}
	s.seen = *s.clock
	keys, err := s.raw.Keys(ctx, s.prefix+"*").Result()
	for _, key := range keys {
		left := s.raw.PTTL(ctx, key).Val()
		switch {
		case left <= 0: // no expiry
		case left <= moved:
			err = errors.Join(err, s.raw.Del(ctx, key).Err())
		default:
			err = errors.Join(err, s.raw.PExpire(ctx, key, left-moved).Err())
		}
	}
	return err
}

// Get implements kv.Store.
func (s *shifted) Get(ctx context.Context, key string) (string, bool, error) {
	if err := s.age(ctx); err != nil {
		return "", false, err
	}
	return s.Store.Get(ctx, key)
}

// Increment implements kv.Store.
func (s *shifted) Increment(ctx context.Context, key string, window time.Duration) (int64, error) {
	if err := s.age(ctx); err != nil {
		return 0, err
	}
	return s.Store.Increment(ctx, key, window)
}

// TestRedisKeeps checks that given-up messages stay for 30 days with the cause,
// and that sent ones leave nothing behind.
func TestRedisKeeps(t *testing.T) {
	clock := noon
	s := realRedis(t, &clock)
	q := NewKVQueue(s).(kvQueue)
	ctx := t.Context()
	check(t, q.Put(ctx, "bad", clock))
	check(t, q.Put(ctx, "good", clock))
	bad := claim(t, q, clock)
	check(t, q.Fail(ctx, bad, "550 no such user"))
	check(t, q.Done(ctx, claim(t, q, clock)))
	if it := claim(t, q, clock); it != nil { // moves head past both
		t.Fatalf("left: %+v", it)
	}
	kept := func() []string {
		check(t, s.age(ctx))
		keys, err := s.raw.Keys(ctx, s.prefix+"betterauth-mail:*").Result()
		check(t, err)
		var of []string
		for _, key := range keys {
			if strings.Contains(key, ":message:") || strings.Contains(key, ":claim:") || strings.Contains(key, ":failed:") {
				of = append(of, strings.TrimPrefix(key, s.prefix))
			}
		}
		return of
	}
	if got := kept(); len(got) != 1 || got[0] != kvFailed(bad.ID) {
		t.Errorf("kept: %v", got)
	}
	it, ok, err := q.load(ctx, kvFailed(bad.ID))
	if err != nil || !ok || it.Cause != "550 no such user" || it.Content != "bad" {
		t.Errorf("kept as %+v, %v", it, err)
	}
	clock = clock.Add(29 * 24 * time.Hour)
	if got := kept(); len(got) != 1 {
		t.Errorf("after 29 days: %v", got)
	}
	clock = clock.Add(2 * 24 * time.Hour)
	if got := kept(); len(got) != 0 {
		t.Errorf("after 31 days: %v", got)
	}
}

// TestRedisLosesItsCounter checks that a lost counter starts again and new
// messages are not placed before head forever.
func TestRedisLosesItsCounter(t *testing.T) {
	clock := noon
	s := realRedis(t, &clock)
	q := NewKVQueue(s)
	ctx := t.Context()
	for range 3 {
		check(t, q.Put(ctx, "old", clock))
		check(t, q.Done(ctx, claim(t, q, clock)))
	}
	claim(t, q, clock)
	check(t, s.Delete(ctx, kvTail))
	check(t, q.Put(ctx, "new", clock))
	if it := claim(t, q, clock); it == nil || it.Content != "new" {
		t.Errorf("claimed %+v", it)
	}
}
