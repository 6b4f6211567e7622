package sqlstore

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"github.com/seed-32bd42cb/betterauth/store"
)

// The codes of errors about a value that a column rejects. The database works, so
// the client gets another answer, and a retry does not help.

var sqliteUnfit = map[int]bool{
	18:   true, // SQLITE_TOOBIG
	20:   true, // SQLITE_MISMATCH
	275:  true, // SQLITE_CONSTRAINT_CHECK
	3091: true, // SQLITE_CONSTRAINT_DATATYPE
}

var mysqlUnfit = map[uint16]bool{
	1264: true, // out of range
	1265: true, // data truncated
	1292: true, // incorrect date or number
	1366: true, // incorrect value for the column
	1367: true, // illegal value found during parsing
	1406: true, // data too long
	1411: true, // incorrect value for a function
	3140: true, // invalid JSON text
	3819: true, // a check constraint
	4025: true, // MariaDB: a check constraint
}

// unreadable wraps the error of a stored value that cannot be read, so that it is
// not taken for an error of a value to be written.
type unreadable struct{ error }

// Unwrap makes the value's error visible to errors.Is.
func (u unreadable) Unwrap() error { return u.error }

// unfit wraps the rejection of a value in the matching error of package store.
func unfit(err error) error {
	if !refusesValue(err) || errors.Is(err, store.ErrUnfit) {
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrUnfit, err)
}

func refusesValue(err error) bool {
	if err == nil {
		return false
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteUnfit[lite.Code()]
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		// Class 22 is "data exception"; 23514 a check constraint.
		return len(pg.Code) == 5 && (pg.Code[:2] == "22" || pg.Code == "23514")
	}
	if my, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return mysqlUnfit[my.Number]
	}
	// pgx rejects a number that is too large before it sends anything, with an
	// error that has no type.
	if strings.Contains(err.Error(), "failed to encode args[") {
		return true
	}
	if _, reading := errors.AsType[unreadable](err); reading {
		return false
	}
	_, writing := errors.AsType[*columnError](err)
	return writing
}
