package sqlstore

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// decode converts a value from the driver to a Record's value: first to what
// node:sqlite, pg or mysql2 return, then as transformOutput of factory.mjs does.
func (d *DB) decode(k kind, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch k {
	case kindID, kindSerial, kindUUID:
		return idText(v), nil
	case kindBig:
		if n, ok := v.(int64); ok {
			return strconv.FormatInt(n, 10), nil // pg reads int8 as text
		}
	}
	v, err := d.native(k, v)
	if err != nil {
		return nil, err
	}
	switch x := v.(type) {
	case string:
		return d.decodeText(k, x), nil
	case float64:
		if k == kindBool && d.dialect != Postgres {
			return x == 1, nil
		}
	}
	return v, nil
}

func idText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	case float64:
		return js.Number(v)
	}
	return fmt.Sprint(v)
}

// native converts Go's types to those of package js.
func (d *DB) native(k kind, v any) (any, error) {
	switch v := v.(type) {
	case int64:
		if d.dialect == SQLite && (v > maxSafe || v < -maxSafe) {
			return nil, fmt.Errorf("%d is too large for a number", v) // node:sqlite throws
		}
		return float64(v), nil
	case uint64:
		return float64(v), nil
	case float32:
		return float64(v), nil
	case bool:
		if d.dialect != Postgres {
			return js.ToNumber(v), nil
		}
	case time.Time:
		if v.IsZero() && d.dialect == MySQL {
			return store.InvalidDate{}, nil // 0000-00-00
		}
		return v.UTC().Truncate(time.Millisecond), nil
	case []byte:
		if f := js.ToNumber(string(v)); d.dialect == MySQL && (k == kindNumber || k == kindBool) && !math.IsNaN(f) {
			return f, nil // from the text protocol, which is used for queries without arguments
		}
		return string(v), nil
	}
	return v, nil
}

func (d *DB) decodeText(k kind, text string) any {
	switch k {
	case kindJSON, kindArray:
		return d.document(k, text)
	}
	return text
}

// document parses JSON. If the engine has a JSON type, the reference's driver
// parses it (mysql2 on MariaDB too, where the protocol marks a text as JSON), and
// the factory parses the result again if it is a text.
func (d *DB) document(k kind, text string) any {
	if d.dialect == SQLite {
		return store.Document(text)
	}
	doc, err := js.Parse([]byte(text))
	if err != nil {
		return nil
	}
	if s, ok := doc.(string); ok && (k == kindArray || d.dialect == MySQL) {
		return store.Document(s)
	}
	return doc
}
