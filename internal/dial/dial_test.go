package dial_test

import (
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/dial"
)

// pair opens a connection and returns both ends.
func pair(t *testing.T) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err = dial.New(5*time.Second)(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err = l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// turns waits until c has the wanted state: an action of the other end takes a
// moment to arrive.
func turns(t *testing.T, c net.Conn, quiet bool) {
	t.Helper()
	for range 500 {
		if dial.Quiet(c) == quiet {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("quiet is %v", !quiet)
}

func TestQuiet(t *testing.T) {
	t.Run("open", func(t *testing.T) {
		client, _ := pair(t)
		turns(t, client, true)
	})
	t.Run("closed by the server", func(t *testing.T) {
		client, server := pair(t)
		server.Close()
		turns(t, client, false)
	})
	t.Run("the server speaks unasked", func(t *testing.T) {
		client, server := pair(t)
		if _, err := server.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		turns(t, client, false)
		b := make([]byte, 1)
		if n, err := client.Read(b); n != 1 || err != nil {
			t.Errorf("the byte was taken: %d, %v", n, err)
		}
		turns(t, client, true)
	})
	t.Run("within TLS", func(t *testing.T) {
		client, server := pair(t)
		secured := tls.Client(client, &tls.Config{InsecureSkipVerify: true})
		turns(t, secured, true)
		server.Close()
		turns(t, secured, false)
	})
	t.Run("closed here", func(t *testing.T) {
		client, _ := pair(t)
		client.Close()
		turns(t, client, false)
	})
	t.Run("while somebody reads", func(t *testing.T) {
		client, _ := pair(t)
		reading := make(chan bool)
		go func() {
			close(reading)
			_, _ = client.Read(make([]byte, 1)) // blocks until the test ends
		}()
		<-reading
		for range 100 {
			turns(t, client, true)
			time.Sleep(time.Millisecond)
		}
	})
	t.Run("no socket", func(t *testing.T) {
		client, _ := net.Pipe()
		turns(t, client, true)
	})
}
