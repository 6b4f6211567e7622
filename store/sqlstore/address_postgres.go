package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-32bd42cb/betterauth/internal/address"
)

// readPostgres parses postgres:// addresses, and socket: as node-postgres does.
func (a *Address) readPostgres(text, base string) error {
	a.Dialect = Postgres
	if base == "socket" {
		// socket:/run/postgresql?db=app, socket://user:password@/run/postgresql?db=app
		text = "socket://" + strings.TrimPrefix(strings.TrimPrefix(text[len("socket:"):], "//"), "//")
	}
	u, err := address.Parse(text)
	if errors.Is(err, address.ErrScheme) {
		err = errors.New("must begin with postgres://, with two slashes")
	}
	if err != nil {
		return err
	}
	a.user, a.password, a.hosts, a.database = u.User, u.Password, u.Hosts, u.Path
	a.Notes = append(a.Notes, u.Notes...)
	if base == "socket" {
		a.hosts, a.database = []address.Host{{Name: "/" + u.Path}}, ""
	}
	return a.postgres(u.Params)
}

// postgres applies the parameters.
func (a *Address) postgres(params []address.Param) error {
	var known []address.Param
	for _, p := range params {
		if strings.Contains(p.Name, ".") && !p.Unsure {
			a.params[p.Name] = p.Value // a setting of an extension or an application
			continue
		}
		known = append(known, p)
	}
	if err := a.apply(postgresParams, known); err != nil {
		return err
	}
	a.show("postgres")
	if a.behindPooler() {
		var dropped []string
		for _, name := range sessionTimeouts {
			if _, there := a.params[name]; there {
				delete(a.params, name)
				dropped = append(dropped, name)
			}
		}
		if len(dropped) > 0 {
			a.Notes = append(a.Notes, strings.Join(dropped, ", ")+" has no effect: poolers refuse it")
		}
	}
	return nil
}

// sessionTimeouts are settings that PgBouncer rejects in a startup message and
// that can be left out.
var sessionTimeouts = []string{"lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout", "transaction_timeout", "extra_float_digits"}

const (
	watched   = "this server watches its connections itself"
	unneeded  = "this server does not need it"
	formatted = "values are read and written in the reference's form"
)

// postgresParams are the parameters of libpq, pgx, node-postgres, postgres.js,
// Prisma, JDBC, asyncpg and hosting providers.
var postgresParams = address.Table[*Address]{
	// Server, user and database.
	"host":     address.Keep((*Address).hostParam),
	"port":     set(func(a *Address) *string { return &a.ports }),
	"user":     set(func(a *Address) *string { return &a.user }),
	"password": set(func(a *Address) *string { return &a.password }),
	"dbname":   address.Keep((*Address).databaseParam),
	"database": address.Keep((*Address).databaseParam),
	"db":       address.Keep((*Address).databaseParam),
	"hostaddr": refuse("is not supported: use host"),

	// Parameters of pgx and the server.
	"application_name": keep("application_name"), "options": keep("options"), "channel_binding": keep("channel_binding"),
	"target_session_attrs": keep("target_session_attrs"), "sslsni": keep("sslsni"), "sslnegotiation": keep("sslnegotiation"),
	"sslcertmode": keep("sslcertmode"), "require_auth": keep("require_auth"),
	"min_protocol_version": keep("min_protocol_version"), "max_protocol_version": keep("max_protocol_version"),
	"passfile": keep("passfile"), "service": keep("service"), "servicefile": keep("servicefile"),
	"krbsrvname": keep("krbsrvname"), "krbspn": keep("krbspn"),
	"statement_cache_capacity": keep("statement_cache_capacity"), "description_cache_capacity": keep("description_cache_capacity"),
	"default_query_exec_mode": keep("default_query_exec_mode"),
	"search_path":             keep("search_path"), "timezone": keep("timezone"), "TimeZone": keep("timezone"),
	"datestyle": keep("datestyle"), "DateStyle": keep("datestyle"), "intervalstyle": keep("intervalstyle"),
	"role": keep("role"), "work_mem": keep("work_mem"), "jit": keep("jit"), "plan_cache_mode": keep("plan_cache_mode"),
	"client_min_messages": keep("client_min_messages"), "extra_float_digits": keep("extra_float_digits"),
	"lock_timeout": keep("lock_timeout"), "idle_in_transaction_session_timeout": keep("idle_in_transaction_session_timeout"),
	"idle_session_timeout": keep("idle_session_timeout"), "transaction_timeout": keep("transaction_timeout"),
	"default_transaction_isolation": keep("default_transaction_isolation"),
	"default_transaction_read_only": keep("default_transaction_read_only"),

	// The schema, the pool and its time limits.
	"schema":                       set(func(a *Address) *string { return &a.schema }),
	"currentSchema":                set(func(a *Address) *string { return &a.schema }),
	"connection_limit":             number(func(a *Address) *int { return &a.maxOpen }),
	"max":                          number(func(a *Address) *int { return &a.maxOpen }),
	"pool_timeout":                 address.Drop[*Address](waitsWithin),
	"connect_timeout":              during(time.Second, func(a *Address) *time.Duration { return &a.connectTimeout }),
	"connectTimeout":               during(time.Second, func(a *Address) *time.Duration { return &a.connectTimeout }),
	"loginTimeout":                 during(time.Second, func(a *Address) *time.Duration { return &a.connectTimeout }),
	"connectionTimeoutMillis":      during(time.Millisecond, func(a *Address) *time.Duration { return &a.connectTimeout }),
	"idle_timeout":                 during(time.Second, func(a *Address) *time.Duration { return &a.idleTimeout }),
	"idleTimeoutMillis":            during(time.Millisecond, func(a *Address) *time.Duration { return &a.idleTimeout }),
	"max_idle_connection_lifetime": during(time.Second, func(a *Address) *time.Duration { return &a.idleTimeout }),
	"max_lifetime":                 during(time.Second, func(a *Address) *time.Duration { return &a.lifetime }),
	"max_connection_lifetime":      during(time.Second, func(a *Address) *time.Duration { return &a.lifetime }),
	"statement_timeout":            queries(time.Millisecond),
	"query_timeout":                queries(time.Millisecond),
	"socket_timeout":               queries(time.Second),
	"socketTimeout":                queries(time.Second),
	"command_timeout":              queries(time.Second),

	// Poolers.
	"pgbouncer":                     address.Keep((*Address).poolerParam),
	"prepare":                       address.Keep((*Address).prepareParam),
	"statement_cache_size":          address.Keep((*Address).cacheParam),
	"prepared_statement_cache_size": address.Keep((*Address).cacheParam),
	"prepareThreshold":              address.Keep((*Address).cacheParam),

	// Encryption.
	"sslmode":                  address.Keep((*Address).sslmodeParam),
	"ssl":                      address.Keep((*Address).sslParam),
	"sslaccept":                secured((*address.TLS).Accept),
	"rejectUnauthorized":       secured((*address.TLS).Reject),
	"sslrootcert":              set(func(a *Address) *string { return &a.tls.CA }),
	"sslcert":                  set(func(a *Address) *string { return &a.tls.Cert }),
	"sslkey":                   set(func(a *Address) *string { return &a.tls.Key }),
	"sslpassword":              set(func(a *Address) *string { return &a.keyPassword }),
	"sslidentity":              refuse("is a PKCS #12 file, which is not supported: convert it with openssl pkcs12 and set sslcert and sslkey"),
	"ssl_min_protocol_version": must("is not supported: TLS 1.2 is always the minimum", "TLSv1", "TLSv1.1", "TLSv1.2"),
	"sslcrl":                   refuse("is not supported"),
	"sslcrldir":                refuse("is not supported"),
	"requirepeer":              refuse("is not supported"),
	"uselibpqcompat":           address.Keep(func(a *Address, v string) (err error) { a.libpqSemantics, err = address.Bool(v); return err }),

	// Synonyms.
	"fallback_application_name": address.Keep((*Address).fallbackName),
	"ApplicationName":           keep("application_name"),
	"client_encoding":           must("must be UTF8", "utf8", "utf-8", "unicode", "auto"),
	"encoding":                  must("must be UTF8", "utf8", "utf-8"),
	"charset":                   must("must be UTF8", "utf8", "utf-8"),
	"targetServerType":          address.Keep((*Address).serverType),

	// Parameters without effect.
	"keepalives": address.Drop[*Address](watched), "keepalives_idle": address.Drop[*Address](watched),
	"keepalives_interval": address.Drop[*Address](watched), "keepalives_count": address.Drop[*Address](watched),
	"tcp_user_timeout": address.Drop[*Address](watched), "tcpKeepAlive": address.Drop[*Address](watched),
	"keep_alive": address.Drop[*Address](watched), "keepAlive": address.Drop[*Address](watched),
	"keepAliveInitialDelayMillis": address.Drop[*Address](watched),
	"sslcompression":              address.Drop[*Address](unneeded), "gssencmode": address.Drop[*Address](unneeded),
	"gsslib": address.Drop[*Address](unneeded), "gssdelegation": address.Drop[*Address](unneeded),
	"load_balance_hosts": address.Drop[*Address](unneeded), "loadBalanceHosts": address.Drop[*Address](unneeded),
	"reWriteBatchedInserts": address.Drop[*Address](unneeded), "fetch_types": address.Drop[*Address](unneeded),
	"max_pipeline": address.Drop[*Address](unneeded), "backoff": address.Drop[*Address](unneeded), "debug": address.Drop[*Address](unneeded),
	"supa": address.Drop[*Address](unneeded), "workaround": address.Drop[*Address](unneeded),
	"binary": address.Drop[*Address](formatted), "binaryTransfer": address.Drop[*Address](formatted), "stringtype": address.Drop[*Address](formatted),
}

// databaseParam is used if the path names no database.
func (a *Address) databaseParam(value string) error {
	if a.database == "" {
		a.database = value
	}
	return nil
}

func (a *Address) fallbackName(value string) error {
	if a.params["application_name"] == "" {
		a.params["application_name"] = value
	}
	return nil
}

func (a *Address) serverType(value string) error {
	word, err := address.OneOf(value, "any", "primary", "master", "secondary", "slave", "prefersecondary", "preferslave")
	a.params["target_session_attrs"] = map[string]string{
		"any": "any", "primary": "primary", "master": "primary", "secondary": "standby", "slave": "standby",
		"prefersecondary": "prefer-standby", "preferslave": "prefer-standby",
	}[word]
	return err
}

func (a *Address) poolerParam(value string) error {
	on, err := address.Bool(value)
	a.pooler = &on
	return err
}

// prepareParam parses postgres.js's prepare=false, which is set for poolers.
func (a *Address) prepareParam(value string) error {
	on, err := address.Bool(value)
	if off := true; !on {
		a.pooler = &off
	}
	return err
}

// cacheParam parses the size of a statement cache; 0 is set for poolers.
func (a *Address) cacheParam(value string) error {
	n, err := address.Count(value)
	if off := true; n == 0 {
		a.pooler = &off
	}
	return err
}

// sslmodeParam parses libpq's words, and node-postgres's no-verify.
func (a *Address) sslmodeParam(value string) error {
	word, err := address.OneOf(value, "disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify")
	if err != nil {
		return err
	}
	switch word {
	case "disable":
		a.tls.Raise(address.Off)
	case "allow", "prefer":
		a.tls.Raise(address.Possible)
	case "require":
		a.tls.Raise(address.Encrypt)
	case "verify-ca":
		a.tls.Demanded = true
		a.tls.Raise(address.Trusted)
	case "verify-full":
		a.tls.Demanded = true
		a.tls.Raise(address.Verified)
	case "no-verify":
		a.tls.Unchecked = true
		a.tls.Raise(address.Encrypt)
	}
	return nil
}

// sslParam parses ssl as node-postgres and postgres.js do.
func (a *Address) sslParam(value string) error {
	switch word := strings.ToLower(value); {
	case strings.HasPrefix(word, "{"):
		if err := a.tls.JSON(value); err != nil {
			return err
		}
		if a.tls.CAText != "" || a.tls.CertText != "" || a.tls.ServerName != "" {
			return errors.New("cannot hold certificates: name the files with sslrootcert, sslcert and sslkey")
		}
		return nil
	case word == "require", word == "allow", word == "prefer": // from postgres.js, which then checks nothing
		a.tls.Unchecked = true
		return a.sslmodeParam(word)
	case word == "no-verify", word == "verify-full":
		return a.sslmodeParam(word)
	}
	if a.tls.Boolean(value) != nil {
		return errors.New("must be true, false or no-verify")
	}
	return nil
}

// behindPooler reports whether the address probably leads to a pooler that gives
// every transaction another connection of the server.
func (a *Address) behindPooler() bool {
	if a.Dialect != Postgres {
		return false
	}
	if a.pooler != nil {
		return *a.pooler
	}
	return slices.ContainsFunc(a.hosts, func(h address.Host) bool { return poolerAddress(h.Name, h.Port) })
}

// poolerAddress reports whether the port is PgBouncer's own or the address is one
// at which a provider offers transaction mode.
func poolerAddress(host, port string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	switch port {
	case "6432":
		return true // PgBouncer, Odyssey, Azure
	case "6543": // Supabase; its port 5432 is session mode
		return strings.HasSuffix(host, ".pooler.supabase.com") || strings.HasSuffix(host, ".supabase.co")
	case "25061":
		return strings.HasSuffix(host, ".ondigitalocean.com")
	}
	name, domain, _ := strings.Cut(host, ".")
	return strings.HasSuffix(name, "-pooler") && strings.HasSuffix(domain, "neon.tech")
}

// sslmodes are pgx's words for the security levels.
var sslmodes = map[address.Security]string{
	address.Off: "disable", address.Possible: "prefer", address.Encrypt: "require",
	address.Trusted: "verify-ca", address.Verified: "verify-full",
}

// pgx returns the configuration of the driver. The passwords are not in the text
// that pgx parses, so its errors cannot show them.
func (a *Address) pgx() (*pgx.ConnConfig, error) {
	settings := maps.Clone(a.params)
	var names, ports []string
	for _, h := range a.hosts {
		names, ports = append(names, h.Name), append(ports, h.Port)
	}
	settings["host"], settings["port"] = strings.Join(names, ","), strings.Join(ports, ",")
	for name, value := range map[string]string{"user": a.user, "dbname": a.database, "sslmode": sslmodes[a.level]} {
		settings[name] = value
	}
	maps.DeleteFunc(settings, func(name, value string) bool { return strings.Trim(value, ",") == "" })
	switch {
	case a.tls.Unchecked:
		settings["sslrootcert"] = "" // otherwise pgx checks with ~/.postgresql/root.crt
	case a.tls.CA != "":
		settings["sslrootcert"] = a.tls.CA
	}
	if a.tls.Cert != "" {
		settings["sslcert"], settings["sslkey"] = a.tls.Cert, a.tls.Key
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		fmt.Fprintf(&b, "%s='%s' ", name, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(settings[name]))
	}
	cfg, err := pgx.ParseConfigWithOptions(b.String(), pgx.ParseConfigOptions{ParseConfigOptions: pgconn.ParseConfigOptions{
		GetSSLPassword: func(context.Context) string { return a.keyPassword },
	}})
	if err != nil {
		return nil, parseCause(err)
	}
	if a.password != "" {
		cfg.Password = a.password
	}
	return cfg, nil
}

// parseCause removes the connection text that pgx repeats in its errors.
func parseCause(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	_, cause, _ := strings.Cut(err.Error(), "`: ")
	return errors.New(cause)
}
