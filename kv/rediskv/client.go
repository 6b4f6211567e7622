package rediskv

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/seed-32bd42cb/betterauth/internal/dial"
)

// idleTimeout is how long an unused connection stays open.
const idleTimeout = 45 * time.Second

// settings reads an address of one node, a cluster or a group of sentinels,
// and completes what it leaves open for calls that end within timeout: half of
// it for an attempt, so that one more on a new connection fits in.
func settings(address string, timeout time.Duration) (*redis.UniversalOptions, error) {
	nodes, rest, err := split(address)
	if err != nil {
		return nil, err
	}
	single, err := redis.ParseURL(rest)
	if err != nil {
		return nil, fmt.Errorf("rediskv: %s", withoutURL(err, rest))
	}
	attempt := timeout / 2
	o := &redis.UniversalOptions{
		Addrs: append([]string{single.Addr}, nodes.others...), DB: single.DB,
		Username: single.Username, Password: single.Password, Protocol: single.Protocol, ClientName: single.ClientName,
		MasterName: nodes.group, SentinelUsername: nodes.sentinelUser, SentinelPassword: nodes.sentinelPassword,
		IsClusterMode: nodes.cluster || len(nodes.others) > 0 && nodes.group == "",

		DialTimeout: cmp.Or(single.DialTimeout, attempt), ReadTimeout: cmp.Or(single.ReadTimeout, attempt),
		WriteTimeout: cmp.Or(single.WriteTimeout, attempt), PoolTimeout: cmp.Or(single.PoolTimeout, attempt),
		ContextTimeoutEnabled: true,
		// Store.do repeats a call, on connections that are certainly new.
		MaxRetries: cmp.Or(single.MaxRetries, -1), DialerRetries: 1,
		MinRetryBackoff: single.MinRetryBackoff, MaxRetryBackoff: single.MaxRetryBackoff,

		PoolFIFO: single.PoolFIFO, PoolSize: single.PoolSize, MinIdleConns: single.MinIdleConns, MaxIdleConns: single.MaxIdleConns,
		MaxActiveConns: single.MaxActiveConns, MaxConcurrentDials: single.MaxConcurrentDials,
		PipelinePoolSize: single.PipelinePoolSize, PipelineReadBufferSize: single.PipelineReadBufferSize, PipelineWriteBufferSize: single.PipelineWriteBufferSize,
		ConnMaxIdleTime: cmp.Or(single.ConnMaxIdleTime, idleTimeout), ConnMaxLifetime: single.ConnMaxLifetime, ConnMaxLifetimeJitter: single.ConnMaxLifetimeJitter,
		TLSConfig: single.TLSConfig,

		// Neither is known to Redis 6.2 and Valkey; they would cost a failing
		// command on each new connection.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if o.IsClusterMode && o.DB != 0 {
		return nil, errors.New("rediskv: a Redis Cluster has the database 0 only")
	}
	o.Dialer = dialer(o.DialTimeout, o.TLSConfig)
	return o, nil
}

// dialer opens connections, with TLS where there is a configuration for it. A
// node of a cluster that is named must have a certificate for its name; one
// that is a bare IP address must have one for the host of the URL.
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

// nodes are what an address says besides what go-redis reads from one.
type nodes struct {
	others                         []string // host:port of the nodes after the first
	cluster                        bool
	group                          string // of sentinels
	sentinelUser, sentinelPassword string
}

// split takes out of an address what makes it one of several nodes: further
// hosts, separated by commas or as parameters addr, and the parameters cluster,
// master_name, sentinel_username and sentinel_password.
func split(address string) (n nodes, rest string, err error) {
	scheme, tail, ok := strings.Cut(address, "://")
	if !ok || scheme == "unix" {
		return n, address, nil
	}
	authority, query, asks := strings.Cut(tail, "?")
	authority, path, slash := strings.Cut(authority, "/")
	user := ""
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		user, authority = authority[:at+1], authority[at+1:]
	}
	hosts := strings.Split(authority, ",")
	q, err := url.ParseQuery(query)
	if err != nil {
		return n, "", errors.New("rediskv: the parameters of the URL cannot be read")
	}
	hosts = append(hosts, q["addr"]...)
	n.group = q.Get("master_name")
	n.sentinelUser, n.sentinelPassword = q.Get("sentinel_username"), q.Get("sentinel_password")
	if text := q.Get("cluster"); text != "" {
		if n.cluster, err = strconv.ParseBool(text); err != nil {
			return n, "", errors.New("rediskv: the parameter cluster of the URL must be true or false")
		}
	}
	for _, ours := range []string{"addr", "master_name", "sentinel_username", "sentinel_password", "cluster"} {
		q.Del(ours)
	}
	if len(hosts) > 1 && slices.Contains(hosts, "") {
		return n, "", errors.New("rediskv: a host of the URL is empty")
	}
	port := "6379"
	if n.group != "" {
		port = "26379"
	}
	for i, h := range hosts {
		if _, _, err := net.SplitHostPort(h); err != nil && h != "" {
			hosts[i] = net.JoinHostPort(strings.Trim(h, "[]"), port)
		}
	}
	n.others = hosts[1:]
	rest = scheme + "://" + user + hosts[0]
	if slash {
		rest += "/" + path
	}
	if asks && len(q) > 0 {
		rest += "?" + q.Encode()
	}
	return n, rest, nil
}
