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
	// Later says that the address is usable, and the database did not answer or let nobody in: the same call may
	// succeed later.
	Later bool
}

// Error implements error.
func (e *OpenError) Error() string {
	return "the database " + e.Address + " cannot be opened: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// toldError replaces the text of the error that it wraps.
type toldError struct {
	text string
	err  error
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.err }

// told returns a connection error in one line. It leaves out what pgx repeats: user
// and database, and attempts that failed in the same way.
func told(err error) error {
	text := err.Error()
	if failed, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		text = strings.Join(reasons(failed.Unwrap(), nil), "; ")
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		text += "; set sslrootcert in the address to the file of the CA (for MySQL sslca), or turn the check off with sslmode=no-verify (tls=skip-verify)"
	}
	return &toldError{text, err}
}

// reasons appends the innermost errors of err whose texts differ.
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
