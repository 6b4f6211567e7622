package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const someSmaps = `00400000-016b4000 r-xp 00000000 fe:00 10428522                           /opt/betterauth
Size:              19152 kB
Rss:               12112 kB
Anonymous:             0 kB
AnonHugePages:         0 kB
VmFlags: rd ex mr mw me
016b4000-02ade000 r--p 012b4000 fe:00 10428522                           /opt/betterauth
Rss:                9896 kB
Anonymous:             4 kB
02ade000-02c1a000 rw-p 026de000 fe:00 10428522                           /opt/betterauth
Rss:                 752 kB
Anonymous:             0 kB
02c1a000-02c2a000 r--p 0281a000 fe:00 10428522                           /opt/betterauth
Rss:                  64 kB
Anonymous:             0 kB
20988a800000-20988b400000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7f0ec05fd000-7f0ec0753000 r-xp 00026000 fe:00 326269                     /usr/lib/libc.so.6
Anonymous:             0 kB
`

// Only mappings that nobody can write and that have no page of their own are dropped.
func TestCleanMappings(t *testing.T) {
	got := cleanMappings(strings.NewReader(someSmaps), "/opt/betterauth")
	want := []mapping{{0x00400000, 0x016b4000}, {0x02c1a000, 0x02c2a000}}
	if !slices.Equal(got, want) {
		t.Errorf("%x, not %x", got, want)
	}
	for _, text := range []string{"", "-", "x-y", "2-1", "1", "Anonymous:"} {
		if m := parseRange(text); m != nil {
			t.Errorf("%q: %x", text, *m)
		}
	}
}

// The program goes on after its pages were dropped, and has fewer of them.
func TestDropProgram(t *testing.T) {
	before := fileRSS(t)
	dropProgram()
	after := fileRSS(t)
	if before > 4096 && after >= before {
		t.Errorf("%d kB before, %d kB after", before, after)
	}
}

func fileRSS(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
