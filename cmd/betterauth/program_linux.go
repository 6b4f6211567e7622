package main

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// dropProgram removes the pages of the program file from the memory of the process. The start touches most of them, and
// the system maps 16 at a time; an idle server uses few. They stay in the page cache of the system, so the ones that are
// needed come back without reading the disk, for about a microsecond each.
func dropProgram() {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer smaps.Close()
	for _, m := range cleanMappings(smaps, exe) {
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, m.start, m.end-m.start, syscall.MADV_DONTNEED) // advice: a refusal changes nothing
	}
}

// mapping is a range of addresses.
type mapping struct{ start, end uintptr }

// cleanMappings returns the mappings of a file that cannot be written and have no page of their own. In one with such
// pages, for example relocated addresses or breakpoints of a debugger, they would be lost.
func cleanMappings(smaps io.Reader, file string) []mapping {
	var out []mapping
	var candidate *mapping
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 3 {
			continue
		}
		if name, isField := strings.CutSuffix(fields[0], ":"); isField {
			if name == "Anonymous" {
				if candidate != nil && fields[1] == "0" {
					out = append(out, *candidate)
				}
				candidate = nil
			}
			continue
		}
		candidate = nil
		if len(fields) == 6 && fields[5] == file && (fields[1] == "r-xp" || fields[1] == "r--p") {
			candidate = parseRange(fields[0])
		}
	}
	return out
}

// parseRange reads addresses like 00400000-016b4000, nil for others.
func parseRange(text string) *mapping {
	from, to, ok := strings.Cut(text, "-")
	start, err1 := strconv.ParseUint(from, 16, 64)
	end, err2 := strconv.ParseUint(to, 16, 64)
	if !ok || err1 != nil || err2 != nil || end <= start {
		return nil
	}
	return &mapping{uintptr(start), uintptr(end)}
}
