package secret

import (
	"runtime"
	"sync"
	"syscall"
	"testing"
)

// priority returns the priority of the calling thread: 20 minus its niceness.
func priority(t *testing.T) int {
	n, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		t.Error(err)
	}
	return n
}

// TestHashesGiveWay checks the priority of the thread that hashes, and that no
// other thread inherits it.
func TestHashesGiveWay(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	usual := priority(t)
	h := NewHasher(HasherOptions{Parallel: 4})
	var hashes sync.WaitGroup
	for range 8 {
		hashes.Go(func() {
			got, err := compute(t.Context(), h, false, func(*scratch) (int, error) { return priority(t), nil })
			if want := max(usual-niceness, 1); got != want || err != nil {
				t.Errorf("priority %d, %v; want %d", got, err, want)
			}
		})
	}
	hashes.Wait()
	var threads sync.WaitGroup
	var together sync.WaitGroup
	together.Add(16)
	for range 16 {
		threads.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			together.Done()
			together.Wait() // on as many threads
			if got := priority(t); got != usual {
				t.Errorf("a thread that does not hash has priority %d, not %d", got, usual)
			}
		})
	}
	threads.Wait()
}
