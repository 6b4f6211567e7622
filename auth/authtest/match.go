package authtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"time"
)

// Presence matches values in [Answer.Want] by whether they exist.
type Presence int

// Matchers for [Answer.Want].
const (
	Any    Presence = iota // any value but null
	Absent                 // no such member or element, or no JSON body
)

// Like is a regular expression that matches a part of a string.
type Like string

// Len matches a list with this many elements, an object with this many members or
// a string of this many bytes.
type Len int

// meets reports whether a value matches, and describes what was wanted.
func meets(v any, there bool, want any) (told string, ok bool) {
	switch want := want.(type) {
	case Presence:
		if want == Absent {
			return "no value", !there
		}
		return "any value", there && v != nil
	case Like:
		text, isText := v.(string)
		return fmt.Sprintf("a string that matches %s", string(want)), isText && regexp.MustCompile(string(want)).MatchString(text)
	case Len:
		n := -1
		switch v := v.(type) {
		case []any:
			n = len(v)
		case map[string]any:
			n = len(v)
		case string:
			n = len(v)
		}
		return fmt.Sprintf("length %d", int(want)), n == int(want)
	case time.Time:
		return meets(v, there, want.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	var plain any
	text, err := json.Marshal(want)
	if err == nil {
		err = json.Unmarshal(text, &plain)
	}
	if err != nil {
		return fmt.Sprintf("%v, which JSON cannot say: %v", want, err), false
	}
	return shown(plain), there && reflect.DeepEqual(v, plain)
}

func shown(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
