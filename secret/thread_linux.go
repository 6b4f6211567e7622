package secret

import "syscall"

// niceness is the difference in priority between threads that hash passwords and
// other threads. With it, Linux gives such a thread a tenth of the time of others
// and lets them interrupt it at once. With a larger difference, other programs on
// the machine could delay the hashes by hundreds of milliseconds, and with them the
// garbage collector, which waits for every thread.
const niceness = 10

const lowest = 19

// giveWay lowers the priority of the calling thread. Errors are ignored: if a
// sandbox forbids the call, hashes compete with requests.
func giveWay() {
	if n, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0); err == nil {
		now := 20 - n // the system call returns 20 - niceness, which is never negative
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, min(now+niceness, lowest))
	}
}

// mapMemory allocates memory outside Go's heap, in large pages if available,
// because scrypt accesses it at random.
func mapMemory(size int) ([]byte, error) {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	_ = syscall.Madvise(b, syscall.MADV_HUGEPAGE)
	return b, nil
}

func unmapMemory(b []byte) { _ = syscall.Munmap(b) }
