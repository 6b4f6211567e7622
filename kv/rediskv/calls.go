package rediskv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/seed-32bd42cb/betterauth/kv"
)

// renewPause is the shortest time between two replacements of all connections.
const renewPause = time.Second

// do runs a command within the time limit of one call. If the connection was gone
// or did not answer, the command is sent again on a new connection of a new pool,
// because the other connections may be broken as well.
func (s *Store) do(ctx context.Context, verb string, command func(ctx context.Context, c redis.UniversalClient) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	used := s.client.Load()
	err := command(ctx, used.UniversalClient)
	if lost(err) && ctx.Err() == nil {
		s.renew(used)
		err = command(ctx, s.client.Load().UniversalClient)
	}
	switch {
	case err == nil:
		return nil
	case unavailable(err):
		return fmt.Errorf("rediskv: %s: %w: %w", verb, kv.ErrUnavailable, err)
	}
	return fmt.Errorf("rediskv: %s: %w", verb, err)
}

// client is a pool of connections.
type client struct{ redis.UniversalClient }

// renew replaces the pool for the next calls, at most once per renewPause. Calls
// that are using the old pool have time to end.
func (s *Store) renew(used *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.resting || s.client.Load() != used {
		return
	}
	s.client.Store(s.open())
	s.resting = true
	s.old[used] = true
	time.AfterFunc(renewPause, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.resting = false
	})
	time.AfterFunc(2*s.timeout, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.old[used] {
			delete(s.old, used)
			_ = used.Close()
		}
	})
}

// Close closes all connections.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.client.Load().Close()
	for c := range s.old {
		err = errors.Join(err, c.Close())
	}
	clear(s.old)
	if err != nil {
		return fmt.Errorf("rediskv: close: %w", err)
	}
	return nil
}

// passing are the first words of errors of a server that cannot work at the
// moment; refusing are those of a server that rejects everyone who connects to
// this address.
var (
	passing  = []string{"LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "OOM", "MISCONF", "BUSY", "NOAUTH", "WRONGPASS", "ERR max number of clients"}
	refusing = []string{"READONLY"}
)

// lost reports whether another connection may succeed where this one failed.
func lost(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, redis.ErrPoolTimeout) {
		return false
	}
	if answer, ok := errors.AsType[redis.Error](err); ok {
		return says(answer, refusing)
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true // also a deadline
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, redis.ErrClosed)
}

// unavailable reports whether the same call may succeed later.
func unavailable(err error) bool {
	if answer, ok := errors.AsType[redis.Error](err); ok {
		return says(answer, passing) || says(answer, refusing)
	}
	return lost(err) || errors.Is(err, redis.ErrPoolTimeout) || errors.Is(err, redis.ErrPoolExhausted)
}

func says(answer redis.Error, words []string) bool {
	text := answer.Error()
	return slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(text, word) })
}
