package auth

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
)

// Nested runs another endpoint within this call, with its hooks, as dispatchAuthEndpoint of the reference does: with the
// same request, body, session and kept values. prepare, which may be nil, changes the inner call before it begins, such
// as its query. The headers of an answer are dropped, because the caller has its own; those of an *Error are in its
// Header. It is for protocols in which one endpoint continues another, such as an authorization request after a sign-in.
func (c *Context) Nested(id string, prepare func(inner *Context)) (any, error) {
	e, ok := c.byID[id]
	if !ok {
		return nil, fmt.Errorf("auth: there is no endpoint %q", id)
	}
	inner := *c
	inner.Route, inner.ResponseHeader, inner.outer = &e.Route, http.Header{}, nil
	inner.Returned, inner.Answered, inner.done, inner.failed, inner.began = nil, false, false, 0, nil
	if prepare != nil {
		prepare(&inner)
	}
	out, err := c.dispatch(e, &inner)
	var known *Error
	if errors.As(err, &known) && len(inner.ResponseHeader) > 0 {
		answer := *known
		answer.Header = maps.Clone(inner.ResponseHeader)
		return nil, &answer
	}
	return out, err
}
