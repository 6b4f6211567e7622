package dial_test

import (
	"net"
	"syscall"
	"testing"
)

// TestSilenceIsLimited reads the options back from the socket.
func TestSilenceIsLimited(t *testing.T) {
	client, _ := pair(t)
	raw, err := client.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct{ level, option, value int }{
		"TCP_USER_TIMEOUT": {syscall.IPPROTO_TCP, 0x12, 10_000},
		"SO_KEEPALIVE":     {syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		"TCP_KEEPIDLE":     {syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15},
		"TCP_KEEPINTVL":    {syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 5},
		"TCP_KEEPCNT":      {syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 3},
	} {
		if err := raw.Control(func(fd uintptr) {
			if got, err := syscall.GetsockoptInt(int(fd), want.level, want.option); err != nil || got != want.value {
				t.Errorf("%s = %d, %v; want %d", name, got, err, want.value)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
}
