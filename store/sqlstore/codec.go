package sqlstore

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// kind is the way in which a column keeps its values.
type kind int

const (
	kindText kind = iota
	kindID        // an id kept as text, or a reference to one
	kindSerial
	kindUUID // PostgreSQL only
	kindNumber
	kindBig // PostgreSQL only
	kindBool
	kindDate
	kindJSON
	kindArray
)

func (d *DB) kind(t *store.TableSchema, c *store.Column) kind {
	if c.IsID || (c.Ref != nil && c.Ref.Field == "id") {
		switch {
		case t.ID == store.SerialID:
			return kindSerial
		case t.ID == store.UUID && d.dialect == Postgres:
			return kindUUID
		}
		return kindID
	}
	switch c.Type {
	case store.Number:
		if c.BigInt && d.dialect == Postgres {
			return kindBig
		}
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

var errNUL = fmt.Errorf("%w: a text with a NUL character", store.ErrUnfit)

var uuidText = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// text reports whether the column's type is a text.
func (k kind) text() bool { return k == kindText || k == kindID }

// encode converts the operand of a condition to an argument.
func (d *DB) encode(k kind, v any) (any, error) {
	if v == nil {
		if k == kindJSON && d.dialect != Postgres {
			return "null", nil // factory.mjs writes JSON.stringify(null) to databases without a JSON type
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
		return nil, fmt.Errorf("%w: the column holds UUIDs, got another text", store.ErrUnfit)
	case kindNumber, kindBig:
		return numeric(v), nil
	case kindBool:
		return d.boolean(v), nil
	case kindJSON, kindArray:
		return string(js.Marshal(v)), nil
	}
	if s, ok := v.(string); ok && d.dialect == Postgres && strings.ContainsRune(s, 0) {
		return nil, errNUL
	}
	return v, nil
}

func serial(v any) (any, error) {
	s, _ := v.(string)
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: the column holds 64-bit numbers, got another text", store.ErrUnfit)
	}
	return n, nil
}

// numeric passes whole numbers as integers, the type of the columns.
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
