// Package dial opens connections to databases and secondary storages such that
// a peer which falls silent is noticed: by keep-alive probes while nothing is
// sent, and by a limit for unacknowledged data where the system has one.
package dial

import (
	"context"
	"net"
	"time"
)

// silence is how long sent data may stay unacknowledged before the system ends
// the connection (TCP_USER_TIMEOUT).
const silence = 10 * time.Second

// Func opens a connection, as net.Dialer.DialContext does.
type Func func(ctx context.Context, network, addr string) (net.Conn, error)

// New returns a Func that gives up after timeout; 0 leaves it to ctx. A
// connection on which nothing arrives is probed after 15 seconds, and ended
// when three probes, 5 seconds apart, stay without an answer.
func New(timeout time.Duration) Func {
	d := &net.Dialer{
		Timeout: timeout,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3,
		},
		Control: limitSilence,
	}
	return d.DialContext
}

// Quiet reports whether an idle connection is still open with nothing to be
// read. In a protocol where the server speaks only when asked, anything else
// means that the server has ended the connection or is about to. It sends
// nothing and does not wait. A connection that cannot be examined is quiet.
func Quiet(c net.Conn) bool {
	// TLS connections have the one below.
	for {
		inner, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return quiet(c)
		}
		c = inner.NetConn()
	}
}
