package sqlstore

import (
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// OpenError reports a database that cannot be opened.
type OpenError struct {
	Address string // without password and parameters
	Err     error
}

// Error implements error.
func (e *OpenError) Error() string {
	return "the database " + e.Address + " cannot be opened: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// toldError has a text of its own for the error it wraps.
type toldError struct {
	text string
	err  error
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.err }

// told says an error of connecting in one line. It leaves out what pgx repeats:
// user and database, and attempts that failed like another one.
func told(err error) error {
	text := err.Error()
	if failed, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		text = strings.Join(reasons(failed.Unwrap(), nil), "; ")
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		text += "; name the file of the CA in the address with sslrootcert (for MySQL sslca), or give up the check with sslmode=no-verify (tls=skip-verify)"
	}
	return &toldError{text, err}
}

// reasons adds the innermost errors of err that say something of their own.
func reasons(err error, found []string) []string {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			found = reasons(one, found)
		}
		return found
	}
	_, network := err.(*net.OpError)
	inner := errors.Unwrap(err)
	if !network && inner != nil && strings.HasSuffix(err.Error(), inner.Error()) {
		return reasons(inner, found)
	}
	if text := err.Error(); !slices.Contains(found, text) {
		found = append(found, text)
	}
	return found
}
