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

// ErrBusy is returned when a password waited too long to be hashed. The same call
// may succeed later.
var ErrBusy = errors.New("too many passwords wait to be hashed")

// Hasher hashes and verifies passwords. A hash keeps a processor busy for about a
// tenth of a second and takes 32 MiB, so a Hasher computes only a limited number of
// hashes at once; the others wait in order of arrival.
//
// Each hash is computed on a separate operating system thread, which on Linux has a
// low priority. Requests that need no hash are served first, provided that Go has
// more scheduler slots (GOMAXPROCS) than hashes are computed at once. Threads and
// their memory are released when nothing waits. For this reason, a child process
// with Pdeathsig must be started from a locked thread (go.dev/issue/27505).
type Hasher struct {
	parallel int
	wait     time.Duration

	mu      sync.Mutex
	watch   func(running int)
	running int
	heavy   bool      // a hash that needs much memory is being computed
	queue   list.List // elements are *job
}

// HasherOptions are the limits of a Hasher.
type HasherOptions struct {
	// Parallel is the number of passwords that are hashed at once. If it is zero or
	// less, it is GOMAXPROCS minus one, but at least one.
	Parallel int
	// Wait is how long a password may wait before it is hashed; zero means 30 s.
	// After that, the call returns ErrBusy.
	Wait time.Duration
}

// NewHasher returns a Hasher with these limits.
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
// calls are sequential, and f must return quickly. A second call replaces f.
func (h *Hasher) Watch(f func(running int)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watch = f
}

// Load returns the number of passwords that are being hashed and of those that wait for it.
func (h *Hasher) Load() (running, waiting int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.running, h.queue.Len()
}

// count changes the number of hashes being computed. The caller holds h.mu.
func (h *Hasher) count(by int) {
	h.running += by
	if h.watch != nil {
		h.watch(h.running)
	}
}

// job is one hash that a caller waits for.
type job struct {
	work  func(*scratch)
	heavy bool
	place *list.Element // in the queue, nil once it has left it
}

type result[T any] struct {
	value T
	err   error
}

// compute runs work on a thread for hashes and returns its result. It returns
// ErrBusy if the job did not start within the limit, and the error of the context
// if that ended first; a waiting job is then removed from the queue. Heavy jobs run
// one at a time.
func compute[T any](ctx context.Context, h *Hasher, heavy bool, work func(*scratch) (T, error)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan result[T], 1) // buffered, because the caller may have gone
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
			expired = nil // the job has started
		}
	}
}

// enter starts a thread for the job, or adds it to the queue.
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

// leave removes a job from the queue and reports whether it was in it.
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

// serve runs j and the waiting jobs on a thread that ends afterwards, because the
// priority of a thread cannot be raised again.
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

// next returns the job to run after done, nil if none may run.
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

// scratch is the working memory of a thread that hashes.
type scratch struct{ memory []byte }

// take returns size bytes with arbitrary content.
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
