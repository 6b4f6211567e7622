package secret

import "syscall"

// niceness is the priority of threads that hash passwords. Linux gives such a
// thread a tenth of what it gives to one at the usual priority, and lets the
// latter interrupt it at once. A higher value would let other programs of the
// machine hold up the hashes, and with them the collector, which waits for
// every thread, for hundreds of milliseconds.
const niceness = 10

// giveWay lowers the priority of the calling thread. It is no matter when a
// sandbox forbids it: hashes then compete with requests.
func giveWay() { _ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, niceness) }

// mapMemory takes memory from the system that the collector does not know of,
// in large pages where there are any: scrypt jumps all over it.
func mapMemory(size int) ([]byte, error) {
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	_ = syscall.Madvise(b, syscall.MADV_HUGEPAGE)
	return b, nil
}

func unmapMemory(b []byte) { _ = syscall.Munmap(b) }
