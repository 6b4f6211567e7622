package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

const (
	parallel   = 4                // messages on their way at once
	lease      = 3 * time.Minute  // longer than one attempt may take
	attempt    = 2 * time.Minute  // one attempt, all steps together
	patrol     = 10 * time.Second // looks for what other servers left behind
	keepTrying = 24 * time.Hour
	sweepEvery = 24 * time.Hour
	storing    = 10 * time.Second // one write to the queue
)

// backoff is the wait before the next attempt.
func backoff(attempts int) time.Duration {
	waits := []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}
	if attempts >= 1 && attempts <= len(waits) {
		return waits[attempts-1]
	}
	return time.Hour
}

// writing puts new messages into words and into the queue.
func (m *Mailer) writing(ctx context.Context) {
	for {
		left := m.writeAll()
		var again <-chan time.Time
		if left {
			again = time.After(time.Second) // the queue's storage is down
		}
		select {
		case <-m.write:
		case <-again:
		case <-ctx.Done():
			m.lastWrite()
			return
		}
	}
}

func (m *Mailer) lastWrite() {
	if m.writeAll() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.log.Error("mail: messages are lost: the queue took none of them", "messages", len(m.inbox))
	}
}

// writeAll empties the inbox; left says that the queue took no more.
func (m *Mailer) writeAll() (left bool) {
	for {
		m.mu.Lock()
		if len(m.inbox) == 0 {
			m.mu.Unlock()
			return false
		}
		next := m.inbox[0]
		m.mu.Unlock()
		content, err := m.seal1(next)
		if err != nil {
			m.log.Error("mail: a message cannot be put into words", "event", next.event, "error", err)
		} else if err := m.put(content, next.at); err != nil {
			m.log.Error("mail: the queue takes no message; it is tried again", "error", err)
			return true
		}
		m.mu.Lock()
		m.inbox = m.inbox[1:]
		m.mu.Unlock()
		poke(m.send)
	}
}

func (m *Mailer) put(content string, at time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), storing)
	defer cancel()
	return m.queue.Put(ctx, content, at)
}

// sealed marks what a Sealer made.
const sealed = "sealed:"

func (m *Mailer) seal1(in incoming) (string, error) {
	m.mu.Lock()
	app, seal := m.app, m.seal
	m.mu.Unlock()
	e, err := m.words.envelope(in, app)
	if err != nil {
		return "", err
	}
	e.From, e.ReplyTo = m.settings.From, m.settings.ReplyTo
	if e.From == "" {
		e.From = DefaultFrom
	}
	text, err := json.Marshal(e)
	if err != nil || seal == nil {
		return string(text), err
	}
	closed, err := seal.Encrypt(string(text))
	return sealed + closed, err
}

func (m *Mailer) open(content string) (*Envelope, error) {
	if closed, ok := strings.CutPrefix(content, sealed); ok {
		m.mu.Lock()
		seal := m.seal
		m.mu.Unlock()
		if seal == nil {
			return nil, errors.New("mail: the message is sealed, and there are no keys")
		}
		var err error
		if content, err = seal.Decrypt(closed); err != nil {
			return nil, err
		}
	}
	e := new(Envelope)
	return e, json.Unmarshal([]byte(content), e)
}

// sending sends what is due, a few messages at a time.
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
		m.log.Warn("mail: old messages that were given up are still in the table", "error", err)
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
	e, err := m.open(it.Content)
	kind := ""
	if err == nil {
		kind = e.Kind
		err = m.sender.Send(ctx, e)
	} else {
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), storing)
	defer cancel()
	if err := m.settle(ctx, it, kind, err); err != nil {
		m.log.Error("mail: the queue did not hear how a message fared; it may be sent twice", "kind", kind, "error", err)
	}
}

func (m *Mailer) settle(ctx context.Context, it *Item, kind string, err error) error {
	now := m.settings.Now()
	switch {
	case err == nil:
		m.log.Debug("mail: sent", "kind", kind, "attempts", it.Attempts)
		return m.queue.Done(ctx, it)
	case errors.Is(err, ErrRefused), now.Sub(it.Created) > keepTrying:
		m.log.Error("mail: a message was given up", "kind", kind, "attempts", it.Attempts, "error", err)
		return m.queue.Fail(ctx, it, err.Error())
	}
	wait := m.retry(it.Attempts)
	if down := m.queue.Retry(ctx, it, now.Add(wait), err.Error()); down != nil {
		return errors.Join(down, err) // it comes back when its claim ends
	}
	m.log.Warn("mail: a message was not sent; it is tried again", "kind", kind, "attempts", it.Attempts, "next", wait, "error", err)
	time.AfterFunc(wait, func() { poke(m.send) })
	return nil
}
