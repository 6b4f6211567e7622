package main

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// giveBack returns the memory that only starting needed: garbage, and the pages
// of the program itself that were read on the way. Those come back from the
// program's file one by one when they are needed.
func giveBack() {
	debug.FreeOSMemory()
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	for _, m := range mappingsOf(string(maps), self) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.from, m.to-m.from, syscall.MADV_DONTNEED)
	}
}

// mapping is a range of addresses.
type mapping struct{ from, to uintptr }

// mappingsOf lists the mappings of a file in the text of smaps that are exactly
// what the file holds: not writable, and without pages of the process's own,
// which a linker may have written before it took the right to write away.
func mappingsOf(smaps, file string) []mapping {
	var out []mapping
	var m mapping
	ours := false
	for line := range strings.Lines(smaps) {
		fields := strings.Fields(line)
		if len(fields) >= 5 && len(fields[1]) == 4 && strings.Contains(fields[0], "-") {
			from, to, _ := strings.Cut(fields[0], "-")
			a, err1 := strconv.ParseUint(from, 16, 64)
			b, err2 := strconv.ParseUint(to, 16, 64)
			m = mapping{uintptr(a), uintptr(b)}
			ours = err1 == nil && err2 == nil && len(fields) == 6 && fields[5] == file &&
				strings.HasPrefix(fields[1], "r-") && strings.HasSuffix(fields[1], "p")
			continue
		}
		if ours && len(fields) >= 2 && fields[0] == "Anonymous:" && fields[1] == "0" {
			out = append(out, m)
		}
	}
	return out
}
