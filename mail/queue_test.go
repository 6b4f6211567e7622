package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) { testserver.Main(m) }

// queues returns the queues that the tests run on, with the clock of their
// storage.
func queues(t *testing.T, clock *time.Time) map[string]Queue {
	now := func(context.Context) time.Time { return *clock }
	s, err := store.New(store.Options{
		Driver: memstore.New(), Schema: store.Schema{model: QueueTable()}, Now: now,
		NewID: func(context.Context, string) (string, bool) { return rand.Text(), true },
	})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Queue{"memory": NewMemoryQueue(), "table": NewTable(s), "kv": NewKVQueue(kv.NewMemory(now, 0))}
}

func each(t *testing.T, run func(t *testing.T, q Queue, clock *time.Time)) {
	clock := noon
	for name, q := range queues(t, &clock) {
		t.Run(name, func(t *testing.T) {
			clock = noon
			run(t, q, &clock)
		})
	}
	t.Run("redis", func(t *testing.T) {
		clock = noon
		run(t, NewKVQueue(realRedis(t, &clock)), &clock)
	})
	for name, url := range engines {
		t.Run(name, func(t *testing.T) {
			clock = noon
			run(t, table(t, url(t)), &clock)
		})
	}
}

func claim(t *testing.T, q Queue, now time.Time) *Item {
	t.Helper()
	it, err := q.Claim(t.Context(), now, now.Add(lease))
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestQueue(t *testing.T) {
	each(t, func(t *testing.T, q Queue, clock *time.Time) {
		ctx := t.Context()
		if it := claim(t, q, *clock); it != nil {
			t.Fatalf("an empty queue gave %v", it)
		}
		check(t, q.Put(ctx, "one", *clock))
		it := claim(t, q, *clock)
		if it == nil || it.Content != "one" || it.Attempts != 1 || !it.Created.Equal(noon) {
			t.Fatalf("claimed %+v", it)
		}
		if again := claim(t, q, *clock); again != nil {
			t.Errorf("claimed twice: %+v", again)
		}
		check(t, q.Retry(ctx, it, clock.Add(time.Minute), "down"))
		if early := claim(t, q, *clock); early != nil {
			t.Errorf("came back too early: %+v", early)
		}
		*clock = clock.Add(time.Minute)
		it = claim(t, q, *clock)
		if it == nil || it.Attempts != 2 || !it.Created.Equal(noon) {
			t.Fatalf("the second attempt is %+v", it)
		}
		// The server that claimed it died: it comes back.
		*clock = clock.Add(lease + time.Second)
		it = claim(t, q, *clock)
		if it == nil || it.Attempts != 3 {
			t.Fatalf("after the lease: %+v", it)
		}
		check(t, q.Done(ctx, it))
		check(t, q.Put(ctx, "two", *clock))
		it = claim(t, q, *clock)
		if it == nil || it.Content != "two" {
			t.Fatalf("claimed %+v", it)
		}
		check(t, q.Fail(ctx, it, "refused"))
		*clock = clock.Add(time.Hour)
		if it := claim(t, q, *clock); it != nil {
			t.Errorf("came back from the end: %+v", it)
		}
	})
}

func TestQueueManyWorkers(t *testing.T) {
	each(t, func(t *testing.T, q Queue, clock *time.Time) {
		const n = 60
		for range n {
			check(t, q.Put(t.Context(), "x", *clock))
		}
		var mu sync.Mutex
		seen := map[string]int{}
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				misses := 0
				for misses < 3 { // a lost race counts as a miss too
					it, err := q.Claim(t.Context(), noon, noon.Add(lease))
					if err != nil {
						t.Error(err)
						return
					}
					if it == nil {
						misses++
						continue
					}
					mu.Lock()
					seen[it.ID]++
					mu.Unlock()
					if err := q.Done(t.Context(), it); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for it := claim(t, q, noon); it != nil; it = claim(t, q, noon) {
			seen[it.ID]++
			check(t, q.Done(t.Context(), it))
		}
		if len(seen) != n {
			t.Errorf("%d of %d were claimed", len(seen), n)
		}
		for id, times := range seen {
			if times != 1 {
				t.Errorf("%s was claimed %d times", id, times)
			}
		}
	})
}

// TestKVQueueWaitsForAWriter checks that a number that was counted but whose
// message is not written yet is not skipped.
func TestKVQueueWaitsForAWriter(t *testing.T) {
	clock := noon
	s := kv.NewMemory(func(context.Context) time.Time { return clock }, 0)
	q := NewKVQueue(s).(kvQueue)
	ctx := t.Context()
	if _, err := s.Increment(ctx, kvTail, kvForever); err != nil { // a writer stops here
		t.Fatal(err)
	}
	check(t, q.Put(ctx, "second", clock))
	it := claim(t, q, clock)
	if it == nil || it.Content != "second" {
		t.Fatalf("claimed %+v", it)
	}
	check(t, q.Done(ctx, it))
	if it := claim(t, q, clock); it != nil {
		t.Fatalf("claimed %+v", it)
	}
	check(t, q.save(ctx, kvMessage(1), kvItem{Content: "first", Due: clock, Created: clock})) // and continues
	if it = claim(t, q, clock); it == nil || it.Content != "first" {
		t.Fatalf("claimed %+v", it)
	}
	check(t, q.Done(ctx, it))
	claim(t, q, clock)
	if head, err := q.number(ctx, kvHead); err != nil || head != 2 {
		t.Errorf("head %d, %v", head, err)
	}
	// A writer that died is skipped after a while.
	if _, err := s.Increment(ctx, kvTail, kvForever); err != nil {
		t.Fatal(err)
	}
	claim(t, q, clock)
	clock = clock.Add(kvGap + time.Second)
	claim(t, q, clock)
	if head, err := q.number(ctx, kvHead); err != nil || head != 3 {
		t.Errorf("head %d, %v", head, err)
	}
}

// TestQueueSurvivesARestart checks that messages left in the queue are sent by
// the next run.
func TestQueueSurvivesARestart(t *testing.T) {
	each(t, func(t *testing.T, q Queue, clock *time.Time) {
		now := func() time.Time { return *clock }
		dead := newFake(-1, errors.New("connection refused"))
		first, err := New(Settings{Config: Config{Outbox: true}, Sender: dead, Keep: q, Now: now})
		check(t, err)
		check(t, first.Send(resetEvent, reset))
		dead.await(t, 1)
		check(t, first.Close())
		*clock = clock.Add(time.Hour)
		alive := newFake(0, nil)
		second, err := New(Settings{Config: Config{Outbox: true}, Sender: alive, Keep: q, Now: now})
		check(t, err)
		second.Start()
		alive.await(t, 1)
		check(t, second.Close())
		if len(alive.got) != 1 || alive.got[0].URL != reset.URL {
			t.Errorf("arrived: %+v", alive.got)
		}
	})
}

// TestTwoServersShareAQueue checks that two servers on one queue send each
// message once.
func TestTwoServersShareAQueue(t *testing.T) {
	each(t, func(t *testing.T, q Queue, clock *time.Time) {
		const n = 25
		senders := []*fake{newFake(0, nil), newFake(0, nil)}
		var mailers []*Mailer
		for _, f := range senders {
			m, err := New(Settings{Config: Config{Outbox: true}, Sender: f, Keep: q, Now: func() time.Time { return noon }})
			check(t, err)
			mailers = append(mailers, m)
			m.Start()
		}
		for range n {
			for _, m := range mailers {
				check(t, m.Send(resetEvent, reset))
			}
		}
		both := make(chan struct{}, 1000)
		for _, f := range senders {
			go func() {
				for range f.told {
					both <- struct{}{}
				}
			}()
		}
		for range 2 * n {
			select {
			case <-both:
			case <-time.After(60 * time.Second):
				t.Fatal("a message was not sent")
			}
		}
		for _, m := range mailers {
			check(t, m.Close())
		}
		times := map[string]int{}
		for _, f := range senders {
			for _, e := range f.got {
				times[e.ID]++
			}
			close(f.told)
		}
		if len(times) != 2*n {
			t.Errorf("%d of %d messages were sent", len(times), 2*n)
		}
		for id, sent := range times {
			if sent != 1 {
				t.Errorf("%s was sent %d times", id, sent)
			}
		}
	})
}

// TestGivenUpIsKeptForAWhile checks that given-up messages are kept for 30 days
// with the cause, also by a server that keeps running.
func TestGivenUpIsKeptForAWhile(t *testing.T) {
	clock := noon
	var mu sync.Mutex
	now := func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }
	pass := func(d time.Duration) { mu.Lock(); defer mu.Unlock(); clock = clock.Add(d) }
	q := queues(t, &clock)["table"].(*Table)
	f := newFake(1, fmt.Errorf("%w: 550 no such user", ErrRefused))
	m, err := New(Settings{Config: Config{Outbox: true}, Sender: f, Keep: q, Now: now})
	check(t, err)
	check(t, m.Send(resetEvent, reset))
	f.await(t, 1)
	failures := func() []store.Record {
		rows, err := q.store.Find(t.Context(), model, store.Query{Where: []store.Where{store.Is("state", failed)}})
		check(t, err)
		return rows
	}
	until(t, func() bool { return len(failures()) == 1 })
	if cause, _ := failures()[0]["cause"].(string); !strings.Contains(cause, "550 no such user") {
		t.Errorf("kept with the cause %q", cause)
	}
	pass(29 * 24 * time.Hour)
	check(t, m.Send(resetEvent, reset)) // a running server sweeps
	f.await(t, 1)
	if len(failures()) != 1 {
		t.Error("gone after 29 days")
	}
	pass(2 * 24 * time.Hour)
	check(t, m.Send(resetEvent, reset))
	f.await(t, 1)
	until(t, func() bool { return len(failures()) == 0 })
	check(t, m.Close())
}

// until waits until so returns true.
func until(t *testing.T, so func() bool) {
	t.Helper()
	for range 2000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not come to that")
}

func TestTableBox(t *testing.T) {
	clock := noon
	box := queues(t, &clock)["table"].(*Table)
	for i := range boxSize + 3 {
		check(t, box.Keep(t.Context(), &Envelope{Subject: "s", At: noon.Add(time.Duration(i) * time.Second)}))
	}
	kept, err := box.List(t.Context())
	if err != nil || len(kept) != boxSize || !kept[0].At.Equal(noon.Add((boxSize+2)*time.Second)) {
		t.Errorf("%d kept, %v", len(kept), err)
	}
	if it := claim(t, box, noon.Add(time.Hour)); it != nil {
		t.Errorf("the outbox is no queue: %+v", it)
	}
}
