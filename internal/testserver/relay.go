//go:build unix

package testserver

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Relay forwards TCP connections to a server until it is told to stop: it then
// keeps the connections open and forwards nothing, like a gateway that has
// dropped them.
type Relay struct {
	target string
	l      net.Listener
	frozen atomic.Bool
	opened atomic.Int64

	mu    sync.Mutex
	links map[*link]bool
}

// link is one connection through a Relay.
type link struct {
	in, out net.Conn
	silent  atomic.Bool
}

// NewRelay starts a relay to host:port. It ends with the test.
func NewRelay(t testing.TB, target string) *Relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{target: target, l: l, links: map[*link]bool{}}
	go r.accept()
	t.Cleanup(func() {
		_ = l.Close()
		r.Cut()
	})
	return r
}

// Addr returns the relay's host:port.
func (r *Relay) Addr() string { return r.l.Addr().String() }

// Opened returns the number of connections that were opened so far.
func (r *Relay) Opened() int64 { return r.opened.Load() }

// Live returns the number of connections that neither end has closed.
func (r *Relay) Live() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.links)
}

// Forget silences the existing connections; new ones work.
func (r *Relay) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range r.links {
		k.silent.Store(true)
	}
}

// Freeze silences all existing and new connections until Thaw. Data sent
// meanwhile is lost.
func (r *Relay) Freeze() {
	r.frozen.Store(true)
	r.Forget()
}

// Thaw lets new connections work again; the silent ones stay silent.
func (r *Relay) Thaw() { r.frozen.Store(false) }

// Cut closes all connections.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range r.links {
		k.close()
	}
}

func (k *link) close() {
	_ = k.in.Close()
	_ = k.out.Close()
}

func (r *Relay) accept() {
	for {
		in, err := r.l.Accept()
		if err != nil {
			return
		}
		r.opened.Add(1)
		out, err := net.Dial("tcp", r.target)
		if err != nil {
			_ = in.Close()
			continue
		}
		k := &link{in: in, out: out}
		k.silent.Store(r.frozen.Load())
		r.mu.Lock()
		r.links[k] = true
		r.mu.Unlock()
		go r.forward(k, in, out)
		go r.forward(k, out, in)
	}
}

// forward copies one direction. A silenced link still reads, so that the sender's
// data is acknowledged.
func (r *Relay) forward(k *link, from, to net.Conn) {
	defer func() {
		if k.silent.Load() {
			return
		}
		k.close()
		r.mu.Lock()
		delete(r.links, k)
		r.mu.Unlock()
	}()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		if k.silent.Load() {
			continue
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}
