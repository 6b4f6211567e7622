package verify

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	defaultCacheFor     = time.Hour
	defaultStaleFor     = 24 * time.Hour
	defaultRefreshEvery = 30 * time.Second
	// refreshBurst is the number of refreshes for unknown keys that may happen at
	// once: enough for some rotations, too few to flood the server through this
	// program.
	refreshBurst = 3
	// retryAfter is the pause after a failed fetch.
	retryAfter = 5 * time.Second
)

// keySet keeps the keys of one address.
type keySet struct {
	address      string
	client       *http.Client
	now          func() time.Time
	onError      func(error)
	cacheFor     time.Duration
	staleFor     time.Duration
	refreshEvery time.Duration

	mu      sync.Mutex
	keys    map[string]key // nil before the first success
	fetched time.Time
	running chan struct{} // closed when the running fetch ends; nil without one
	failure error         // error of the last fetch
	failed  time.Time
	tokens  float64 // refreshes allowed for unknown keys
	filled  time.Time
}

func newKeySet(o Options) *keySet {
	onError := o.OnError
	if onError == nil {
		onError = func(error) {}
	}
	return &keySet{
		address:      o.JWKS,
		client:       guardedClient(o.Client),
		now:          o.Now,
		onError:      onError,
		cacheFor:     orDefault(o.CacheFor, defaultCacheFor),
		staleFor:     staleFor(o.StaleFor),
		refreshEvery: orDefault(o.RefreshEvery, defaultRefreshEvery),
		tokens:       refreshBurst,
	}
}

func orDefault(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
}

func staleFor(d time.Duration) time.Duration {
	if d < 0 {
		return 0
	}
	return orDefault(d, defaultStaleFor)
}

// get returns the key with this id, after at most one fetch.
func (s *keySet) get(ctx context.Context, id string) (key, error) {
	s.mu.Lock()
	found, ok := s.keys[id]
	if ok && s.fresh() {
		s.mu.Unlock()
		return found, nil
	}
	wait := s.refresh(ctx)
	s.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return key{}, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.usable() {
		if s.failure == nil {
			return key{}, ErrUnavailable
		}
		return key{}, fmt.Errorf("%w: %w", ErrUnavailable, s.failure)
	}
	found, ok = s.keys[id]
	if !ok {
		return key{}, ErrUnknownKey
	}
	return found, nil
}

func (s *keySet) fresh() bool {
	return s.keys != nil && s.now().Sub(s.fetched) < s.cacheFor
}

func (s *keySet) usable() bool {
	return s.keys != nil && s.now().Sub(s.fetched) < s.cacheFor+s.staleFor
}

// refresh starts a fetch if one is allowed and returns the channel of the running
// fetch, nil if it is too early for another.
func (s *keySet) refresh(ctx context.Context) <-chan struct{} {
	switch {
	case s.running != nil:
		return s.running
	case s.failure != nil && s.now().Sub(s.failed) < retryAfter:
		return nil
	case s.fresh() && !s.takeToken():
		return nil
	}
	done := make(chan struct{})
	s.running = done
	// The fetch serves all waiting callers, so it must outlive the call that
	// started it.
	go s.fetchInto(context.WithoutCancel(ctx), done)
	return done
}

func (s *keySet) fetchInto(ctx context.Context, done chan struct{}) {
	keys, err := fetch(ctx, s.client, s.address)
	if err != nil {
		s.onError(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(done)
	s.running = nil
	s.failure = err
	if err != nil {
		s.failed = s.now()
		return
	}
	s.keys, s.fetched = keys, s.now()
}

// takeToken allows refreshBurst refreshes at once and one more every
// refreshEvery.
func (s *keySet) takeToken() bool {
	now := s.now()
	if !s.filled.IsZero() {
		s.tokens += max(now.Sub(s.filled).Seconds(), 0) / s.refreshEvery.Seconds()
	}
	s.tokens, s.filled = min(s.tokens, refreshBurst), now
	if s.tokens < 1 {
		return false
	}
	s.tokens--
	return true
}
