// Package mail sends the server's messages: it turns what happened (an address
// to verify, a code to sign in) into a text and an HTML part, keeps both in a
// queue until they are sent, and sends them by SMTP, by a webhook, or into an
// outbox for development.
//
// It must not know users, endpoints or plugins: whoever has a message to send
// is a [Messager].
package mail

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
)

// Message is what is to be told to somebody, before it is put into words.
type Message struct {
	Kind     string         // the template, like "reset-password"; "" takes that of the event
	To       string         // one address
	URL      string         // the link to follow, "" when there is none
	Code     string         // the code to type, "" when there is none
	Language string         // what the reader prefers, as in Accept-Language; used when the option language is "auto"
	Details  map[string]any // more, for templates of one's own: user, newEmail, inviter …
}

// Messager is an argument of a callback that can be told by mail.
type Messager interface{ Mail() Message }

// Sealer encrypts what the queue keeps, since it holds links that sign people
// in. *secret.Keys is one.
type Sealer interface {
	Seal(plain []byte) (string, error)
	Open(sealed string) ([]byte, error)
	// Decrypt opens what earlier versions of this server left in the queue.
	Decrypt(sealed string) (string, error)
}

// Envelope is a message in words, ready to be sent.
type Envelope struct {
	ID      string    `json:"id"` // the same for every attempt
	Kind    string    `json:"kind"`
	From    string    `json:"from"`
	ReplyTo string    `json:"replyTo,omitempty"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	HTML    string    `json:"html"`
	URL     string    `json:"url,omitempty"`
	Code    string    `json:"code,omitempty"`
	At      time.Time `json:"at"`
}

// Sender delivers one message. An error that wraps [ErrRefused] is final; after
// any other one the message is tried again later.
type Sender interface {
	Send(ctx context.Context, e *Envelope) error
}

// Settings make a Mailer.
type Settings struct {
	Config
	AppName string
	Sender  Sender           // nil: the one that Config says
	Keep    Queue            // the queue; nil: the server's table if it has one, else in memory
	Box     Box              // where the outbox keeps messages; nil: likewise
	Print   func(*Envelope)  // told of every message that goes into the outbox
	Now     func() time.Time // needed
	Log     *slog.Logger     // nil is silent
}

// Mailer sends messages in the background. Send returns at once.
type Mailer struct {
	settings Settings
	sender   Sender
	queue    Queue
	words    *words
	log      *slog.Logger
	retry    func(attempts int) time.Duration

	mu      sync.Mutex
	seal    Sealer
	app     string
	inbox   []incoming
	weight  int // of the inbox
	written int // messages that the queue took
	started bool
	closed  bool

	write, send chan struct{} // pokes: there is something to do
	stop        context.CancelFunc
	workers     sync.WaitGroup
}

// New checks the settings and reads the templates. Nothing is sent before Send
// or Start.
func New(s Settings) (*Mailer, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if s.Now == nil {
		return nil, fmt.Errorf("mail: a clock is needed")
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	w, err := readWords(s.Templates, s.Language)
	if err != nil {
		return nil, err
	}
	m := &Mailer{
		settings: s, words: w, log: s.Log, app: s.AppName, retry: backoff, sender: s.Sender, queue: s.Keep,
		write: make(chan struct{}, 1), send: make(chan struct{}, 1),
	}
	if m.queue == nil {
		m.queue = NewMemoryQueue()
	}
	if m.sender == nil {
		m.sender = m.configured()
	}
	return m, nil
}

func (m *Mailer) configured() Sender {
	s := &m.settings
	switch {
	case s.SMTP != nil:
		return smtpSender{s.SMTP, s.Now, smtpTimeout}
	case s.Webhook != nil:
		return webhookSender{s.Webhook}
	}
	if s.Box != nil {
		return outbox{s.Box, s.Print}
	}
	return outbox{NewMemoryBox(), s.Print}
}

// Box is where the outbox keeps its messages, nil when this Mailer really sends.
func (m *Mailer) Box() Box {
	m.mu.Lock()
	defer m.mu.Unlock()
	if o, ok := m.sender.(outbox); ok {
		return o.box
	}
	return nil
}

// Server is what only the server knows.
type Server struct {
	App  string // its name, which messages show unless the settings say one
	Seal Sealer // seals what the queue keeps
	// Table, when there is a database, is the queue unless the settings say
	// another, and the box of the outbox.
	Table *Table
}

// Use tells the mailer of its server. It is called before Start and Send.
func (m *Mailer) Use(s Server) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.app == "" {
		m.app = s.App
	}
	m.seal = s.Seal
	if s.Table == nil {
		return
	}
	if o, ok := m.sender.(outbox); ok {
		if m.settings.Box == nil {
			m.sender = outbox{s.Table, o.print}
		}
	} else if m.settings.Keep == nil {
		m.queue = s.Table
	}
}

// Builtin is the callback that a config file chooses by the name mail.
func (m *Mailer) Builtin() callback.Builtin {
	return func(_ context.Context, event string, in any) (any, error) {
		t, ok := in.(Messager)
		if !ok {
			return nil, fmt.Errorf("%s cannot be sent by mail; say a webhook", event)
		}
		return nil, m.Send(event, t.Mail())
	}
}

// Send takes a message and returns at once, whether or not anybody gets it: how
// long that takes must tell nothing about the address. event is the option that
// asked for it, which tells the template where the message does not. A message
// that is too long is told to the log alone.
func (m *Mailer) Send(event string, msg Message) error {
	m.Start()
	weight := msg.weight()
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return fmt.Errorf("mail: %s came after the end", event)
	case weight > maxEnvelope:
		m.log.Error("mail: a message is too long and is not sent", "event", event, "bytes", weight, "most", maxEnvelope)
		return nil
	case len(m.inbox) >= maxInbox, m.weight+weight > maxInboxBytes:
		return fmt.Errorf("mail: %d messages wait already, and the queue takes none", len(m.inbox))
	}
	m.inbox = append(m.inbox, incoming{event: event, at: m.settings.Now(), Message: msg, weight: weight})
	m.weight += weight
	poke(m.write)
	return nil
}

// Start begins to send, what an earlier run left in the queue first. Send does
// so too; a server that starts says it at once.
func (m *Mailer) Start() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.started || m.closed {
		return
	}
	m.started = true
	ctx, stop := context.WithCancel(context.Background())
	m.stop = stop
	m.workers.Go(func() { m.writing(ctx) })
	m.workers.Go(func() { m.sending(ctx) })
}

// Close writes what still waits to the queue and stops. Messages that are being
// sent are finished, or are left to the next start.
func (m *Mailer) Close() error {
	m.mu.Lock()
	started := m.started && !m.closed
	m.closed = true
	m.mu.Unlock()
	if !started {
		return nil
	}
	m.stop()
	m.workers.Wait()
	if q, ok := m.queue.(*memoryQueue); ok {
		if n := q.waiting(); n > 0 {
			m.log.Error("mail: messages were not sent and are lost: the queue is kept in memory only", "messages", n)
		}
	}
	return nil
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
