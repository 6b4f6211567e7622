package sqlstore

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	mysqlTime    = "2006-01-02 15:04:05.000"
	postgresTime = "2006-01-02T15:04:05.000+00:00"
)

// written converts a value like param, with a date in the form of the live column
// and a text shortened to the column's length if the field allows that.
func (d *DB) written(c *columnInfo, v any) (any, error) {
	at, isTime := v.(time.Time)
	if c.kind != kindDate || v == nil {
		v, err := d.param(c.kind, v)
		if err != nil {
			return nil, err
		}
		return c.room.fit(v)
	}
	if c.date.err != nil {
		return nil, c.date.err
	}
	switch {
	case !isTime:
		return d.param(c.kind, v)
	case c.date.form == dateMillis:
		return at.UnixMilli(), nil
	case c.date.form == dateText && d.dialect == Postgres:
		return at.UTC().Format(postgresTime), nil
	case c.date.form == dateText && d.dialect == MySQL:
		return at.In(d.location()).Format(mysqlTime), nil
	}
	return d.param(c.kind, v)
}

// readCell converts a value like decode, and accepts a date in any form.
func (d *DB) readCell(c *columnInfo, v any) (any, error) {
	if c.kind != kindDate || v == nil {
		return d.decode(c.kind, v)
	}
	if c.date.err != nil {
		return nil, c.date.err
	}
	if raw, ok := v.([]byte); ok {
		v = string(raw)
	}
	if s, ok := v.(string); ok && c.date.form == dateMillis && d.dialect != SQLite {
		v = js.ToNumber(s) // a decimal
	}
	switch x := v.(type) {
	case int64, uint64:
		n, err := d.native(c.kind, x)
		if err != nil {
			return nil, err
		}
		return c.number(n.(float64))
	case float64:
		return c.number(x)
	case string:
		if d.dialect == SQLite || c.date.form == dateText {
			return d.textDate(c, x)
		}
	}
	return d.decode(c.kind, v)
}

// number reads a number as new Date(number) does. In an expiry column, a number
// that cannot be milliseconds is an error: as a date it would count as long
// expired.
func (c *columnInfo) number(f float64) (any, error) {
	at, ok := js.DateOf(f)
	switch {
	case expires(c.field) && (f >= leastSeconds && f < leastMillis || f >= mostMillis || !ok):
		return nil, fmt.Errorf("%s is not a time in milliseconds", js.Number(f))
	case c.date.form == dateMillis && ok, f >= leastMillis && f < mostMillis:
		return at.Truncate(time.Millisecond), nil
	}
	return f, nil // as in the reference
}

var (
	zoned = regexp.MustCompile(`(?:[Zz]|GMT|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)$`)
	clock = regexp.MustCompile(`[0-9]:[0-9]`)
)

// textDate reads a text as new Date(text) does, in the time zone of the connection
// if the text names none.
func (d *DB) textDate(c *columnInfo, text string) (any, error) {
	at, ok := js.ParseDate(text)
	switch {
	case !ok && expires(c.field):
		return nil, errors.New("it holds a text that is not a date")
	case !ok:
		return store.InvalidDate{}, nil
	}
	if d.location() != time.UTC && clock.MatchString(text) && !zoned.MatchString(text) {
		year, month, day := at.Date()
		hour, minute, second := at.Clock()
		at = time.Date(year, month, day, hour, minute, second, at.Nanosecond(), d.loc)
	}
	return at.UTC().Truncate(time.Millisecond), nil
}

// toNumber returns a sampled value as a number; false for texts and dates.
func toNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	case string:
		f := js.ToNumber(v)
		return f, !math.IsNaN(f)
	}
	return 0, false
}
