package sqlstore

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// literal is SQL text that is written into the statement instead of being an
// argument. It only consists of digits.
type literal string

// unsendable returns an error for a value on which the reference's driver fails.
func unsendable(v any) error { return fmt.Errorf("a %T cannot be sent to this database", v) }

// maxSafe is the largest whole number up to which a float64 is exact.
const maxSafe = 1<<53 - 1

// param converts a value to the argument that the reference's driver sends: first
// as factory.mjs does, then as node:sqlite, pg or mysql2 do.
func (d *DB) param(k kind, v any) (any, error) {
	if id, ok := v.(string); ok && k == kindSerial {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			return n, nil // a float64 would round numbers above 2^53
		}
		if d.dialect != SQLite && math.IsNaN(js.ToNumber(id)) {
			return nil, fmt.Errorf("%w: the column holds numbers, got another text", store.ErrUnfit)
		}
	}
	v, err := d.transformed(k, v)
	if err != nil || v == nil {
		return nil, err
	}
	switch d.dialect {
	case SQLite:
		return sqliteParam(k, v)
	case Postgres:
		return postgresParam(k, v)
	}
	return mysqlParam(k, v)
}

// transformed is transformInput of factory.mjs.
func (d *DB) transformed(k kind, v any) (any, error) {
	list, isList := v.([]any)
	b, isBool := v.(bool)
	switch {
	case k == kindSerial:
		if v == nil || isList {
			return v, nil
		}
		return js.ToNumber(v), nil
	case k == kindJSON && d.dialect != Postgres && !scalar(v):
		return string(js.Marshal(v)), nil // also for null
	case k == kindArray && isList:
		return string(js.Marshal(list)), nil
	case k == kindDate && d.dialect == SQLite:
		switch at := v.(type) {
		case time.Time:
			return js.ISO(at), nil
		case store.InvalidDate:
			return nil, errors.New("a text that is not a date")
		}
	}
	if isBool && d.dialect != Postgres {
		return js.ToNumber(b), nil
	}
	return v, nil
}

func scalar(v any) bool {
	switch v.(type) {
	case string, bool, float64:
		return true
	}
	return false
}

// sqliteParam binds values as node:sqlite does: every number is a double.
func sqliteParam(k kind, v any) (any, error) {
	switch v := v.(type) {
	case string, []byte:
		return v, nil
	case float64:
		switch {
		case math.IsNaN(v):
			return nil, nil
		case k == kindText || k == kindID || k == kindJSON || k == kindArray:
			return sqliteText(v), nil
		}
		return v, nil
	}
	return nil, unsendable(v)
}

// sqliteText returns a double as SQLite writes it into a text column: "5.0", with
// 15 digits. The SQLite in this program would write 17.
func sqliteText(f float64) string {
	switch {
	case f == 0:
		return "0.0" // also for -0
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, 64), "+")
	}
	text := strconv.FormatFloat(f, 'e', 14, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	exp, _ := strconv.Atoi(exponent)
	if exp >= -4 && exp < 15 {
		mantissa, exponent = strconv.FormatFloat(f, 'f', 14-exp, 64), ""
	}
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(mantissa, "0")
	} else {
		mantissa += "."
	}
	if strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	if exponent == "" {
		return mantissa
	}
	return mantissa + "e" + exponent
}

// postgresParam sends text as pg does, or a faster form of pgx if the column's type
// makes it equivalent.
func postgresParam(k kind, v any) (any, error) {
	switch x := v.(type) {
	case float64:
		if (k == kindNumber || k == kindBig || k == kindSerial) && x == math.Trunc(x) && math.Abs(x) <= maxSafe {
			return int64(x), nil
		}
	case bool:
		if k == kindBool {
			return x, nil
		}
	case time.Time:
		if k == kindDate {
			return x, nil
		}
	case []byte:
		return x, nil
	}
	text := postgresText(v)
	if _, isList := v.([]any); isList && k == kindJSON {
		text = string(js.Marshal(v))
	}
	if strings.ContainsRune(text, 0) {
		return nil, errNUL
	}
	return text, nil
}

// postgresText is prepareValue of pg's utils.js.
func postgresText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return js.Number(v)
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000+00:00")
	case store.InvalidDate:
		return "NaN-NaN-NaNTNaN:NaN:NaN.NaN+NaN:NaN" // any date column rejects it
	case []any:
		return postgresArray(v)
	}
	return string(js.Marshal(v))
}

var arrayEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func postgresArray(list []any) string {
	parts := make([]string, len(list))
	for i, v := range list {
		switch x := v.(type) {
		case nil:
			parts[i] = "NULL"
		case []any:
			parts[i] = postgresArray(x)
		default:
			parts[i] = `"` + arrayEscaper.Replace(postgresText(v)) + `"`
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// mysqlParam sends an equivalent of the text that mysql2 writes into the statement
// (sql-escaper). A list becomes its elements separated by commas; only a list of
// one element results in a valid statement.
func mysqlParam(k kind, v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case string, []byte:
		return x, nil
	case bool:
		return js.ToNumber(x), nil
	case float64:
		return mysqlNumber(x)
	case time.Time:
		if k == kindDate {
			return x, nil
		}
		return x.UTC().Format(mysqlTime), nil
	case store.InvalidDate:
		return nil, nil // writeDate: NULL
	case []any:
		if len(x) == 1 {
			return mysqlParam(k, x[0])
		}
		return nil, unsendable(v)
	}
	return "[object Object]", nil
}

// mysqlNumber sends a fraction as a decimal: as a double, 2.5 would be rounded to
// 2.
func mysqlNumber(f float64) (any, error) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return nil, unsendable(f)
	case f == math.Trunc(f) && math.Abs(f) <= maxSafe:
		return int64(f), nil
	}
	return literal(js.Number(f)), nil
}
