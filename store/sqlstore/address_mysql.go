package sqlstore

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/seed-32bd42cb/betterauth/internal/address"
)

// readMySQL parses mysql:// and mariadb:// addresses.
func (a *Address) readMySQL(text string) error {
	a.Dialect = MySQL
	u, err := address.Parse(text)
	if errors.Is(err, address.ErrScheme) {
		err = errors.New("must begin with mysql://, with two slashes")
	}
	if err != nil {
		return err
	}
	a.user, a.password, a.hosts, a.database = u.User, u.Password, u.Hosts, u.Path
	a.Notes = append(a.Notes, u.Notes...)
	return a.mysql(u.Params)
}

func (a *Address) mysql(params []address.Param) error {
	if err := a.apply(mysqlParams, params); err != nil {
		return err
	}
	if len(a.hosts) > 1 {
		return errors.New("names several hosts; MySQL connections support one")
	}
	var err error
	if a.location, err = takeZone(a.zone); err != nil {
		return errors.New("cannot be used: " + strings.TrimPrefix(err.Error(), "sqlstore: "))
	}
	a.show("mysql")
	return nil
}

const (
	mysql2Only = "it concerns values or callers of mysql2"
	oneByOne   = "statements are sent one by one"
	waits      = "a call always waits for a free connection; see pool_timeout"
	ownForm    = "this server chooses its value"
)

// mysqlParams are the parameters of go-sql-driver, mysql2, Prisma, the MySQL
// command line, JDBC and hosting providers.
var mysqlParams = address.Table[*Address]{
	// Server, user and database.
	"host":       address.Keep((*Address).hostParam),
	"port":       set(func(a *Address) *string { return &a.ports }),
	"user":       set(func(a *Address) *string { return &a.user }),
	"password":   set(func(a *Address) *string { return &a.password }),
	"database":   address.Keep((*Address).databaseParam),
	"socket":     address.Keep((*Address).socketParam),
	"socketPath": address.Keep((*Address).socketParam),

	// Parameters of the driver.
	"timeout":                 during(time.Second, func(a *Address) *time.Duration { return &a.connectTimeout }),
	"readTimeout":             address.Keep(driverTime("readTimeout")),
	"writeTimeout":            address.Keep(driverTime("writeTimeout")),
	"allowCleartextPasswords": driverBool("allowCleartextPasswords"), "enableCleartextPlugin": driverBool("allowCleartextPasswords"),
	"allowNativePasswords": driverBool("allowNativePasswords"), "allowOldPasswords": driverBool("allowOldPasswords"),
	"allowFallbackToPlaintext": driverBool("allowFallbackToPlaintext"), "checkConnLiveness": driverBool("checkConnLiveness"),
	"interpolateParams": driverBool("interpolateParams"), "rejectReadOnly": driverBool("rejectReadOnly"), "compress": driverBool("compress"),
	"maxAllowedPacket": address.Keep(func(a *Address, v string) error {
		_, err := address.Count(v)
		a.params["maxAllowedPacket"] = v
		return err
	}),
	"serverPubKey":         keep("serverPubKey"),
	"connectionAttributes": keep("connectionAttributes"), "collation": keep("collation"),
	"sql_mode": keep("sql_mode"), "wait_timeout": keep("wait_timeout"), "innodb_lock_wait_timeout": keep("innodb_lock_wait_timeout"),
	"max_execution_time": keep("max_execution_time"), "max_statement_time": keep("max_statement_time"),

	// The pool and its time limits.
	"connection_limit":             number(func(a *Address) *int { return &a.maxOpen }),
	"connectionLimit":              number(func(a *Address) *int { return &a.maxOpen }),
	"maxIdle":                      number(func(a *Address) *int { return &a.maxIdle }),
	"pool_timeout":                 address.Drop[*Address](waitsWithin),
	"acquireTimeout":               address.Drop[*Address](waitsWithin),
	"connect_timeout":              during(time.Second, func(a *Address) *time.Duration { return &a.connectTimeout }),
	"connectTimeout":               during(time.Millisecond, func(a *Address) *time.Duration { return &a.connectTimeout }),
	"socket_timeout":               queries(time.Second),
	"socketTimeout":                queries(time.Millisecond),
	"idleTimeout":                  during(time.Millisecond, func(a *Address) *time.Duration { return &a.idleTimeout }),
	"max_idle_connection_lifetime": during(time.Second, func(a *Address) *time.Duration { return &a.idleTimeout }),
	"max_connection_lifetime":      during(time.Second, func(a *Address) *time.Duration { return &a.lifetime }),

	// Encryption.
	"tls":      address.Keep((*Address).driverTLS),
	"ssl":      address.Keep((*Address).sslMySQL),
	"ssl-mode": address.Keep((*Address).sslModeMySQL), "sslMode": address.Keep((*Address).sslModeMySQL),
	"ssl_mode": address.Keep((*Address).sslModeMySQL), "sslmode": address.Keep((*Address).sslModeMySQL),
	"sslaccept": secured((*address.TLS).Accept),
	"useSSL":    secured((*address.TLS).Boolean), "requireSSL": secured((*address.TLS).Boolean),
	"verifyServerCertificate": secured((*address.TLS).Reject), "rejectUnauthorized": secured((*address.TLS).Reject),
	"sslca": set(func(a *Address) *string { return &a.tls.CA }), "ssl-ca": set(func(a *Address) *string { return &a.tls.CA }),
	"ssl_ca": set(func(a *Address) *string { return &a.tls.CA }), "sslrootcert": set(func(a *Address) *string { return &a.tls.CA }),
	"sslcert": set(func(a *Address) *string { return &a.tls.Cert }), "ssl-cert": set(func(a *Address) *string { return &a.tls.Cert }),
	"ssl_cert": set(func(a *Address) *string { return &a.tls.Cert }), "sslkey": set(func(a *Address) *string { return &a.tls.Key }),
	"ssl-key": set(func(a *Address) *string { return &a.tls.Key }), "ssl_key": set(func(a *Address) *string { return &a.tls.Key }),
	"sslidentity": refuse("is a PKCS #12 file, which is not supported: convert it with openssl pkcs12 and set sslcert and sslkey"),
	"sslpassword": refuse("belongs to sslidentity, which is not supported"),

	// The time zone of dates, see takeZone.
	"timezone":           address.Keep(func(a *Address, v string) error { a.zone.Set("timezone", v); return nil }),
	"loc":                address.Keep(func(a *Address, v string) error { a.zone.Set("loc", v); return nil }),
	"serverTimezone":     address.Keep((*Address).jdbcZone),
	"connectionTimeZone": address.Keep((*Address).jdbcZone),
	"time_zone":          refuse("is set by this server: set the time zone of dates with timezone=+02:00 or loc=Europe/Berlin"),

	// Character sets.
	"charset": address.Keep((*Address).charset), "characterEncoding": address.Keep((*Address).charset),

	// Parameters without effect.
	"strict":             address.Drop[*Address]("go-sql-driver/mysql no longer has it"),
	"multipleStatements": address.Drop[*Address](oneByOne), "multiStatements": address.Drop[*Address](oneByOne), "allowMultiQueries": address.Drop[*Address](oneByOne),
	"waitForConnections": address.Drop[*Address](waits), "queueLimit": address.Drop[*Address](waits),
	"enableKeepAlive": address.Drop[*Address](watched), "keepAliveInitialDelay": address.Drop[*Address](watched), "autoReconnect": address.Drop[*Address](watched),
	"parseTime": address.Drop[*Address](ownForm), "clientFoundRows": address.Drop[*Address](ownForm), "columnsWithAlias": address.Drop[*Address](ownForm),
	"timeTruncate": address.Drop[*Address](ownForm), "allowAllFiles": address.Drop[*Address](ownForm), "flags": address.Drop[*Address](ownForm),
	"statement_cache_size": address.Drop[*Address](ownForm), "maxPreparedStatements": address.Drop[*Address](ownForm),
	"pgbouncer":   address.Drop[*Address]("it concerns PostgreSQL"),
	"dateStrings": address.Drop[*Address](mysql2Only), "supportBigNumbers": address.Drop[*Address](mysql2Only), "bigNumberStrings": address.Drop[*Address](mysql2Only),
	"decimalNumbers": address.Drop[*Address](mysql2Only), "typeCast": address.Drop[*Address](mysql2Only), "jsonStrings": address.Drop[*Address](mysql2Only),
	"debug": address.Drop[*Address](mysql2Only), "trace": address.Drop[*Address](mysql2Only), "rowsAsArray": address.Drop[*Address](mysql2Only),
	"namedPlaceholders": address.Drop[*Address](mysql2Only), "nestTables": address.Drop[*Address](mysql2Only), "stringifyObjects": address.Drop[*Address](mysql2Only),
	"charsetNumber": address.Drop[*Address](mysql2Only), "insecureAuth": address.Drop[*Address](mysql2Only), "disableEval": address.Drop[*Address](mysql2Only),
	"connectAttributes": address.Drop[*Address](mysql2Only), "resetOnRelease": address.Drop[*Address](mysql2Only), "gracefulEnd": address.Drop[*Address](mysql2Only),
	"allowPublicKeyRetrieval": address.Drop[*Address](unneeded), "useUnicode": address.Drop[*Address](unneeded), "rewriteBatchedStatements": address.Drop[*Address](unneeded),
	"cachePrepStmts": address.Drop[*Address](unneeded), "useServerPrepStmts": address.Drop[*Address](unneeded), "zeroDateTimeBehavior": address.Drop[*Address](unneeded),
	"prefer_socket": address.Drop[*Address](unneeded),
}

func driverBool(name string) address.Rule[*Address] {
	return address.Keep(func(a *Address, v string) error {
		on, err := address.Bool(v)
		a.params[name] = fmt.Sprint(on)
		return err
	})
}

func driverTime(name string) func(a *Address, v string) error {
	return func(a *Address, v string) error {
		d, err := address.Duration(v, time.Second)
		a.params[name] = d.String()
		return err
	}
}

func (a *Address) socketParam(value string) error {
	if !address.IsHost(value) || !strings.HasPrefix(value, "/") {
		return errors.New("must be the absolute path of a socket")
	}
	a.hosts = []address.Host{{Name: value}}
	return nil
}

// driverTLS parses go-sql-driver's tls. A name is a configuration that a Go program
// has registered with the driver.
func (a *Address) driverTLS(value string) error {
	switch strings.ToLower(value) {
	case "skip-verify":
		a.tls.Unchecked = true
		a.tls.Raise(address.Encrypt)
	case "preferred":
		a.tls.Raise(address.Possible)
	default:
		if a.tls.Boolean(value) != nil {
			a.params["tls"] = value
		}
	}
	return nil
}

// sslMySQL parses ssl as mysql2 and other Node drivers do.
func (a *Address) sslMySQL(value string) error {
	if strings.HasPrefix(value, "{") {
		return a.tls.JSON(value)
	}
	if a.tls.Boolean(value) != nil {
		return errors.New(`must be true, false or an object like {"rejectUnauthorized":true}; instead of a profile of mysql2, set sslca to the file of the CA`)
	}
	return nil
}

// sslModeMySQL parses the words of MySQL's own clients and of libpq.
func (a *Address) sslModeMySQL(value string) error {
	word := strings.ReplaceAll(strings.ToLower(value), "_", "-")
	switch word {
	case "disabled":
		word = "disable"
	case "preferred":
		word = "prefer"
	case "required":
		word = "require"
	case "verify-identity":
		word = "verify-full"
	}
	if a.sslmodeParam(word) != nil {
		return errors.New("must be one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY")
	}
	return nil
}

// jdbcZone parses a time zone as JDBC does.
func (a *Address) jdbcZone(value string) error {
	switch strings.ToUpper(value) {
	case "SERVER":
		return errors.New("must name a time zone")
	case "LOCAL":
		a.zone.Set("timezone", "local")
	default:
		a.zone.Set("loc", value)
	}
	return nil
}

// charset accepts the character sets that include every character; with others,
// texts would be changed.
func (a *Address) charset(value string) error {
	name := strings.ToLower(value)
	if first, _, _ := strings.Cut(name, ","); strings.HasPrefix(first, "utf8") || first == "utf-8" {
		if !strings.HasPrefix(first, "utf8mb4") && first != "utf-8" {
			a.Notes = append(a.Notes, "charset: texts are sent as utf8mb4, of which this one is a part")
		}
		return nil
	}
	return errors.New("must be utf8mb4: other character sets cannot represent every character")
}

// mysqlConfig returns the configuration of the driver.
func (a *Address) mysqlConfig() (*mysql.Config, error) {
	q := url.Values{}
	for name, value := range a.params {
		q.Set(name, value)
	}
	cfg, err := mysql.ParseDSN("/?" + q.Encode())
	if err != nil {
		return nil, err
	}
	cfg.User, cfg.Passwd, cfg.DBName = a.user, a.password, a.database
	host := address.Host{Name: "127.0.0.1"}
	if len(a.hosts) > 0 {
		host = a.hosts[0]
	}
	if strings.HasPrefix(host.Name, "/") {
		cfg.Net, cfg.Addr = "unix", host.Name
	} else {
		if host.Port == "" {
			host.Port = "3306"
		}
		cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(host.Name, host.Port)
		if cfg.TLS, err = a.tls.Config(a.level, host.Name); err != nil {
			return nil, err
		}
		cfg.AllowFallbackToPlaintext = cfg.AllowFallbackToPlaintext || a.level == address.Possible
	}
	cfg.ParseTime = true
	cfg.ClientFoundRows = true // an update that changes nothing still counts as a match
	inZone(cfg, a.location)
	return cfg, nil
}
