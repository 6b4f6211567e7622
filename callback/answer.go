package callback

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Answer is the result of a webhook. It may be the Out of a Func.
type Answer struct {
	// Result is a value as parsed by js, with two changes: an ISO time with
	// milliseconds and Z is a time.Time, and {"$type":"undefined"} is
	// js.Undefined.
	Result any
	// Set is false if the webhook returned nothing, which differs from null.
	Set bool
	// Header holds the headers that a hook adds to the response, in order.
	// Set-Cookie must be added and not replaced.
	Header [][2]string
}

// APIError is an error of a callback that is shown to the client.
type APIError struct {
	Status        int
	Code, Message string      // copies of the members of Body, "" if it has none
	Body          *js.Object  // the body for the client; nil: none
	Header        [][2]string // headers of the response
}

// Error implements error.
func (e *APIError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("callback: API error %d %s %s", e.Status, e.Code, e.Message))
}

// ThrownError is any other error of a callback. The client does not see it.
type ThrownError struct{ Name, Message string }

// Error implements error.
func (e *ThrownError) Error() string { return e.Name + ": " + e.Message }

// read converts a webhook's response to an answer, or to the error that it
// reports.
func read(status int, data []byte) (Answer, error) {
	if len(bytes.TrimSpace(data)) == 0 && status >= 200 && status < 300 {
		return Answer{}, nil
	}
	value, err := js.Parse(data)
	body, ok := value.(*js.Object)
	if err != nil || !ok {
		return Answer{}, unavailable(fmt.Errorf("status %d without a JSON object", status))
	}
	if thrown, _ := body.Get("$error"); thrown == true {
		return Answer{}, &ThrownError{Name: text(body, "name", "Error"), Message: text(body, "message", "")}
	}
	header, err := headerPairs(body)
	if err != nil {
		return Answer{}, unavailable(err)
	}
	if status != http.StatusOK {
		return Answer{}, apiError(status, body, header)
	}
	result, set := body.Get("result")
	result = revive(result)
	if _, undefined := result.(js.Undefined); undefined || !set {
		return Answer{Header: header}, nil
	}
	return Answer{Result: result, Set: true, Header: header}, nil
}

func apiError(status int, body *js.Object, header [][2]string) error {
	e := &APIError{Status: status, Header: header, Code: text(body, "code", ""), Message: text(body, "message", "")}
	said, ok := body.Get("status")
	// A gateway's 502 may be JSON with a message too, but it has no status.
	if !ok && (status >= 500 || (e.Code == "" && e.Message == "")) {
		return unavailable(fmt.Errorf("status %d that is not an API error", status))
	}
	// better-call's errors have the status as a number or as a name, such as
	// UNAUTHORIZED (better-call/dist/error.mjs); it equals the status of the
	// response.
	switch said := said.(type) {
	case float64:
		if said >= 100 && said <= 599 && said == float64(int(said)) {
			e.Status = int(said)
		}
	case string:
		if n, ok := statusNamed(said); ok {
			e.Status = n
		}
	}
	rest := js.NewObject()
	for name, v := range body.All() {
		if name != "status" && name != "headers" {
			rest.Set(name, v)
		}
	}
	if rest.Len() > 0 {
		e.Body = rest
	}
	return e
}

// statusNamed returns better-call's status for a name such as PAYMENT_REQUIRED.
func statusNamed(name string) (int, bool) {
	for n := 100; n <= 599; n++ {
		text := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToUpper(http.StatusText(n)))
		if text != "" && text == name {
			return n, true
		}
	}
	return 0, false
}

func headerPairs(body *js.Object) ([][2]string, error) {
	value, ok := body.Get("headers")
	if !ok || value == nil {
		return nil, nil
	}
	list, ok := value.([]any)
	if !ok {
		return nil, errMalformedHeaders
	}
	pairs := make([][2]string, 0, len(list))
	for _, one := range list {
		pair, ok := one.([]any)
		if !ok || len(pair) != 2 {
			return nil, errMalformedHeaders
		}
		name, okName := pair[0].(string)
		value, okValue := pair[1].(string)
		if !okName || !okValue || name == "" || strings.ContainsAny(name, "\x00\r\n :") || strings.ContainsAny(value, "\x00\r\n") {
			return nil, errMalformedHeaders
		}
		pairs = append(pairs, [2]string{name, value})
	}
	return pairs, nil
}

var errMalformedHeaders = errors.New("headers: must be a list of [name, value]")

func text(o *js.Object, name, otherwise string) string {
	v, _ := o.Get(name)
	if s, ok := v.(string); ok {
		return s
	}
	return otherwise
}

// isoMillis is the form of a Date in JSON.stringify.
const isoMillis = "2006-01-02T15:04:05.000Z"

// revive converts the JSON forms of times and undefined.
func revive(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) == len(isoMillis) && v[10] == 'T' && v[23] == 'Z' {
			if at, err := time.Parse(isoMillis, v); err == nil {
				return at
			}
		}
	case []any:
		for i := range v {
			v[i] = revive(v[i])
		}
	case *js.Object:
		if kind, _ := v.Get("$type"); kind == "undefined" {
			return js.Undefined{}
		}
		for _, name := range v.Keys() {
			member, _ := v.Get(name)
			v.Set(name, revive(member))
		}
	}
	return v
}
