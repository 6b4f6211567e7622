package rediskv

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/seed-32bd42cb/betterauth/internal/address"
)

// parsed is a parsed address.
type parsed struct {
	options *redis.UniversalOptions
	prefix  string // prepended to keys, from ioredis's keyPrefix
	notes   []string
	shown   string // without passwords and parameters

	user, password string // from parameters
	database       string
	tls            address.TLS
	others         []address.Host // from parameters named addr
}

// CheckAddress returns an error if a Redis address is invalid. It opens no
// connection. The error never contains text that may be a password.
func CheckAddress(raw string) error {
	_, err := read(raw)
	return err
}

// schemes lists the schemes of addresses and their meaning.
var schemes = map[string]struct{ secure, cluster, sentinel bool }{
	"redis": {}, "valkey": {}, "redis-socket": {}, "unix": {},
	"rediss": {secure: true}, "valkeys": {secure: true},
	"redis-cluster": {cluster: true}, "redis+cluster": {cluster: true}, "rediss+cluster": {secure: true, cluster: true},
	"redis-sentinel": {sentinel: true}, "redis+sentinel": {sentinel: true}, "rediss+sentinel": {secure: true, sentinel: true},
}

// read parses an address: of one server, of several nodes of a cluster, or of the
// sentinels of a group.
func read(raw string) (*parsed, error) {
	p, err := readURL(raw)
	if err != nil {
		return nil, fmt.Errorf("the address of the secondary storage (Redis) %w", err)
	}
	return p, nil
}

const forms = "must begin with redis://, rediss://, valkey://, valkeys:// or unix://, like redis://host:6379"

func readURL(raw string) (*parsed, error) {
	text, notes := address.Clean(raw)
	if strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") {
		text = "unix://" + text
	}
	u, err := address.Parse(text)
	if errors.Is(err, address.ErrScheme) {
		err = errors.New(forms)
	}
	if err != nil {
		return nil, err
	}
	scheme, known := schemes[u.Scheme]
	switch {
	case !known && (u.Scheme == "http" || u.Scheme == "https"):
		return nil, errors.New(forms + "; Upstash shows such an address next to its REST address")
	case !known:
		return nil, errors.New(forms)
	}
	p := &parsed{options: &redis.UniversalOptions{IsClusterMode: scheme.cluster}, notes: notes}
	p.user, p.password, p.database = u.User, u.Password, u.Path
	if scheme.secure {
		p.tls.Raise(address.Verified)
	}
	local := u.Scheme == "unix" || u.Scheme == "redis-socket"
	if local && (len(u.Hosts) > 0 || u.Path == "") {
		return nil, errors.New("needs the absolute path of the socket, like unix:///run/redis.sock")
	}
	if local {
		u.Hosts, u.Path, p.database = []address.Host{{Name: "/" + u.Path}}, "", ""
	}
	dropped, err := parameters.Apply(p, u.Params)
	if err != nil {
		return nil, fmt.Errorf("cannot be used: %w", err)
	}
	p.notes = append(p.notes, dropped...)
	if p.user+p.password != "" {
		u.User, u.Password = "xxxxx", "" // redis://password@host is a common mistake
	}
	p.shown = u.String()
	if scheme.sentinel && p.options.MasterName == "" {
		return nil, errors.New("needs the name of the group that the sentinels monitor: ?sentinelMaster=name")
	}
	return p, p.complete(append(u.Hosts, p.others...))
}

// complete sets the options from the parsed parts.
func (p *parsed) complete(hosts []address.Host) error {
	o := p.options
	o.Username, o.Password = p.user, p.password
	port := "6379"
	if o.MasterName != "" {
		port = "26379"
	}
	if len(hosts) == 0 {
		hosts = []address.Host{{Name: "localhost"}}
	}
	for _, h := range hosts {
		switch {
		case h.Name == "" && len(hosts) > 1:
			return errors.New("has an empty host")
		case h.Name == "":
			h.Name = "localhost"
		case strings.HasPrefix(h.Name, "/"):
			o.Addrs = append(o.Addrs, h.Name)
			continue
		}
		if h.Port == "" {
			h.Port = port
		}
		o.Addrs = append(o.Addrs, net.JoinHostPort(h.Name, h.Port))
	}
	o.IsClusterMode = o.IsClusterMode || len(hosts) > 1 && o.MasterName == ""
	if text := strings.Trim(p.database, "/"); text != "" {
		db, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			return errors.New("has no database number after the host; write it like redis://host:6379/0")
		}
		o.DB = int(db)
	}
	if o.IsClusterMode && o.DB != 0 {
		return errors.New("names a database, but a Redis Cluster only has database 0")
	}
	level, err := p.tls.Settle()
	if err != nil {
		return fmt.Errorf("cannot be used: %w", err)
	}
	p.tls.Level = level
	return nil
}

// secure reads the certificate files and completes the options.
func (p *parsed) secure() error {
	name, _, _ := net.SplitHostPort(p.options.Addrs[0]) // dialer uses the name of another node
	var err error
	if p.options.TLSConfig, err = p.tls.Config(p.tls.Level, name); err != nil {
		return fmt.Errorf("the secondary storage %s cannot be opened: %w", p.shown, err)
	}
	return nil
}

const (
	ofIoredis = "it concerns callers of ioredis"
	tcpOwn    = "this server watches its connections itself"
)

// parameters are those of go-redis, ioredis, BullMQ, node-redis, Python's redis and
// hosting providers.
var parameters = address.Table[*parsed]{
	"db":       text(func(p *parsed) *string { return &p.database }),
	"username": text(func(p *parsed) *string { return &p.user }), "user": text(func(p *parsed) *string { return &p.user }),
	"password": text(func(p *parsed) *string { return &p.password }),

	// Several nodes.
	"cluster":        flag(func(p *parsed) *bool { return &p.options.IsClusterMode }),
	"addr":           address.Keep((*parsed).addr),
	"sentinelMaster": text(func(p *parsed) *string { return &p.options.MasterName }), "master_name": text(func(p *parsed) *string { return &p.options.MasterName }),
	"sentinelMasterId": text(func(p *parsed) *string { return &p.options.MasterName }), "name": text(func(p *parsed) *string { return &p.options.MasterName }),
	"sentinelUsername": text(func(p *parsed) *string { return &p.options.SentinelUsername }), "sentinel_username": text(func(p *parsed) *string { return &p.options.SentinelUsername }),
	"sentinelPassword": text(func(p *parsed) *string { return &p.options.SentinelPassword }), "sentinel_password": text(func(p *parsed) *string { return &p.options.SentinelPassword }),
	"max_redirects": number(func(p *parsed) *int { return &p.options.MaxRedirects }),

	// The pool and its time limits.
	"client_name": text(func(p *parsed) *string { return &p.options.ClientName }), "connectionName": text(func(p *parsed) *string { return &p.options.ClientName }),
	"protocol": number(func(p *parsed) *int { return &p.options.Protocol }), "max_retries": retries,
	"pool_size": number(func(p *parsed) *int { return &p.options.PoolSize }), "min_idle_conns": number(func(p *parsed) *int { return &p.options.MinIdleConns }),
	"max_idle_conns": number(func(p *parsed) *int { return &p.options.MaxIdleConns }), "max_active_conns": number(func(p *parsed) *int { return &p.options.MaxActiveConns }),
	"max_connections":      number(func(p *parsed) *int { return &p.options.MaxActiveConns }),
	"max_concurrent_dials": number(func(p *parsed) *int { return &p.options.MaxConcurrentDials }),
	"pool_fifo":            flag(func(p *parsed) *bool { return &p.options.PoolFIFO }),
	"min_retry_backoff":    during(time.Second, func(p *parsed) *time.Duration { return &p.options.MinRetryBackoff }),
	"max_retry_backoff":    during(time.Second, func(p *parsed) *time.Duration { return &p.options.MaxRetryBackoff }),
	"dial_timeout":         during(time.Second, func(p *parsed) *time.Duration { return &p.options.DialTimeout }), "connectTimeout": during(time.Millisecond, func(p *parsed) *time.Duration { return &p.options.DialTimeout }),
	"socket_connect_timeout": during(time.Second, func(p *parsed) *time.Duration { return &p.options.DialTimeout }),
	"read_timeout":           during(time.Second, func(p *parsed) *time.Duration { return &p.options.ReadTimeout }), "commandTimeout": during(time.Millisecond, func(p *parsed) *time.Duration { return &p.options.ReadTimeout }),
	"socket_timeout": during(time.Second, func(p *parsed) *time.Duration { return &p.options.ReadTimeout }), "socketTimeout": during(time.Millisecond, func(p *parsed) *time.Duration { return &p.options.ReadTimeout }),
	"write_timeout":      during(time.Second, func(p *parsed) *time.Duration { return &p.options.WriteTimeout }),
	"pool_timeout":       during(time.Second, func(p *parsed) *time.Duration { return &p.options.PoolTimeout }),
	"conn_max_idle_time": during(time.Second, func(p *parsed) *time.Duration { return &p.options.ConnMaxIdleTime }), "idle_timeout": during(time.Second, func(p *parsed) *time.Duration { return &p.options.ConnMaxIdleTime }),
	"conn_max_lifetime": during(time.Second, func(p *parsed) *time.Duration { return &p.options.ConnMaxLifetime }), "max_conn_age": during(time.Second, func(p *parsed) *time.Duration { return &p.options.ConnMaxLifetime }),
	"conn_max_lifetime_jitter": during(time.Second, func(p *parsed) *time.Duration { return &p.options.ConnMaxLifetimeJitter }),
	"keyPrefix":                text(func(p *parsed) *string { return &p.prefix }),

	// Encryption.
	"tls": secured((*address.TLS).Boolean), "ssl": secured((*address.TLS).Boolean),
	"skip_verify":        address.Keep((*parsed).skipVerify),
	"rejectUnauthorized": secured((*address.TLS).Reject),
	"ssl_cert_reqs":      address.Keep((*parsed).certReqs),
	"ssl_check_hostname": address.Keep((*parsed).checkHostname),
	"ssl_ca_certs":       text(func(p *parsed) *string { return &p.tls.CA }), "sslrootcert": text(func(p *parsed) *string { return &p.tls.CA }),
	"ssl_certfile": text(func(p *parsed) *string { return &p.tls.Cert }), "sslcert": text(func(p *parsed) *string { return &p.tls.Cert }),
	"ssl_keyfile": text(func(p *parsed) *string { return &p.tls.Key }), "sslkey": text(func(p *parsed) *string { return &p.tls.Key }),

	// Parameters without effect.
	"family":    address.Drop[*parsed]("addresses of both families are tried"),
	"keepAlive": address.Drop[*parsed](tcpOwn), "noDelay": address.Drop[*parsed](tcpOwn), "socket_keepalive": address.Drop[*parsed](tcpOwn),
	"health_check_interval": address.Drop[*parsed](tcpOwn), "pingInterval": address.Drop[*parsed](tcpOwn),
	"maxRetriesPerRequest": address.Drop[*parsed](ofIoredis), "enableReadyCheck": address.Drop[*parsed](ofIoredis), "enableOfflineQueue": address.Drop[*parsed](ofIoredis),
	"lazyConnect": address.Drop[*parsed](ofIoredis), "autoResubscribe": address.Drop[*parsed](ofIoredis), "autoResendUnfulfilledCommands": address.Drop[*parsed](ofIoredis),
	"enableAutoPipelining": address.Drop[*parsed](ofIoredis), "stringNumbers": address.Drop[*parsed](ofIoredis), "showFriendlyErrorStack": address.Drop[*parsed](ofIoredis),
	"maxLoadingRetryTime": address.Drop[*parsed](ofIoredis), "disableClientInfo": address.Drop[*parsed](ofIoredis), "retryStrategy": address.Drop[*parsed](ofIoredis),
	"disconnectTimeout": address.Drop[*parsed](ofIoredis), "decode_responses": address.Drop[*parsed](ofIoredis), "encoding": address.Drop[*parsed](ofIoredis),
	"retry_on_timeout": address.Drop[*parsed](ofIoredis), "pipeline_pool_size": address.Drop[*parsed]("no pipelines are used"),
	"pipeline_read_buffer_size": address.Drop[*parsed]("no pipelines are used"), "pipeline_write_buffer_size": address.Drop[*parsed]("no pipelines are used"),
}

func text(to func(p *parsed) *string) address.Rule[*parsed] {
	return address.Keep(func(p *parsed, v string) error { *to(p) = v; return nil })
}

func flag(to func(p *parsed) *bool) address.Rule[*parsed] {
	return address.Keep(func(p *parsed, v string) (err error) { *to(p), err = address.Bool(v); return err })
}

func number(to func(p *parsed) *int) address.Rule[*parsed] {
	return address.Keep(func(p *parsed, v string) (err error) { *to(p), err = address.Count(v); return err })
}

// retries also accepts go-redis's -1 for "none".
var retries = address.Keep(func(p *parsed, v string) (err error) {
	if v == "-1" || v == "0" {
		p.options.MaxRetries = -1
		return nil
	}
	p.options.MaxRetries, err = address.Count(v)
	return err
})

// during parses a duration; 0 and less mean "no limit", which is -1 in go-redis.
func during(unit time.Duration, to func(p *parsed) *time.Duration) address.Rule[*parsed] {
	return address.Keep(func(p *parsed, v string) error {
		d, err := address.Duration(strings.TrimPrefix(v, "-"), unit)
		if d == 0 || strings.HasPrefix(v, "-") {
			d = -1
		}
		*to(p) = d
		return err
	})
}

func secured(set func(t *address.TLS, v string) error) address.Rule[*parsed] {
	return address.Keep(func(p *parsed, v string) error { return set(&p.tls, v) })
}

// addr adds one more node.
func (p *parsed) addr(value string) error {
	u, err := address.Parse("redis://" + value)
	if err != nil || len(u.Hosts) == 0 || u.User != "" || u.Path != "" || len(u.Params) > 0 {
		return errors.New("must be host:port")
	}
	p.others = append(p.others, u.Hosts...)
	return nil
}

func (p *parsed) skipVerify(value string) error {
	skip, err := address.Bool(value)
	p.tls.Unchecked = p.tls.Unchecked || skip
	return err
}

// certReqs parses the words of Python's redis and of Celery.
func (p *parsed) certReqs(value string) error {
	word, err := address.OneOf(strings.TrimPrefix(strings.ToLower(value), "cert_"), "none", "optional", "required")
	p.tls.Unchecked = p.tls.Unchecked || word != "required"
	return err
}

func (p *parsed) checkHostname(value string) error {
	check, err := address.Bool(value)
	if err == nil && !check {
		err = errors.New("cannot be false: name the host that the certificate is issued for")
	}
	return err
}
