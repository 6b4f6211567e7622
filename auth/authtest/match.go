package authtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"time"
)

// Presence describes a value of [Answer.Want] by whether it is there.
type Presence int

// What Want accepts besides values.
const (
	Any    Presence = iota // any value but null
	Absent                 // nothing: no such member or element, or no JSON at all
)

// Like describes a text by a regular expression that a part of it matches.
type Like string

// Len describes a list by the number of its elements, an object by that of its
// members, a text by that of its bytes.
type Len int

// meets reports whether a value is as wanted, and tells what was.
func meets(v any, there bool, want any) (told string, ok bool) {
	switch want := want.(type) {
	case Presence:
		if want == Absent {
			return "nothing", !there
		}
		return "any value", there && v != nil
	case Like:
		text, isText := v.(string)
		return fmt.Sprintf("a text like %s", string(want)), isText && regexp.MustCompile(string(want)).MatchString(text)
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
		return fmt.Sprintf("%d of them", int(want)), n == int(want)
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
