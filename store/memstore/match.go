package memstore

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// filter returns the rows that match, at most limit of them; a negative limit
// means all.
func filter(t *store.TableSchema, list []store.Record, where []store.Where, limit int) []store.Record {
	var out []store.Record
	for _, row := range list {
		if len(out) == limit {
			break
		}
		if matches(t, row, where) {
			out = append(out, row)
		}
	}
	return out
}

// matches reports whether row meets all conditions without Or, and one of those
// with it.
func matches(t *store.TableSchema, row store.Record, where []store.Where) bool {
	ors, hit := 0, false
	for i := range where {
		w := &where[i]
		if w.Or {
			ors++
			hit = hit || holds(row[w.Field], w)
			continue
		}
		if !holds(row[w.Field], w) {
			return false
		}
	}
	return ors == 0 || hit
}

// holds reports whether v meets w. It compares as SQL does: null equals only the
// operand null, and is neither different from nor larger than anything else.
func holds(v any, w *store.Where) bool {
	op := w.Op
	if op == "" {
		op = store.Eq
	}
	if op == store.HasCapitals {
		s, ok := v.(string)
		return ok && s != strings.ToLower(s)
	}
	if list, ok := w.Value.([]any); ok && op == store.NotIn && len(list) == 0 {
		return true
	}
	if v == nil || w.Value == nil {
		switch op {
		case store.Eq:
			return v == nil && w.Value == nil
		case store.Ne:
			return w.Value == nil && v != nil
		}
		return false
	}
	v, arg := comparable(lower(v, w.Fold)), comparable(lower(w.Value, w.Fold))
	switch op {
	case store.Eq:
		return equal(v, arg)
	case store.Ne:
		return !equal(v, arg)
	case store.In, store.NotIn:
		list, _ := arg.([]any)
		in := slices.ContainsFunc(list, func(x any) bool { return equal(v, comparable(lower(x, w.Fold))) })
		return in == (op == store.In)
	case store.Contains, store.StartsWith, store.EndsWith:
		return like(v, arg, op)
	}
	return ordered(order(v, arg), op)
}

func ordered(c int, op store.Op) bool {
	switch op {
	case store.Lt:
		return c < 0
	case store.Lte:
		return c <= 0
	case store.Gt:
		return c > 0
	case store.Gte:
		return c >= 0
	}
	return false
}

func like(v, arg any, op store.Op) bool {
	s, ok := v.(string)
	pattern, _ := arg.(string)
	switch {
	case !ok:
		return false
	case op == store.Contains:
		return strings.Contains(s, pattern)
	case op == store.StartsWith:
		return strings.HasPrefix(s, pattern)
	}
	return strings.HasSuffix(s, pattern)
}

// comparable converts values that Go cannot compare to text.
func comparable(v any) any {
	switch v := v.(type) {
	case nil, string, bool, float64, time.Time, []any, store.InvalidDate:
		return v
	case jsonText:
		return string(v)
	case frozen:
		return string(v)
	}
	return string(js.Marshal(v))
}

func equal(a, b any) bool {
	if ta, ok := a.(time.Time); ok {
		tb, ok := b.(time.Time)
		return ok && ta.Equal(tb)
	}
	_, la := a.([]any)
	_, lb := b.([]any)
	if la || lb {
		return string(js.Marshal(a)) == string(js.Marshal(b))
	}
	return a == b
}

// order sorts null first, then by value; values of different types are equal.
func order(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch a := a.(type) {
	case string:
		if b, ok := b.(string); ok {
			return strings.Compare(a, b)
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case time.Time:
		if b, ok := b.(time.Time); ok {
			return a.Compare(b)
		}
	case bool:
		if b, ok := b.(bool); ok && a != b {
			if b {
				return -1
			}
			return 1
		}
	}
	return 0
}
