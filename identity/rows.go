package identity

import (
	"bytes"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// ParseRow parses a row in JSON, including its dates. ok is false if the text is
// not a JSON object.
func ParseRow(jsonText []byte) (row store.Record, ok bool) {
	members, err := secret.ParseMembers(validText(jsonText))
	if err != nil {
		return nil, false
	}
	return rowOf(members, nil)
}

// ParseAuthentic is like ParseRow, for a text with a valid signature of this
// server, which is not validated again. The names of the table's columns are not
// copied.
func ParseAuthentic(jsonText []byte, table *store.TableSchema) (row store.Record, ok bool) {
	members, ok := secret.SplitAuthentic(validText(jsonText))
	if !ok {
		return nil, false
	}
	return rowOf(members, table)
}

func validText(jsonText []byte) []byte {
	if utf8.Valid(jsonText) {
		return jsonText
	}
	return bytes.ToValidUTF8(jsonText, []byte("\uFFFD"))
}

func rowOf(members secret.Members, table *store.TableSchema) (store.Record, bool) {
	row := make(store.Record, len(members))
	for _, m := range members {
		name := columnName(table, m.Name)
		if s, plain := secret.String(m.Value); plain {
			row[name] = revived(s)
			continue
		}
		v, err := js.Parse(m.Value)
		if err != nil {
			return nil, false
		}
		row[name] = revived(v)
	}
	return row, true
}

func columnName(table *store.TableSchema, name []byte) string {
	if table != nil {
		if c := table.Column(string(name)); c != nil {
			return c.Name
		}
	}
	return string(name)
}

// revived converts a text in the form of JSON.stringify for a date to a time, as
// the reference's safeJSONParse does.
func revived(v any) any {
	if s, ok := v.(string); ok && looksLikeDate(s) {
		if t, ok := js.ParseDate(s); ok {
			return t
		}
	}
	return v
}

func looksLikeDate(s string) bool {
	return len(s) >= 20 && len(s) <= 30 && s[4] == '-' && s[7] == '-' && s[10] == 'T' && s[len(s)-1] == 'Z'
}
