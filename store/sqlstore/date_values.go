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

// written is param, with a date in the form that the live column has and a text
// cut to its width where it may be cut.
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

// readCell is decode, with a date in whatever form it is found.
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

// number reads a number as new Date(number) does. One that ends something and
// cannot be milliseconds is an error: as a date it would count as ended long ago.
func (c *columnInfo) number(f float64) (any, error) {
	at, ok := js.DateOf(f)
	switch {
	case expires(c.field) && (f >= leastSeconds && f < leastMillis || f >= mostMillis || !ok):
		return nil, fmt.Errorf("%s is no time in milliseconds", js.Number(f))
	case c.date.form == dateMillis && ok, f >= leastMillis && f < mostMillis:
		return at.Truncate(time.Millisecond), nil
	}
	return f, nil // as the reference leaves it
}

var (
	zoned = regexp.MustCompile(`(?:[Zz]|GMT|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)$`)
	clock = regexp.MustCompile(`[0-9]:[0-9]`)
)

// textDate reads a text as new Date(text) does, in the zone of the connection
// where it names none.
func (d *DB) textDate(c *columnInfo, text string) (any, error) {
	at, ok := js.ParseDate(text)
	switch {
	case !ok && expires(c.field):
		return nil, errors.New("it holds a text that is no date")
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

// toNumber is a sampled value as a number; false for texts and dates.
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
