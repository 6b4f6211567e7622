package mail

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a sender with configurable behaviour.
type fake struct {
	mu    sync.Mutex
	fails int // number of attempts that fail first
	err   error
	got   []Envelope
	told  chan struct{}
}

func newFake(fails int, err error) *fake {
	return &fake{fails: fails, err: err, told: make(chan struct{}, 1000)}
}

func (f *fake) Send(_ context.Context, e *Envelope) error {
	defer func() { f.told <- struct{}{} }()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails != 0 {
		f.fails--
		return f.err
	}
	f.got = append(f.got, *e)
	return nil
}

func (f *fake) await(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-f.told:
		case <-time.After(20 * time.Second):
			t.Fatal("no attempt was made")
		}
	}
}

func mailer(t *testing.T, s Settings) *Mailer {
	t.Helper()
	s.Now = time.Now
	s.Outbox = true
	m, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	m.retry = func(int) time.Duration { return time.Millisecond }
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

var reset = Message{To: "a@example.com", URL: "https://app.example/api/auth/reset-password/tok?callbackURL=%2Fa%26b&x=1"}

const resetEvent = "emailAndPassword.sendResetPassword"

func TestSend(t *testing.T) {
	f := newFake(0, nil)
	m := mailer(t, Settings{Sender: f})
	m.Use(Server{App: "Acme"})
	if err := m.Send(resetEvent, reset); err != nil {
		t.Fatal(err)
	}
	f.await(t, 1)
	e := f.got[0]
	if e.To != "a@example.com" || e.Kind != "reset-password" || e.Subject != "Reset your Acme password" || e.ID == "" {
		t.Errorf("%+v", e)
	}
	if !strings.Contains(e.Text, "\n"+reset.URL+"\n") || !strings.Contains(e.HTML, `href="https://app.example/api/auth/reset-password/tok?callbackURL=%2Fa%26b&amp;x=1"`) {
		t.Errorf("the link is not there whole:\n%s\n%s", e.Text, e.HTML)
	}
}

func TestTriesAgain(t *testing.T) {
	f := newFake(3, errors.New("connection refused"))
	m := mailer(t, Settings{Sender: f})
	if err := m.Send(resetEvent, reset); err != nil {
		t.Fatal(err)
	}
	f.await(t, 4)
	if len(f.got) != 1 {
		t.Errorf("arrived %d times", len(f.got))
	}
}

func TestGivesUpWhatIsRefused(t *testing.T) {
	f := newFake(1, fmt.Errorf("%w: 550 no such user", ErrRefused))
	q := NewMemoryQueue().(*memoryQueue)
	m := mailer(t, Settings{Sender: f, Keep: q})
	for range 2 {
		if err := m.Send(resetEvent, reset); err != nil {
			t.Fatal(err)
		}
	}
	f.await(t, 2)
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if len(f.got) != 1 || q.waiting() != 0 {
		t.Errorf("arrived %d, waiting %d", len(f.got), q.waiting())
	}
}

func TestBackoffGrows(t *testing.T) {
	last := time.Duration(0)
	for n := 1; n < 10; n++ {
		if d := backoff(n); d < last {
			t.Errorf("attempt %d waits %s after %s", n, d, last)
		} else {
			last = d
		}
	}
	if last > time.Hour {
		t.Errorf("the last wait is %s", last)
	}
}

// slow is a sender that blocks: Send must not wait for it.
type slow struct{ enough chan struct{} }

func (s slow) Send(context.Context, *Envelope) error { <-s.enough; return nil }

func TestSendDoesNotWait(t *testing.T) {
	s := slow{make(chan struct{})}
	m := mailer(t, Settings{Sender: s})
	for range 50 { // more than can be sent at once
		if err := m.Send(resetEvent, reset); err != nil {
			t.Fatal(err)
		}
	}
	close(s.enough)
}

// brokenQueue rejects messages for a while, like storage that is down.
type brokenQueue struct {
	Queue
	mu   sync.Mutex
	left int
}

func (q *brokenQueue) Put(ctx context.Context, content string, now time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.left > 0 {
		q.left--
		return errors.New("the disk is full")
	}
	return q.Queue.Put(ctx, content, now)
}

func TestQueueDownForAWhile(t *testing.T) {
	f := newFake(0, nil)
	m := mailer(t, Settings{Sender: f, Keep: &brokenQueue{Queue: NewMemoryQueue(), left: 1}})
	for range 3 {
		if err := m.Send(resetEvent, reset); err != nil {
			t.Fatal(err)
		}
	}
	f.await(t, 3)
}

type upper struct{}

func (upper) Seal(b []byte) (string, error)    { return reverse(hex.EncodeToString(b)), nil }
func (upper) Open(s string) ([]byte, error)    { return hex.DecodeString(reverse(s)) }
func (upper) Decrypt(s string) (string, error) { return reverse(s), nil }

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// A reader of the queue must not find links that sign users in.
func TestAttackQueueIsSealed(t *testing.T) {
	f := newFake(1, errors.New("down"))
	q := NewMemoryQueue().(*memoryQueue)
	m := mailer(t, Settings{Sender: f, Keep: q})
	m.retry = func(int) time.Duration { return time.Hour }
	m.Use(Server{Seal: upper{}})
	if err := m.Send(resetEvent, reset); err != nil {
		t.Fatal(err)
	}
	f.await(t, 1)
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) != 1 || strings.Contains(q.items[0].Content, "reset-password/tok") {
		t.Errorf("kept as %v", q.items)
	}
}

// A name or code with a line break must not become a header.
func TestAttackHeaderInjection(t *testing.T) {
	w, err := readWords("", "")
	if err != nil {
		t.Fatal(err)
	}
	e, err := w.envelope(incoming{Message: Message{Kind: "otp-sign-in", To: "a@example.com", Code: "1\r\nBcc: evil@example.com"}}, "Ac\nme")
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(e.Subject, "\r\n") {
		t.Errorf("subject %q", e.Subject)
	}
	if _, err := (smtpSender{&SMTP{Host: "x"}, time.Now, time.Second}).compose(&Envelope{From: "a@example.com", To: "b@example.com\r\nBcc: c@example.com"}); err == nil {
		t.Error("two headers were taken for an address")
	}
}

// User input must not become markup.
func TestAttackMarkup(t *testing.T) {
	w, err := readWords("", "")
	if err != nil {
		t.Fatal(err)
	}
	e, err := w.envelope(incoming{Message: Message{Kind: "invitation", To: "a@example.com", URL: "https://x.example", Details: map[string]any{"inviter": "<img src=x onerror=alert(1)>"}}}, "Acme")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(e.HTML, "<img") {
		t.Error(e.HTML)
	}
}

func TestConfig(t *testing.T) {
	for name, tc := range map[string]struct {
		c    Config
		want string
	}{
		"outbox":       {Config{Outbox: true}, ""},
		"smtp":         {Config{From: "Acme <a@example.com>", SMTP: &SMTP{Host: "h", User: "u", Password: "p"}}, ""},
		"nothing":      {Config{}, "say one of smtp, webhook and outbox"},
		"two":          {Config{From: "a@example.com", Outbox: true, SMTP: &SMTP{Host: "h"}}, "say one of"},
		"no from":      {Config{SMTP: &SMTP{Host: "h"}}, "mail.from"},
		"bad from":     {Config{From: "x", SMTP: &SMTP{Host: "h"}}, "not an address"},
		"no host":      {Config{From: "a@example.com", SMTP: &SMTP{}}, "mail.smtp.host"},
		"tls":          {Config{From: "a@example.com", SMTP: &SMTP{Host: "h", TLS: "yes"}}, "mail.smtp.tls"},
		"no user":      {Config{From: "a@example.com", SMTP: &SMTP{Host: "h", Password: "p"}}, "mail.smtp.user"},
		"certificates": {Config{From: "a@example.com", SMTP: &SMTP{Host: "h", CA: "x"}}, "mail.smtp.ca"},
		"queue":        {Config{Outbox: true, Queue: "x"}, "mail.queue"},
	} {
		err := tc.c.Check()
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBuiltin(t *testing.T) {
	f := newFake(0, nil)
	m := mailer(t, Settings{Sender: f})
	if _, err := m.Builtin()(t.Context(), resetEvent, messager{reset}); err != nil {
		t.Fatal(err)
	}
	f.await(t, 1)
	if _, err := m.Builtin()(t.Context(), "hooks.before", "x"); err == nil {
		t.Error("a hook was sent by mail")
	}
}

type messager struct{ m Message }

func (m messager) Mail() Message { return m.m }

func TestOutbox(t *testing.T) {
	var printed []string
	told := make(chan struct{}, 200)
	m := mailer(t, Settings{Print: func(e *Envelope) { printed = append(printed, e.URL); told <- struct{}{} }})
	if err := m.Send(resetEvent, reset); err != nil {
		t.Fatal(err)
	}
	select {
	case <-told:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was printed")
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := m.Box().List(t.Context())
	if err != nil || len(kept) != 1 || kept[0].URL != reset.URL || kept[0].From != DefaultFrom || len(printed) != 1 || printed[0] != reset.URL {
		t.Errorf("kept %v, printed %v, %v", kept, printed, err)
	}
	box := NewMemoryBox()
	for i := range boxSize + 5 {
		if err := box.Keep(t.Context(), &Envelope{ID: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if kept, _ := box.List(t.Context()); len(kept) != boxSize || kept[0].ID != fmt.Sprint(boxSize+4) {
		t.Errorf("%d kept, the newest %s", len(kept), kept[0].ID)
	}
}

func TestCallback(t *testing.T) {
	f := newFake(0, nil)
	m := mailer(t, Settings{Sender: f})
	send := Callback[messager](m, resetEvent)
	if _, err := send(t.Context(), messager{reset}); err != nil {
		t.Fatal(err)
	}
	f.await(t, 1)
}
