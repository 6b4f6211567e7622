package oauthprovider

import (
	"cmp"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
)

// The parameters that the server adds to an authorization request which it hands to a page.
const (
	signatureParam = "sig"
	expiryParam    = "exp"      // in seconds
	issuedParam    = "ba_iat"   // in milliseconds
	clearedParam   = "ba_pl"    // id of the session that took the step after the sign-in
	namesParam     = "ba_param" // names of the signed parameters, so that pages can add others
)

// signQuery returns a request, signed, for the query of a page. The page sends it back with what the user decided.
// cleared is the id of the session that took the step between sign-in and consent, or "".
func (p *Plugin) signQuery(c *auth.Context, q origin.Params, cleared string) string {
	q = q.With(expiryParam, strconv.FormatInt(c.Now().Unix()+int64(p.opts.CodeExpiresIn), 10)).
		With(issuedParam, strconv.FormatInt(c.Now().UnixMilli(), 10)).
		Without(signatureParam, clearedParam, namesParam)
	if cleared != "" {
		q = q.With(clearedParam, cleared)
	}
	names := []string{namesParam}
	for _, pair := range q {
		names = append(names, pair[0])
	}
	slices.SortFunc(names, compareUTF16)
	for _, name := range slices.Compact(names) {
		q = append(q, [2]string{namesParam, name})
	}
	return q.With(signatureParam, c.Keys.Sign(canonical(q))).String()
}

// validQuery reports whether this server signed the query, and it has not expired.
func validQuery(c *auth.Context, q origin.Params) bool {
	signatures := q.All(signatureParam)
	if len(signatures) != 1 {
		return false
	}
	if ok, _ := c.Keys.Verify(canonical(q.Without(signatureParam)), signatures[0]); !ok {
		return false
	}
	expiry, _ := q.Get(expiryParam)
	return js.ToNumber(expiry)*1000 >= float64(c.Now().UnixMilli())
}

// canonical returns the text of a query that is signed: its pairs in the order of JavaScript's texts.
func canonical(q origin.Params) string {
	sorted := slices.Clone(q)
	slices.SortStableFunc(sorted, func(a, b [2]string) int {
		return cmp.Or(compareUTF16(a[0], b[0]), compareUTF16(a[1], b[1]))
	})
	return sorted.String()
}

func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// issuedAt returns when the query was signed, or the zero time.
func issuedAt(q origin.Params) time.Time {
	value, ok := q.Get(issuedParam)
	if !ok {
		return time.Time{}
	}
	return timeOf(js.ToNumber(value))
}

// timeOf returns the time of a number of milliseconds, or the zero time if it is none.
func timeOf(ms float64) time.Time {
	if !(ms > 0 && ms <= latestDate) {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms))
}

// latestDate is the last time of JavaScript, in milliseconds.
const latestDate = 8.64e15

// queryOf writes the parameters of a request as a query. A list becomes several pairs.
func queryOf(request *js.Object) (q origin.Params) {
	for name, v := range request.All() {
		switch v := v.(type) {
		case nil, js.Undefined:
		case []any:
			for _, one := range v {
				q = append(q, [2]string{name, js.String(one)})
			}
		case *js.Object:
			if name == "claims" {
				q = q.With(name, string(js.Marshal(v)))
				continue
			}
			q = q.With(name, js.String(v))
		default:
			q = q.With(name, js.String(v))
		}
	}
	return q
}

// parametersOf returns a query as the parameters of a request. A name that occurs several times has a list.
func parametersOf(q origin.Params) *js.Object {
	o := js.NewObject()
	for _, pair := range q {
		if o.Has(pair[0]) {
			continue
		}
		values := q.All(pair[0])
		if len(values) == 1 {
			o.Set(pair[0], values[0])
			continue
		}
		list := make([]any, len(values))
		for i, v := range values {
			list[i] = v
		}
		o.Set(pair[0], list)
	}
	return o
}
