package mail

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	parallel   = 4                // largest number of messages being sent at once
	lease      = 3 * time.Minute  // longer than one attempt can take
	attempt    = 2 * time.Minute  // time limit of one attempt, all steps together
	patrol     = 10 * time.Second // time between two checks for messages left by other servers
	keepTrying = 24 * time.Hour
	sweepEvery = 24 * time.Hour
	storing    = 10 * time.Second // time limit of one write to the queue
	// maxAttempts limits the attempts of a message that makes the program end, so
	// that no outcome is ever recorded; keepTrying cannot stop these.
	maxAttempts = 60
)

// backoff returns the time until the next attempt.
func backoff(attempts int) time.Duration {
	waits := []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}
	if attempts >= 1 && attempts <= len(waits) {
		return waits[attempts-1]
	}
	return time.Hour
}

// sending sends the messages that are due, a few at a time.
func (m *Mailer) sending(ctx context.Context) {
	var swept time.Time
	free := make(chan struct{}, parallel)
	var under sync.WaitGroup
	defer under.Wait()
	for {
		if now := m.settings.Now(); now.Sub(swept) >= sweepEvery {
			m.sweep(ctx)
			swept = now
		}
		for ctx.Err() == nil {
			free <- struct{}{}
			it := m.claim(ctx)
			if it == nil {
				<-free
				break
			}
			under.Go(func() {
				defer func() { <-free }()
				m.deliver(it)
			})
		}
		timer := time.NewTimer(patrol)
		select {
		case <-m.send:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

func (m *Mailer) sweep(ctx context.Context) {
	t, ok := m.queue.(*Table)
	if !ok {
		return
	}
	n, err := t.Sweep(ctx, m.settings.Now())
	if err != nil {
		m.log.Warn("mail: old messages that were given up could not be deleted", "error", err)
	}
	if n > 0 {
		m.log.Info("mail: old messages that were given up were deleted", "table", tableName, "rows", n)
	}
}

func (m *Mailer) claim(ctx context.Context) *Item {
	ctx, cancel := context.WithTimeout(ctx, storing)
	defer cancel()
	now := m.settings.Now()
	it, err := m.queue.Claim(ctx, now, now.Add(lease))
	if err != nil && ctx.Err() == nil {
		m.log.Error("mail: the queue cannot be read", "error", err)
	}
	return it
}

func (m *Mailer) deliver(it *Item) {
	ctx, cancel := context.WithTimeout(context.Background(), attempt)
	defer cancel()
	kind, err := m.attempt(ctx, it)
	ctx, cancel = context.WithTimeout(context.Background(), storing)
	defer cancel()
	if err := m.settle(ctx, it, kind, err); err != nil {
		m.log.Error("mail: the outcome of a message could not be stored; it may be sent twice", "kind", kind, "error", err)
	}
}

func (m *Mailer) attempt(ctx context.Context, it *Item) (kind string, err error) {
	if it.Attempts > maxAttempts {
		return "", fmt.Errorf("%w: after %d attempts", ErrRefused, it.Attempts-1)
	}
	e, err := m.open(it.Content)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return e.Kind, m.sender.Send(ctx, e)
}

func (m *Mailer) settle(ctx context.Context, it *Item, kind string, err error) error {
	now := m.settings.Now()
	switch {
	case err == nil:
		m.log.Debug("mail: sent", "kind", kind, "attempts", it.Attempts)
		return m.queue.Done(ctx, it)
	case errors.Is(err, ErrRefused), now.Sub(it.Created) > keepTrying:
		m.log.Error("mail: a message was given up", "kind", kind, "attempts", it.Attempts, "error", err)
		return m.queue.Fail(ctx, it, causeOf(err))
	}
	wait := m.retry(it.Attempts)
	if down := m.queue.Retry(ctx, it, now.Add(wait), causeOf(err)); down != nil {
		return errors.Join(down, err) // the message comes back when its claim ends
	}
	m.log.Warn("mail: a message was not sent; it will be tried again", "kind", kind, "attempts", it.Attempts, "next", wait, "error", err)
	time.AfterFunc(wait, func() { poke(m.send) })
	return nil
}
