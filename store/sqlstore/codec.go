package sqlstore

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// kind is how a column keeps its values.
type kind int

const (
	kindText kind = iota
	kindSerial
	kindUUID // PostgreSQL only
	kindNumber
	kindBool
	kindDate
	kindJSON
	kindArray
)

func (d *DB) kind(t *store.Table, c *store.Column) kind {
	if c.IsID || (c.Ref != nil && c.Ref.Field == "id") {
		switch {
		case t.ID == store.SerialID:
			return kindSerial
		case t.ID == store.UUID && d.dialect == Postgres:
			return kindUUID
		}
		return kindText
	}
	switch c.Type {
	case store.Number:
		return kindNumber
	case store.Boolean:
		return kindBool
	case store.Date:
		return kindDate
	case store.JSON:
		return kindJSON
	case store.StringArray, store.NumberArray:
		return kindArray
	}
	return kindText
}

// errUnfit reports a value that the column can never hold, so nothing equals it.
var errUnfit = errors.New("value does not fit the column")

var uuidText = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// encode turns a record's value into the argument the reference would store.
func (d *DB) encode(k kind, v any) (any, error) {
	if v == nil {
		if k == kindJSON && d.dialect != Postgres {
			return "null", nil // factory.mjs writes JSON.stringify(null) where JSON is text
		}
		return nil, nil
	}
	switch k {
	case kindSerial:
		return serial(v)
	case kindUUID:
		if s, ok := v.(string); ok && uuidText.MatchString(s) {
			return s, nil
		}
		return nil, fmt.Errorf("%w: %v is no UUID", errUnfit, v)
	case kindNumber:
		return numeric(v), nil
	case kindBool:
		return d.boolean(v), nil
	case kindDate:
		if at, ok := v.(time.Time); ok && d.dialect == SQLite {
			return js.ISO(at), nil
		}
		return v, nil
	case kindJSON, kindArray:
		return string(js.Marshal(v)), nil
	}
	if s, ok := v.(string); ok && d.dialect == Postgres && strings.ContainsRune(s, 0) {
		return nil, fmt.Errorf("%w: PostgreSQL keeps no NUL in a text", errUnfit)
	}
	return v, nil
}

func serial(v any) (any, error) {
	s, _ := v.(string)
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is no number", errUnfit, s)
	}
	return n, nil
}

// numeric passes whole numbers as integers, since that is what the columns are.
func numeric(v any) any {
	f, ok := v.(float64)
	if ok && f == math.Trunc(f) && math.Abs(f) < 1<<63 {
		return int64(f)
	}
	return v
}

func (d *DB) boolean(v any) any {
	b, ok := v.(bool)
	switch {
	case !ok || d.dialect == Postgres:
		return v
	case b:
		return int64(1)
	}
	return int64(0)
}

// decode turns what the driver read into a record's value.
func decode(k kind, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch k {
	case kindNumber:
		return decodeNumber(v)
	case kindBool:
		return decodeBool(v), nil
	case kindDate:
		return decodeDate(v)
	case kindJSON, kindArray:
		doc, err := js.Parse(bytesOf(v))
		if err != nil {
			return nil, nil // safeJSONParse: what is no JSON reads as null
		}
		return doc, nil
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case time.Time:
		return js.ISO(v), nil
	}
	return fmt.Sprint(v), nil
}

func bytesOf(v any) []byte {
	switch v := v.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}
	return []byte(fmt.Sprint(v))
}

func decodeNumber(v any) (any, error) {
	switch v := v.(type) {
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	case bool:
		if v {
			return 1.0, nil
		}
		return 0.0, nil
	}
	f, err := strconv.ParseFloat(string(bytesOf(v)), 64)
	if err != nil {
		return nil, fmt.Errorf("%v is no number", v)
	}
	return f, nil
}

func decodeBool(v any) any {
	switch v := v.(type) {
	case bool:
		return v
	case int64:
		return v == 1
	}
	s := string(bytesOf(v))
	return s == "1" || s == "true" || s == "\x01"
}

func decodeDate(v any) (any, error) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Truncate(time.Millisecond), nil
	case int64:
		t, _ := js.DateOf(float64(v))
		return t, nil
	case float64:
		t, _ := js.DateOf(v)
		return t, nil
	}
	text := string(bytesOf(v))
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC().Truncate(time.Millisecond), nil
	}
	if t, ok := js.ParseDate(text); ok {
		return t.UTC().Truncate(time.Millisecond), nil
	}
	return nil, fmt.Errorf("%q is no date", text)
}
