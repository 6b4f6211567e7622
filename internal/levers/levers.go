// Package levers defines settings of a server for the tests of this module and
// its black-box build. The type is internal, so that programs that use the module
// cannot set them.
package levers

import (
	"net/http"
	"time"
)

// Levers is a value of auth.Options.Internal.
type Levers struct {
	// RequestNow returns the time of one request; nil means Options.Now.
	RequestNow func(r *http.Request) (time.Time, bool)
	// RequestURL returns scheme and host of a request's own address; nil means
	// those of the connection.
	RequestURL func(r *http.Request) (scheme, host string)
	// FreshReads turns off caching of database contents between calls.
	FreshReads bool
}

// Of returns the levers in v, or the zero value if there are none.
func Of(v any) Levers {
	l, _ := v.(Levers)
	return l
}
