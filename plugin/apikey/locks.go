package apikey

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
)

// locks lets one caller at a time change a value of a secondary storage, which has no guarded writes. The zero value
// is ready.
type locks struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when the holder is done
}

const (
	lockLife = 10 * time.Second     // of a lock whose holder has crashed
	lockPace = 5 * time.Millisecond // between two attempts
)

// hold runs fn while no other caller holds name: in this process, and in all processes that share a kv.Store.
func (l *locks) hold(ctx context.Context, in values, name string, fn func(ctx context.Context) error) error {
	if err := l.enter(ctx, name); err != nil {
		return err
	}
	defer l.leave(name)
	s, ok := in.(shared)
	if !ok {
		return fn(ctx)
	}
	name = "api-key:lock:" + name
	if err := acquire(ctx, s.kv, name); err != nil {
		return err
	}
	err := fn(ctx)
	if e := s.kv.Delete(context.WithoutCancel(ctx), name); err == nil {
		err = e
	}
	return err
}

func acquire(ctx context.Context, s kv.Store, name string) error {
	for range 2 * lockLife / lockPace {
		n, err := s.Increment(ctx, name, lockLife)
		if n == 1 || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPace):
		}
	}
	return fmt.Errorf("api-key: %s is held by another caller: %w", name, kv.ErrUnavailable)
}

func (l *locks) enter(ctx context.Context, name string) error {
	for {
		l.mu.Lock()
		busy, held := l.held[name]
		if !held {
			if l.held == nil {
				l.held = map[string]chan struct{}{}
			}
			l.held[name] = make(chan struct{})
			l.mu.Unlock()
			return nil
		}
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-busy:
		}
	}
}

func (l *locks) leave(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.held[name])
	delete(l.held, name)
}
