package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"github.com/seed-32bd42cb/betterauth/store"
)

// meaning classifies an engine's error for the store.
type meaning int

const (
	other meaning = iota
	conflict
	reference
	required
	transient   // conflict with another transaction; a retry may work at once
	stale       // the connection's prepared statements are no longer valid; nothing was run
	mistyped    // the types of the parameters differ from those of the columns, perhaps since a change; nothing was run
	demoted     // the server rejects writes, for example after a failover; nothing was written
	unsent      // the connection had ended before anything was sent
	gone        // the connection has ended; whether the statement ran is unknown
	full        // no space is left; nothing was written
	late        // no answer within the time limit
	unavailable // any other temporary failure
)

var sqliteCodes = map[int]meaning{
	2067: conflict,  // SQLITE_CONSTRAINT_UNIQUE
	1555: conflict,  // SQLITE_CONSTRAINT_PRIMARYKEY
	2579: conflict,  // SQLITE_CONSTRAINT_ROWID
	787:  reference, // SQLITE_CONSTRAINT_FOREIGNKEY
	1811: reference, // SQLITE_CONSTRAINT_TRIGGER, from ON DELETE RESTRICT
	1299: required,  // SQLITE_CONSTRAINT_NOTNULL
}

var sqliteKinds = map[int]meaning{
	5:  transient,   // SQLITE_BUSY
	6:  transient,   // SQLITE_LOCKED
	7:  unavailable, // SQLITE_NOMEM
	8:  unavailable, // SQLITE_READONLY
	10: unavailable, // SQLITE_IOERR
	13: full,        // SQLITE_FULL
	14: unavailable, // SQLITE_CANTOPEN
	15: unavailable, // SQLITE_PROTOCOL: the locks of the WAL
}

var postgresCodes = map[string]meaning{
	"23505": conflict,
	"23503": reference,
	"23502": required,
	"40001": transient,   // serialization failure
	"40P01": transient,   // deadlock
	"55P03": transient,   // lock not available
	"26000": stale,       // prepared statement does not exist
	"42P05": stale,       // prepared statement already exists
	"42804": mistyped,    // the column has another type
	"42883": mistyped,    // no such operator for the types
	"22P03": mistyped,    // binary form of another type
	"25006": demoted,     // read-only transaction
	"53100": full,        // disk full
	"57014": unavailable, // canceled by the server's statement_timeout
	"57P01": gone,        // admin shutdown
	"57P02": gone,        // crash shutdown
	"57P03": gone,        // cannot connect now
	"57P05": gone,        // idle session timeout
	"25P03": gone,        // idle in transaction session timeout
}

// postgresClasses are the classes of codes for temporary failures.
var postgresClasses = map[string]meaning{
	"08": unavailable, // connection exceptions; also used by poolers
	"53": unavailable, // insufficient resources
	"57": unavailable, // operator intervention
	"58": unavailable, // system errors
}

var mysqlCodes = map[uint16]meaning{
	1062: conflict,
	1216: reference,
	1217: reference,
	1451: reference,
	1452: reference,
	1048: required,    // column cannot be null
	1364: required,    // field has no default
	1205: transient,   // lock wait timeout
	1213: transient,   // deadlock
	1020: transient,   // MariaDB: record has changed since last read
	1243: stale,       // unknown prepared statement
	1615: stale,       // prepared statement needs to be re-prepared
	1290: demoted,     // the server runs with --read-only
	1792: demoted,     // read-only transaction
	1836: demoted,     // read-only mode
	1053: gone,        // server shutdown in progress
	1077: gone,        // normal shutdown
	1079: gone,        // shutdown complete
	1927: gone,        // MariaDB: connection was killed
	3:    full,        // error writing file
	28:   full,        // no space left on device
	1021: full,        // disk full
	1026: full,        // error writing file
	1114: full,        // the table is full
	1030: unavailable, // error of the storage engine
	1037: unavailable, // out of memory
	1038: unavailable, // out of sort memory
	1040: unavailable, // too many connections
	1041: unavailable, // out of resources
	1045: unavailable, // access denied: occurs only while connecting
	1049: unavailable, // unknown database: occurs only while connecting
	1129: unavailable, // host is blocked
	1135: unavailable, // cannot create a thread
	1158: unavailable, // network errors seen by the server
	1159: unavailable,
	1160: unavailable,
	1161: unavailable,
	1203: unavailable, // too many connections of the user
	1226: unavailable, // the user's resources are used up
	1317: unavailable, // interrupted
	1969: unavailable, // MariaDB: max_statement_time
	3024: unavailable, // max_execution_time
}

// errLate is the cancellation cause of a context when the database exceeds its
// time limit.
var errLate = errors.New("no answer in time")

func means(err error) meaning {
	if errors.Is(err, errLate) {
		return late
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		if m, ok := sqliteCodes[lite.Code()]; ok {
			return m
		}
		return sqliteKinds[lite.Code()&0xff]
	}
	if my, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return mysqlCodes[my.Number]
	}
	// A failed attempt to connect may have a code too, but no statement was sent.
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return unavailable
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresMeaning(pg)
	}
	return networkMeaning(err)
}

func postgresMeaning(pg *pgconn.PgError) meaning {
	// The error is identified by its routine: its text may be translated, and its
	// code means any unsupported feature.
	if pg.Code == "0A000" && pg.Routine == "RevalidateCachedQuery" {
		return stale
	}
	if m, ok := postgresCodes[pg.Code]; ok {
		return m
	}
	if len(pg.Code) == 5 {
		return postgresClasses[pg.Code[:2]]
	}
	return other
}

// networkMeaning distinguishes a broken connection from a caller that has gone
// away, which is not a failure of the database.
func networkMeaning(err error) meaning {
	if errors.Is(err, context.Canceled) {
		return other
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return unavailable
	}
	if errors.Is(err, driver.ErrBadConn) {
		return unsent // drivers promise this
	}
	for _, ended := range []error{mysql.ErrInvalidConn, io.EOF, io.ErrUnexpectedEOF, sql.ErrConnDone, net.ErrClosed} {
		if errors.Is(err, ended) {
			return gone
		}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		if op.Op == "dial" {
			return unavailable
		}
		return gone
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return unavailable
	}
	return other
}

// classify wraps an engine's error in the matching error of package store.
func (d *DB) classify(err error) error {
	kind := error(nil)
	switch means(err) {
	case other, mistyped:
		return err
	case conflict:
		kind = store.ErrConflict
	case reference:
		kind = store.ErrReference
	case required:
		kind = store.ErrRequired
	default:
		kind = store.ErrUnavailable
	}
	if errors.Is(err, kind) {
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}
