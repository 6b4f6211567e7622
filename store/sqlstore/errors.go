package sqlstore

import (
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"github.com/seed-32bd42cb/betterauth/store"
)

// meaning is what the store wants to know of an engine's error.
type meaning int

const (
	other meaning = iota
	conflict
	reference
	required
	transient
)

var sqliteCodes = map[int]meaning{
	2067: conflict,  // SQLITE_CONSTRAINT_UNIQUE
	1555: conflict,  // SQLITE_CONSTRAINT_PRIMARYKEY
	2579: conflict,  // SQLITE_CONSTRAINT_ROWID
	787:  reference, // SQLITE_CONSTRAINT_FOREIGNKEY
	1811: reference, // SQLITE_CONSTRAINT_TRIGGER, of ON DELETE RESTRICT
	1299: required,  // SQLITE_CONSTRAINT_NOTNULL
}

var postgresCodes = map[string]meaning{
	"23505": conflict,
	"23503": reference,
	"23502": required,
	"40001": transient, // serialization failure
	"40P01": transient, // deadlock
	"55P03": transient, // lock not available
}

var mysqlCodes = map[uint16]meaning{
	1062: conflict,
	1216: reference,
	1217: reference,
	1451: reference,
	1452: reference,
	1048: required,  // column cannot be null
	1364: required,  // field has no default
	1205: transient, // lock wait timeout
	1213: transient, // deadlock
	1020: transient, // MariaDB: record has changed since last read
}

func means(err error) meaning {
	var lite *sqlite.Error
	var pg *pgconn.PgError
	var my *mysql.MySQLError
	switch {
	case errors.As(err, &lite):
		switch lite.Code() & 0xff {
		case 5, 6: // SQLITE_BUSY, SQLITE_LOCKED
			return transient
		}
		return sqliteCodes[lite.Code()]
	case errors.As(err, &pg):
		return postgresCodes[pg.Code]
	case errors.As(err, &my):
		return mysqlCodes[my.Number]
	}
	return other
}

func (d *DB) transient(err error) bool { return means(err) == transient }

// classify wraps an engine's error in the store's error for it.
func (d *DB) classify(err error) error {
	switch means(err) {
	case conflict:
		return fmt.Errorf("%w: %w", store.ErrConflict, err)
	case reference:
		return fmt.Errorf("%w: %w", store.ErrReference, err)
	case required:
		return fmt.Errorf("%w: %w", store.ErrRequired, err)
	}
	return err
}
