// Package levers holds what the tests of this module and its black-box build set
// on a server, and nobody else can: the type is internal, so that programs which
// use the module cannot make one.
package levers

import (
	"net/http"
	"time"
)

// Levers is a value of auth.Options.Internal.
type Levers struct {
	// RequestNow gives the time of one request; nil means Options.Now.
	RequestNow func(r *http.Request) (time.Time, bool)
	// RequestURL gives scheme and host of a request's own address; nil means what
	// the connection says.
	RequestURL func(r *http.Request) (scheme, host string)
	// FreshReads keeps nothing that was read from the database across calls.
	FreshReads bool
}

// Of returns the levers in v, the zero value when there are none.
func Of(v any) Levers {
	l, _ := v.(Levers)
	return l
}
