// Package dial opens connections to databases and secondary storages that detect
// a peer that no longer answers: with keep-alive probes while nothing is sent,
// and with a limit for unacknowledged data if the system has one.
package dial

import (
	"context"
	"net"
	"time"
)

// silence is how long sent data may remain unacknowledged before the system ends
// the connection (TCP_USER_TIMEOUT).
const silence = 10 * time.Second

// Func opens a connection, like net.Dialer.DialContext.
type Func func(ctx context.Context, network, addr string) (net.Conn, error)

// New returns a Func with this timeout; with 0 only ctx limits the time. A
// connection is probed after 15 seconds without data, and ended after three
// unanswered probes, 5 seconds apart.
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

// Quiet reports whether an idle connection is open and has no data to read. In a
// protocol in which the server only answers, data means that the server has ended
// the connection or is about to. Quiet sends nothing and does not wait. For a
// connection that cannot be examined it returns true.
func Quiet(c net.Conn) bool {
	// TLS connections wrap another connection.
	for {
		inner, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return quiet(c)
		}
		c = inner.NetConn()
	}
}
