package main

import (
	"slices"
	"testing"
)

func TestMappingsOf(t *testing.T) {
	const smaps = `00400000-0133b000 r-xp 00000000 fe:00 42   /opt/betterauth
Rss:               10000 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
0133b000-02260000 r--p 00f3b000 fe:00 42   /opt/betterauth
Anonymous:             8 kB
02260000-0234d000 rw-p 01e60000 fe:00 42   /opt/betterauth
Anonymous:             0 kB
0234d000-0235d000 r--p 01f60000 fe:00 42   /opt/betterauth
Anonymous:             0 kB
c000000000-c000400000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7f0000000000-7f0000001000 r-xp 00000000 fe:00 43   /lib/libc.so.6
Anonymous:             0 kB
7f0000002000-7f0000003000 r--s 00000000 fe:00 42   /opt/betterauth
Anonymous:             0 kB
zz-7f0000003000 r--p 00000000 fe:00 42   /opt/betterauth
Anonymous:             0 kB
`
	got := mappingsOf(smaps, "/opt/betterauth")
	if want := []mapping{{0x400000, 0x133b000}, {0x234d000, 0x235d000}}; !slices.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}
