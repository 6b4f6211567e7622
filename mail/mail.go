// Package mail sends the server's messages. It turns an event (an address to
// verify, a code to sign in) into a text and an HTML part, keeps both in a queue
// until they are sent, and sends them by SMTP or a webhook, or keeps them in an
// outbox for development.
//
//	m, err := mail.New(mail.Settings{Config: config, Now: time.Now})
//	options.EmailAndPassword.SendResetPassword = mail.Callback[auth.LinkMail](m, "emailAndPassword.sendResetPassword")
package mail

// This package uses no users, endpoints or plugins: a message comes from a
// Messager.

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
)

// Message is the content of a message before it is put into words.
type Message struct {
	Kind     string         // the template, like "reset-password"; "" means that of the event
	To       string         // one address
	URL      string         // the link to follow, "" if there is none
	Code     string         // the code to type, "" if there is none
	Language string         // the reader's preference, as in Accept-Language; used if the option language is "auto"
	Details  map[string]any // further values for custom templates: user, newEmail, inviter …
}

// Messager is an argument of a callback that can be sent by mail.
type Messager interface{ Mail() Message }

// Sealer encrypts the messages in the queue, because they contain links that sign
// users in. *secret.Keys is one.
type Sealer interface {
	Seal(plain []byte) (string, error)
	Open(sealed string) ([]byte, error)
	// Decrypt decrypts messages left in the queue by earlier versions of this
	// server.
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
// any other error the message is tried again later.
type Sender interface {
	Send(ctx context.Context, e *Envelope) error
}

// Settings configure a Mailer.
type Settings struct {
	Config
	AppName string
	Sender  Sender           // nil: the one set in Config
	Keep    Queue            // the queue; nil: the server's table if it has one, else memory
	Box     Box              // storage of the outbox; nil: as for Keep
	Print   func(*Envelope)  // called for every message in the outbox
	Now     func() time.Time // required
	Log     *slog.Logger     // nil: no log
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
	weight  int // total size of the inbox
	written int // number of messages written to the queue
	started bool
	closed  bool

	write, send chan struct{} // wake up the writer and the sender
	stop        context.CancelFunc
	workers     sync.WaitGroup
}

// New returns a Mailer. It checks the settings and parses the templates. Nothing
// is sent before Send or Start.
func New(s Settings) (*Mailer, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if s.Now == nil {
		return nil, fmt.Errorf("mail: a clock is required")
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

// Box returns the storage of the outbox, nil if this Mailer really sends.
func (m *Mailer) Box() Box {
	m.mu.Lock()
	defer m.mu.Unlock()
	if o, ok := m.sender.(outbox); ok {
		return o.box
	}
	return nil
}

// Server holds the settings that come from the server.
type Server struct {
	App  string // its name, which messages show unless the settings name another
	Seal Sealer // encrypts the messages in the queue
	// Table, if there is a database, is the queue unless the settings name
	// another, and the storage of the outbox.
	Table *Table
}

// Use sets the server's settings. It must be called before Start and Send.
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

// Builtin returns the callback that a config file selects with the word mail.
func (m *Mailer) Builtin() callback.Builtin {
	return func(_ context.Context, event string, in any) (any, error) {
		t, ok := in.(Messager)
		if !ok {
			return nil, fmt.Errorf("%s cannot be sent by mail; use a webhook", event)
		}
		return nil, m.Send(event, t.Mail())
	}
}

// Send queues a message and returns at once, whether or not it can be delivered:
// its duration must not reveal anything about the address. event is the option
// that requested the message; it determines the template if msg.Kind is empty. A
// message that is too long is only logged.
func (m *Mailer) Send(event string, msg Message) error {
	m.Start()
	weight := msg.weight()
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.closed:
		return fmt.Errorf("mail: %s was sent after Close", event)
	case weight > maxEnvelope:
		m.log.Error("mail: a message is too long and will not be sent", "event", event, "bytes", weight, "most", maxEnvelope)
		return nil
	case len(m.inbox) >= maxInbox, m.weight+weight > maxInboxBytes:
		return fmt.Errorf("mail: the queue is full: %d messages are waiting", len(m.inbox))
	}
	m.inbox = append(m.inbox, incoming{event: event, at: m.settings.Now(), Message: msg, weight: weight})
	m.weight += weight
	poke(m.write)
	return nil
}

// Start starts sending, beginning with messages left by an earlier run. Send
// starts it too; a server calls Start when it starts.
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

// Close writes the waiting messages to the queue and stops. Messages that are
// being sent are finished, or left for the next start.
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
			m.log.Error("mail: messages were not sent and are lost, because the queue is only in memory", "messages", n)
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
