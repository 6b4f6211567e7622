package secret

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// ErrBusy is returned when a password waited too long for its turn to be
// hashed. The same call may succeed later.
var ErrBusy = errors.New("too many passwords wait to be hashed")

// Hasher hashes and verifies passwords. A hash keeps a processor busy for
// about a tenth of a second and takes 32 MiB, so a Hasher computes only a fixed
// number at once; others wait in the order in which they came.
//
// Each hash is computed on an operating system thread of its own, which on
// Linux has a low priority. Requests that need no hash are served first as long
// as Go has more scheduler slots (GOMAXPROCS) than hashes are computed at once.
// Threads and their memory are given back when nothing waits. A child process
// that is started with Pdeathsig must therefore be started from a locked thread
// (go.dev/issue/27505).
type Hasher struct {
	parallel int
	wait     time.Duration

	mu      sync.Mutex
	watch   func(running int)
	running int
	heavy   bool      // a hash that needs much memory is being computed
	queue   list.List // of *job
}

// HasherOptions bound what a Hasher does.
type HasherOptions struct {
	// Parallel is how many passwords are hashed at once; with zero or less, one
	// fewer than GOMAXPROCS, and at least one.
	Parallel int
	// Wait is how long a password may wait for its turn; zero means 30 s. Beyond
	// it the answer is ErrBusy.
	Wait time.Duration
}

// NewHasher returns a Hasher with these bounds.
func NewHasher(o HasherOptions) *Hasher {
	h := &Hasher{parallel: o.Parallel, wait: o.Wait}
	if h.parallel <= 0 {
		h.parallel = max(1, runtime.GOMAXPROCS(0)-1)
	}
	if h.wait <= 0 {
		h.wait = 30 * time.Second
	}
	return h
}

// Watch calls f with the number of hashes being computed whenever it changes. The
// calls come one after the other and must not take long. One function is kept.
func (h *Hasher) Watch(f func(running int)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watch = f
}

// count changes the number of hashes being computed; h.mu is held.
func (h *Hasher) count(by int) {
	h.running += by
	if h.watch != nil {
		h.watch(h.running)
	}
}

// job is one hash that somebody waits for.
type job struct {
	work  func(*scratch)
	heavy bool
	place *list.Element // in the queue, nil when it has left it
}

type result[T any] struct {
	value T
	err   error
}

// compute runs work on a thread for hashes and returns its result. The error
// is ErrBusy when no turn came within the bound, and that of the context when
// it ended first; a job that was waiting leaves the queue then. Of heavy jobs
// only one runs at a time.
func compute[T any](ctx context.Context, h *Hasher, heavy bool, work func(*scratch) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan result[T], 1) // nobody may listen any more
	j := &job{heavy: heavy, work: func(m *scratch) {
		var r result[T]
		defer func() {
			if p := recover(); p != nil {
				r.err = fmt.Errorf("hashing a password: %v", p)
			}
			done <- r
		}()
		r.value, r.err = work(m)
	}}
	h.enter(j)
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	expired := timer.C
	for {
		select {
		case r := <-done:
			return r.value, r.err
		case <-ctx.Done():
			h.leave(j)
			return none, ctx.Err()
		case <-expired:
			if h.leave(j) {
				return none, ErrBusy
			}
			expired = nil // its turn has come
		}
	}
}

// enter starts a thread for the job, or puts it into the queue.
func (h *Hasher) enter(j *job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running < h.parallel && !(j.heavy && h.heavy) {
		h.count(1)
		h.heavy = h.heavy || j.heavy
		go h.serve(j)
		return
	}
	j.place = h.queue.PushBack(j)
}

// leave takes a job out of the queue, and reports whether it was in it.
func (h *Hasher) leave(j *job) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if j.place == nil {
		return false
	}
	h.queue.Remove(j.place)
	j.place = nil
	return true
}

// serve works off j and what waits, on a thread that ends with it: a thread's
// priority cannot be raised again.
func (h *Hasher) serve(j *job) {
	runtime.LockOSThread()
	giveWay()
	var m scratch
	defer m.free()
	for j != nil {
		j.work(&m)
		j = h.next(j)
	}
}

// next is the job to follow done, nil when none may.
func (h *Hasher) next(done *job) *job {
	h.mu.Lock()
	defer h.mu.Unlock()
	if done.heavy {
		h.heavy = false
	}
	for e := h.queue.Front(); e != nil; e = e.Next() {
		j := e.Value.(*job)
		if j.heavy && h.heavy {
			continue
		}
		h.queue.Remove(e)
		j.place = nil
		h.heavy = h.heavy || j.heavy
		return j
	}
	h.count(-1)
	return nil
}

// scratch is the memory that a thread hashes in.
type scratch struct{ memory []byte }

// take returns size bytes, which hold anything.
func (m *scratch) take(size int) ([]byte, error) {
	if len(m.memory) != size {
		m.free()
		memory, err := mapMemory(size)
		if err != nil {
			return nil, fmt.Errorf("%w: no memory for a password hash: %w", ErrBusy, err)
		}
		m.memory = memory
	}
	return m.memory, nil
}

func (m *scratch) free() {
	if m.memory != nil {
		unmapMemory(m.memory)
		m.memory = nil
	}
}
