package js

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

type appender string

func (a appender) AppendJSON(dst []byte) []byte {
	if a == "" {
		return dst
	}
	return append(dst, a...)
}

type pointerAppender struct{}

func (p *pointerAppender) AppendJSON(dst []byte) []byte { return append(dst, "ptr"...) }

type marshaler struct{ err error }

func (m marshaler) MarshalJSON() ([]byte, error) { return []byte(`{"m":1}`), m.err }

type inner struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type deep struct {
	Name  string `json:"name"`
	Other int    `json:"other"`
}

type outer struct {
	inner
	*deep
	Any     any               `json:"any"`
	Time    time.Time         `json:"time,omitzero"`
	List    []inner           `json:"list,omitempty"`
	Map     map[string]int    `json:"map,omitempty"`
	Ptr     *string           `json:"ptr"`
	Raw     json.RawMessage   `json:"raw,omitempty"`
	Obj     *Object           `json:"obj,omitempty"`
	Hidden  string            `json:"-"`
	Plain   bool              // no tag
	ByInt   map[int]bool      `json:"byInt,omitempty"`
	Named   map[string]string `json:"<\u2028>,omitempty"`
	Self    *outer            `json:"self,omitempty"`
	private int               // not exported
}

func TestAppendValues(t *testing.T) {
	text := "x"
	at := time.Date(2024, 1, 2, 3, 4, 5, 678912345, time.FixedZone("", 3600))
	self := map[string]any{}
	self["self"] = self
	cases := []struct {
		in   any
		want string
	}{
		{nil, `null`}, {true, `true`}, {int8(-3), `-3`}, {uint64(math.MaxUint64), `18446744073709551615`}, {int64(7), `7`},
		{float32(0.5), `0.5`}, {math.NaN(), `null`}, {math.Copysign(0, -1), `0`}, {1e21, `1e+21`}, {json.Number("1.50"), `1.50`},
		{"<>&\u2028\x01\x7f\"\\", "\"<>&\u2028\\u0001\x7f\\\"\\\\\""}, {"\xff", "\"\ufffd\""}, {"\xed\xa0\x80", `"\ud800"`},
		{at, `"2024-01-02T02:04:05.678Z"`}, {&at, `"2024-01-02T02:04:05.678Z"`}, {time.UnixMilli(maxDate + 1), `null`},
		{Undefined{}, ``}, {[]any{Undefined{}, nil, 1.0}, `[null,null,1]`}, {[]any(nil), `[]`}, {[]string{"a"}, `["a"]`},
		{map[string]any{"b": 1, "10": 2, "9": 3, "a": Undefined{}}, `{"9":3,"10":2,"b":1}`}, {map[string]any(nil), `null`},
		{map[string]int{"b": 1, "2": 2}, `{"2":2,"b":1}`}, {map[int]string{10: "a", 9: "b"}, `{"9":"b","10":"a"}`}, {map[float64]int{1: 1}, `null`},
		{Obj("a", 1, "b", Undefined{}, "c", Obj(), "1", nil), `{"1":null,"a":1,"c":{}}`}, {(*Object)(nil), `null`},
		{json.RawMessage(`{ "a" : 1 }`), `{ "a" : 1 }`}, {json.RawMessage(nil), `null`}, {&text, `"x"`}, {(*string)(nil), `null`},
		{make(chan int), `null`}, {func() {}, `null`}, {complex(1, 2), `null`}, {[]byte("hi"), `"aGk="`}, {[2]int{1, 2}, `[1,2]`}, {[]int(nil), `null`},
		{appender("{}"), `{}`}, {appender(""), ``}, {[]appender{"", "1"}, `[null,1]`}, {pointerAppender{}, `ptr`}, {&pointerAppender{}, `ptr`}, {(*pointerAppender)(nil), `null`},
		{marshaler{}, `{"m":1}`}, {marshaler{errors.New("no")}, `null`},
		{struct {
			A any      `json:"a"`
			B appender `json:"b"`
			C int      `json:"c"`
		}{A: Undefined{}}, `{"c":0}`},
		{outer{inner: inner{ID: "i"}, Ptr: &text}, `{"id":"i","any":null,"ptr":"x","Plain":false}`},
		{&outer{deep: &deep{Other: 1}, Any: []any{}, Time: at, List: []inner{{ID: "1", Name: "n"}}, Map: map[string]int{"a": 1}, Obj: Obj("z", 1), Raw: json.RawMessage("1"), Named: map[string]string{"a": "b"}, private: 1, Self: &outer{Plain: true}},
			"{\"id\":\"\",\"other\":1,\"any\":[],\"time\":\"2024-01-02T02:04:05.678Z\",\"list\":[{\"id\":\"1\",\"name\":\"n\"}],\"map\":{\"a\":1},\"ptr\":null,\"raw\":1,\"obj\":{\"z\":1},\"Plain\":false,\"<\u2028>\":{\"a\":\"b\"},\"self\":{\"id\":\"\",\"any\":null,\"ptr\":null,\"Plain\":true}}"},
	}
	for _, c := range cases {
		if got := string(Marshal(c.in)); got != c.want {
			t.Errorf("Marshal(%T)\n got %s\nwant %s", c.in, got, c.want)
		}
	}
	if got := string(Marshal(self)); !strings.Contains(got, "null}}}") {
		t.Error("a value that holds itself is not cut off")
	}
}

func TestObject(t *testing.T) {
	o := NewObject()
	for i := range 40 {
		o.Set(string(rune('a'+i%26))+string(rune('a'+i/26)), i)
	}
	for _, k := range []string{"7", "30", "4", "07", "4294967295"} {
		o.Set(k, k)
	}
	o.Set("ba", "new")
	if keys := o.Keys(); keys[0] != "4" || keys[1] != "7" || keys[2] != "30" || keys[3] != "aa" || keys[4] != "ba" || keys[44] != "4294967295" {
		t.Errorf("keys %v", keys)
	}
	if v, ok := o.Get("ba"); !ok || v != "new" {
		t.Errorf("ba = %v, %v", v, ok)
	}
	c := o.Clone()
	for _, k := range o.Keys() {
		if !c.Has(k) {
			t.Errorf("clone has no %s", k)
		}
		if k != "7" && k != "zz" {
			c.Delete(k)
		}
	}
	c.Set("5", 1)
	c.Set("x", 2)
	if got := string(Marshal(c)); got != `{"5":1,"7":"7","x":2}` {
		t.Errorf("after deletes: %s", got)
	}
	if o.Len() != 45 {
		t.Errorf("the clone changed its source: %d members", o.Len())
	}
	var none *Object
	if _, ok := none.Get("a"); ok || none.Len() != 0 || len(none.Keys()) != 0 || none.Clone().Len() != 0 {
		t.Error("a nil object is not empty")
	}
	for range none.All() {
		t.Error("a nil object has members")
	}
}

func TestObjectInEncodingJSON(t *testing.T) {
	o := NewObject()
	if err := json.Unmarshal([]byte(`{"b":1,"a":[2]}`), o); err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(o); err != nil || string(got) != `{"b":1,"a":[2]}` {
		t.Errorf("%s, %v", got, err)
	}
	if err := json.Unmarshal([]byte(`[]`), o); err == nil {
		t.Error("an array is taken for an object")
	}
}

func TestStructEncodingAllocatesNothing(t *testing.T) {
	v := &outer{inner: inner{ID: "i"}, List: []inner{{ID: "1"}}}
	buf := Append(make([]byte, 0, 1024), v)
	if n := testing.AllocsPerRun(100, func() { buf = Append(buf[:0], v) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
