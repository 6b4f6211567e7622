package mail

import (
	"context"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// incoming is a message that is not in the queue yet.
type incoming struct {
	event string
	at    time.Time
	Message
	weight  int
	content string // in words and encrypted, once that was done
	failed  int    // how often the queue rejected it
	since   int    // Mailer.written at the first rejection
}

const (
	// maxInbox and maxInboxBytes limit the messages in memory while the queue's
	// storage is down.
	maxInbox      = 10_000
	maxInboxBytes = 32 << 20
	// tooOften is the number of rejections after which a message is given up, if
	// the queue has accepted others meanwhile.
	tooOften = 3
	// downAfter is the number of messages in a row that the queue must reject
	// before its storage counts as down.
	downAfter = 3
)

// weight returns the approximate size of a message in bytes.
func (m *Message) weight() int {
	return len(m.To) + len(m.URL) + len(m.Code) + len(m.Language) + weigh(m.Details)
}

func weigh(v any) int {
	size := 16
	switch v := v.(type) {
	case string:
		size += len(v)
	case []any:
		for _, e := range v {
			size += weigh(e)
		}
	case map[string]any:
		for name, e := range v {
			size += len(name) + weigh(e)
		}
	case *js.Object:
		for name, e := range v.All() {
			size += len(name) + weigh(e)
		}
	}
	return size
}

// writing puts new messages into words and into the queue. Messages that the
// queue rejects are tried again at growing intervals.
func (m *Mailer) writing(ctx context.Context) {
	const longest = 30 * time.Second
	wait := time.Second
	for {
		var again <-chan time.Time
		if m.writeAll() {
			wait = time.Second
		} else {
			again = time.After(wait)
			wait = min(2*wait, longest)
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
	if !m.writeAll() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.log.Error("mail: messages are lost: the queue accepted none of them", "messages", len(m.inbox))
	}
}

// writeAll writes each message of the inbox once, or stops if the storage seems
// to be down. A message that the queue rejects moves to the end, so that it does
// not block others; empty reports that none is left.
func (m *Mailer) writeAll() (empty bool) {
	m.mu.Lock()
	round := len(m.inbox)
	m.mu.Unlock()
	inRow := 0
	for range round {
		next := m.next()
		written, err := m.writeOne(&next)
		if written {
			inRow = 0
			poke(m.send)
			continue
		}
		if err == nil {
			continue // it can never be sent, which was logged
		}
		m.log.Error("mail: the queue did not accept a message; it will be tried again", "event", next.event, "error", err)
		m.putBack(next)
		if inRow++; inRow >= downAfter {
			break
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.inbox) == 0
}

func (m *Mailer) next() incoming {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := m.inbox[0]
	m.inbox[0] = incoming{}
	if m.inbox = m.inbox[1:]; len(m.inbox) == 0 {
		m.inbox = nil // releases the memory of the array
	}
	m.weight -= next.weight
	return next
}

func (m *Mailer) putBack(in incoming) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.inbox = append(m.inbox, in)
	m.weight += in.weight
}

// writeOne writes one message. If it is neither written nor an error, it was
// dropped and logged.
func (m *Mailer) writeOne(in *incoming) (written bool, err error) {
	if in.content == "" {
		content, err := m.pack(*in)
		if err != nil {
			m.log.Error("mail: a message cannot be put into words and will not be sent", "event", in.event, "error", err)
			return false, nil
		}
		in.content = content
		in.Message, in.weight = Message{}, len(content)
	}
	err = m.put(in.content, in.at)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err == nil {
		m.written++
		return true, nil
	}
	if in.failed == 0 {
		in.since = m.written
	}
	if in.failed++; in.failed < tooOften || m.written == in.since {
		return false, err
	}
	m.log.Error("mail: a message was given up: the queue accepts others, but never this one", "event", in.event, "bytes", len(in.content), "error", err)
	return false, nil
}

func (m *Mailer) put(content string, at time.Time) error {
	ctx, cancel := context.WithTimeout(context.Background(), storing)
	defer cancel()
	return m.queue.Put(ctx, content, at)
}
