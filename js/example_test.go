package js_test

import (
	"fmt"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// An object keeps its order, and a date is written as JavaScript writes it.
func Example() {
	user := js.Obj("name", "Ada", "since", time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), "age", 36.0)
	user.Set("nickname", js.Undefined{}) // left out, unlike nil
	fmt.Println(string(js.Marshal(user)))

	v, err := js.Parse([]byte(`{"b": 1, "a": ["x", null], "b": 2}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for key, value := range v.(*js.Object).All() {
		fmt.Println(key, js.String(value))
	}
	// Output:
	// {"name":"Ada","since":"2026-11-24T12:00:00.000Z","age":36}
	// b 2
	// a x,
}

// Truthy decides as JavaScript's if does.
func ExampleTruthy() {
	fmt.Println(js.Truthy(""), js.Truthy(0.0), js.Truthy(js.NewObject()), js.Truthy("false"))
	// Output: false false true true
}
