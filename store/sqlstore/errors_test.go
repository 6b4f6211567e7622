package sqlstore_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// TestUnavailable checks that failures of the database are distinguished from those
// of the data and of the caller.
func TestUnavailable(t *testing.T) {
	pg := func(code string) error { return &pgconn.PgError{Code: code} }
	my := func(number uint16) error { return &mysql.MySQLError{Number: number} }
	for _, err := range []error{
		pg("08006"), pg("08P01"), pg("53100"), pg("53200"), pg("53300"), pg("57P01"), pg("57P02"), pg("57P03"), pg("57014"), pg("58030"),
		pg("25006"), pg("40001"), pg("40P01"), pg("26000"), pg("42P05"),
		&pgconn.PgError{Code: "0A000", Routine: "RevalidateCachedQuery"},
		my(1021), my(1114), my(28), my(1290), my(1836), my(1040), my(1205), my(1213), my(1053), my(1927), my(1045),
		driver.ErrBadConn, mysql.ErrInvalidConn, io.EOF, io.ErrUnexpectedEOF, context.DeadlineExceeded,
		&net.OpError{Op: "dial", Err: errors.New("refused")}, &net.OpError{Op: "read", Err: errors.New("reset")},
	} {
		got := sqlstore.Classify(fmt.Errorf("wrapped: %w", err))
		if !errors.Is(got, store.ErrUnavailable) || !errors.Is(got, err) {
			t.Errorf("%v: %v", err, got)
		}
		if again := sqlstore.Classify(got); again != got {
			t.Errorf("classified twice: %v", again)
		}
	}
	for _, err := range []error{
		nil, context.Canceled, &net.OpError{Op: "read", Err: context.Canceled}, errors.New("something"),
		pg("22P02"), pg("42804"), pg("42883"), pg("42703"), pg("42501"), &pgconn.PgError{Code: "0A000", Routine: "transformSelectStmt"}, my(1054), my(1366),
		pg("23505"), pg("23503"), pg("23502"), my(1062), my(1452), my(1048), store.ErrNotFound,
	} {
		if got := sqlstore.Classify(err); errors.Is(got, store.ErrUnavailable) || !errors.Is(got, err) {
			t.Errorf("%v: %v", err, got)
		}
	}
}
