package mail

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func sqliteURL(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "mail.db") }

// table returns a queue in a real database.
func table(t *testing.T, url string) *Table {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), url, sqlstore.Options{})
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	s, err := store.New(store.Options{
		Driver: db, Schema: store.Schema{model: QueueTable()}, Now: func(context.Context) time.Time { return noon },
		NewID: func(context.Context, string) (string, bool) { return rand.Text(), true },
	})
	check(t, err)
	plan, err := db.Plan(t.Context(), s.Tables())
	check(t, err)
	check(t, plan.Apply(t.Context()))
	return NewTable(s)
}

var engines = map[string]func(testing.TB) string{"sqlite": sqliteURL, "postgres": testserver.Postgres, "mariadb": testserver.MariaDB}

// memo is a log that tests read.
type memo struct {
	mu   sync.Mutex
	text strings.Builder
}

func (m *memo) Write(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.Write(b)
}

func (m *memo) count(text string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Count(m.text.String(), text)
}

// TestLetters checks that given-up messages can be listed, sent again and
// deleted, in every queue that keeps them.
func TestLetters(t *testing.T) {
	clock := noon
	kept := map[string]func(t *testing.T) Queue{
		"kv": func(*testing.T) Queue {
			return NewKVQueue(kv.NewMemory(func(context.Context) time.Time { return clock }, 0))
		},
		"redis": func(t *testing.T) Queue { return NewKVQueue(realRedis(t, &clock)) },
	}
	for name, url := range engines {
		kept[name] = func(t *testing.T) Queue { return table(t, url(t)) }
	}
	for name, open := range kept {
		t.Run(name, func(t *testing.T) {
			q := open(t)
			ctx := t.Context()
			m, err := New(Settings{Config: Config{Outbox: true}, Sender: newFake(0, nil), Keep: q, Now: func() time.Time { return noon.Add(time.Hour) }})
			check(t, err)
			m.Use(Server{Seal: upper{}})
			for i := range 3 {
				content, err := m.pack(incoming{event: resetEvent, at: noon, Message: Message{To: fmt.Sprintf("user%d@example.com", i), URL: "https://app.example/"}})
				check(t, err)
				check(t, q.Put(ctx, content, noon.Add(time.Duration(i)*time.Second)))
			}
			for range 3 {
				check(t, q.Fail(ctx, claim(t, q, noon.Add(time.Minute)), "550 no such user"))
			}
			letters, err := m.Failed(ctx, 10)
			check(t, err)
			if len(letters) != 3 || letters[0].Message == nil || letters[0].Message.To != "user2@example.com" || letters[0].Cause != "550 no such user" || letters[0].Attempts != 1 {
				t.Fatalf("given up: %+v", letters)
			}
			check(t, m.SendAgain(ctx, letters[0].ID))
			check(t, m.Discard(ctx, letters[1].ID))
			for _, err := range []error{m.SendAgain(ctx, letters[1].ID), m.Discard(ctx, letters[1].ID), m.SendAgain(ctx, "12345"), m.Discard(ctx, "12345")} {
				if !errors.Is(err, ErrNoLetter) {
					t.Errorf("of what is not there: %v", err)
				}
			}
			it := claim(t, q, noon.Add(time.Hour))
			if it == nil || it.Attempts != 1 || !it.Created.Equal(noon.Add(time.Hour)) {
				t.Fatalf("sent again: %+v", it)
			}
			if e, err := m.open(it.Content); err != nil || e.To != "user2@example.com" {
				t.Errorf("sent again: %+v, %v", e, err)
			}
			if left, err := m.Failed(ctx, 10); err != nil || len(left) != 1 || left[0].ID != letters[2].ID {
				t.Errorf("left: %+v, %v", left, err)
			}
		})
	}
	m, err := New(Settings{Config: Config{Outbox: true}, Now: func() time.Time { return noon }})
	check(t, err)
	if _, err := m.Failed(t.Context(), 1); !errors.Is(err, ErrNotKept) {
		t.Errorf("in memory: %v", err)
	}
}

// TestAttackMessageThatIsNeverStored checks that a message that the database
// always rejects does not delay the others, and is given up once it is clear that
// the message is the cause.
func TestAttackMessageThatIsNeverStored(t *testing.T) {
	url := testserver.MariaDB(t)
	addr, name, _ := strings.Cut(strings.TrimPrefix(url, "mysql://root@"), "/")
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.DBName = "root", "tcp", addr, name
	raw, err := sql.Open("mysql", c.FormatDSN())
	check(t, err)
	defer raw.Close()
	_, err = raw.Exec("SET GLOBAL max_allowed_packet = 65536")
	check(t, err)
	defer raw.Exec("SET GLOBAL max_allowed_packet = 16777216")
	q := table(t, url)
	log := &memo{}
	f := newFake(0, nil)
	m := mailer(t, Settings{Sender: f, Keep: q, Log: slog.New(slog.NewTextHandler(log, nil))})
	noise := strings.Builder{} // text that cannot be compressed
	for noise.Len() < 30<<10 {
		noise.WriteString(rand.Text())
	}
	check(t, m.Send(resetEvent, Message{To: "poison@example.com", URL: "https://x/" + noise.String()[:30<<10]}))
	for range 5 {
		check(t, m.Send(resetEvent, reset))
		f.await(t, 1)
	}
	if n := log.count("never this one"); n != 1 {
		t.Errorf("given up %d times", n)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.inbox) != 0 || m.weight != 0 {
		t.Errorf("%d messages of %d bytes wait still", len(m.inbox), m.weight)
	}
}

// TestAttackLongMessages checks that a message that is too long is rejected when
// it is sent, and that accepted ones take little space, however often their
// address is repeated and escaped.
func TestAttackLongMessages(t *testing.T) {
	q := table(t, sqliteURL(t))
	log := &memo{}
	dead := newFake(-1, errors.New("connection refused"))
	m := mailer(t, Settings{Sender: dead, Keep: q, Log: slog.New(slog.NewTextHandler(log, nil))})
	m.retry = func(int) time.Duration { return time.Hour }
	m.Use(Server{Seal: upper{}})
	for range 3 {
		check(t, m.Send(resetEvent, Message{To: "a@example.com", URL: "https://app.example/?" + strings.Repeat("&", 1<<20)}))
	}
	if n := log.count("too long"); n != 3 {
		t.Errorf("refused %d of 3", n)
	}
	before := heap()
	const n = 100
	for range n {
		check(t, m.Send(resetEvent, Message{To: "a@example.com", URL: "https://app.example/?" + strings.Repeat("%2526", 3*2048)}))
	}
	dead.await(t, n)
	rows, err := q.store.Find(t.Context(), model, store.Query{Limit: 2 * n})
	check(t, err)
	stored := 0
	for _, row := range rows {
		stored += len(contentOf(row))
	}
	if len(rows) != n || stored > n*8<<10 {
		t.Errorf("%d messages in %d bytes", len(rows), stored)
	}
	rows = nil
	if grown := heap() - before; grown > 8<<20 {
		t.Errorf("the server keeps %d bytes", grown)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestQueueWithOldAndBrokenMessages checks that messages of an earlier version
// are sent unless they exceed the limit, that unreadable ones are set aside, and
// that neither delays the others.
func TestQueueWithOldAndBrokenMessages(t *testing.T) {
	old := `{"id":"1","kind":"reset-password","from":"x@example.com","to":"old@example.com","subject":"s","text":"t","html":"h","at":"2026-11-24T12:00:00Z"}`
	for name, url := range engines {
		t.Run(name, func(t *testing.T) {
			q := table(t, url(t))
			ctx := t.Context()
			for i, content := range []string{"sealed:" + strings.Repeat("ab", 2<<20), "no JSON", "sealed:x", "sealed2:x", old, sealedOld + reverse(old)} {
				check(t, q.Put(ctx, content, noon.Add(time.Duration(i)*time.Second)))
			}
			f := newFake(0, nil)
			m, err := New(Settings{Config: Config{Outbox: true}, Sender: f, Keep: q, Now: func() time.Time { return noon.Add(time.Minute) }})
			check(t, err)
			m.Use(Server{Seal: upper{}})
			m.Start()
			f.await(t, 2)
			check(t, m.Close())
			letters, err := m.Failed(ctx, 10)
			check(t, err)
			if len(letters) != 4 || !strings.Contains(letters[3].Cause, "too long") {
				t.Errorf("given up: %+v", letters)
			}
			if f.got[0].To != "old@example.com" {
				t.Errorf("sent: %+v", f.got)
			}
		})
	}
	t.Run("kv", func(t *testing.T) {
		s := kv.NewMemory(func(context.Context) time.Time { return noon }, 0)
		q := NewKVQueue(s).(kvQueue)
		ctx := t.Context()
		check(t, q.Put(ctx, "first", noon))
		check(t, q.Put(ctx, "second", noon))
		check(t, s.Set(ctx, kvMessage(1), "broken", 0))
		if it := claim(t, q, noon); it == nil || it.Content != "second" {
			t.Errorf("claimed %+v", it)
		}
		if letters, err := q.Failed(ctx, 10); err != nil || len(letters) != 1 || letters[0].Content != "" {
			t.Errorf("given up: %+v, %v", letters, err)
		}
	})
}

// TestGivesUpAfterManyAttempts checks that a message that ends the program at
// every attempt is given up too.
func TestGivesUpAfterManyAttempts(t *testing.T) {
	q := table(t, sqliteURL(t))
	ctx := t.Context()
	check(t, q.Put(ctx, "{}", noon))
	now := noon
	for range maxAttempts {
		if it := claim(t, q, now); it == nil {
			t.Fatal("gone")
		}
		now = now.Add(lease + time.Second)
	}
	f := newFake(0, nil)
	m, err := New(Settings{Config: Config{Outbox: true}, Sender: f, Keep: q, Now: func() time.Time { return now }})
	check(t, err)
	m.Start()
	until(t, func() bool { letters, err := m.Failed(ctx, 1); return err == nil && len(letters) == 1 })
	check(t, m.Close())
	if len(f.got) != 0 {
		t.Error("it was tried once more")
	}
}
