package rediskv

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/seed-32bd42cb/betterauth/internal/dial"
)

// idleTimeout is how long an unused connection stays open.
const idleTimeout = 45 * time.Second

// complete fills in unset options for calls that end within timeout. An attempt
// gets half of it, so that a second one on a new connection fits in.
func complete(o *redis.UniversalOptions, timeout time.Duration) {
	attempt := timeout / 2
	o.DialTimeout, o.ReadTimeout = cmp.Or(o.DialTimeout, attempt), cmp.Or(o.ReadTimeout, attempt)
	o.WriteTimeout, o.PoolTimeout = cmp.Or(o.WriteTimeout, attempt), cmp.Or(o.PoolTimeout, attempt)
	o.ContextTimeoutEnabled = true
	// Store.do repeats a call, and always on new connections.
	o.MaxRetries, o.DialerRetries = cmp.Or(o.MaxRetries, -1), 1
	o.ConnMaxIdleTime = cmp.Or(o.ConnMaxIdleTime, idleTimeout)
	// Redis 6.2 and Valkey do not know these commands; they would fail on each new
	// connection.
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.Dialer = dialer(o.DialTimeout, o.TLSConfig)
}

// dialer opens connections, with TLS if secure is not nil. A node of a cluster that
// is known by name needs a certificate for its name; one that is known by its IP
// address needs a certificate for the host of the URL.
func dialer(timeout time.Duration, secure *tls.Config) func(ctx context.Context, network, addr string) (net.Conn, error) {
	open := dial.New(timeout)
	if secure == nil {
		return open
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		raw, err := open(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		c := secure.Clone()
		if host, _, err := net.SplitHostPort(addr); err == nil && net.ParseIP(host) == nil {
			c.ServerName = host
		}
		over := tls.Client(raw, c)
		if err := over.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, err
		}
		return over, nil
	}
}
