package secret

import "syscall"

// niceness is by how much the priority of threads that hash passwords is lower
// than that of others. Linux gives such a thread a tenth of what it gives to
// others, and lets them interrupt it at once. With a larger difference, other
// programs of the machine could hold up the hashes for hundreds of milliseconds,
// and with them the collector, which waits for every thread.
const niceness = 10

const lowest = 19

// giveWay lowers the priority of the calling thread. It is no matter when a
// sandbox forbids it: hashes then compete with requests.
func giveWay() {
	if n, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0); err == nil {
		now := 20 - n // what the system call returns is never negative
		_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, min(now+niceness, lowest))
	}
}

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
