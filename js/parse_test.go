package js

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseDepth(t *testing.T) {
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	v, err := Parse(nested(maxDepth))
	if err != nil {
		t.Fatal(err)
	}
	if got := Marshal([]any{v}); len(got) != 2*maxDepth+2 {
		t.Errorf("%d bytes written", len(got))
	}
	for _, in := range [][]byte{nested(maxDepth + 1), bytes.Repeat([]byte(`{"a":`), 1_000_000)} {
		var bad *SyntaxError
		if _, err := Parse(in); !errors.As(err, &bad) {
			t.Errorf("error %v", err)
		}
	}
}

func TestParseValues(t *testing.T) {
	v, err := Parse([]byte(`{"z":-0,"i":1e999,"a":[],"s":"é"}`))
	if err != nil {
		t.Fatal(err)
	}
	o := v.(*Object)
	if z, _ := o.Get("z"); !math.Signbit(z.(float64)) {
		t.Error("-0 lost its sign")
	}
	if i, _ := o.Get("i"); !math.IsInf(i.(float64), 1) {
		t.Error("1e999 is not infinite")
	}
	if a, _ := o.Get("a"); a.([]any) == nil {
		t.Error("an empty array is nil")
	}
}

func TestParseManyIntegerKeys(t *testing.T) {
	var b []byte
	for i := 200_000; i > 0; i-- {
		b = append(append(append(b, ",\""...), Number(float64(i))...), "\":0"...)
	}
	b[0] = '{'
	v, err := Parse(append(b, '}'))
	if err != nil {
		t.Fatal(err)
	}
	if keys := v.(*Object).Keys(); keys[0] != "1" || keys[199_999] != "200000" {
		t.Errorf("first %s, last %s", keys[0], keys[199_999])
	}
}

func drawValue(t *rapid.T, depth int) any {
	kind := rapid.IntRange(0, 7).Draw(t, "kind")
	if depth > 3 {
		kind %= 5
	}
	switch kind {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2, 3:
		return rapid.String().Draw(t, "string")
	case 4:
		return rapid.Float64().Draw(t, "number")
	case 5:
		list := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			list = append(list, drawValue(t, depth+1))
		}
		return list
	}
	o := NewObject()
	for range rapid.IntRange(0, 20).Draw(t, "members") {
		key := rapid.OneOf(rapid.StringMatching(`[0-9]{1,3}|[a-c]{1,2}`), rapid.String()).Draw(t, "key")
		o.Set(key, drawValue(t, depth+1))
	}
	return o
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Marshal(drawValue(t, 0))
		v, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if again := Marshal(v); !bytes.Equal(text, again) {
			t.Fatalf("%s became %s", text, again)
		}
	})
}

func TestObjectIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, want := NewObject(), map[string]int{}
		for i := range rapid.IntRange(0, 60).Draw(t, "steps") {
			key := rapid.StringMatching(`[0-9]{1,2}|[a-z]`).Draw(t, "key")
			if rapid.IntRange(0, 3).Draw(t, "do") == 0 {
				o.Delete(key)
				delete(want, key)
				continue
			}
			o.Set(key, i)
			want[key] = i
		}
		if o.Len() != len(want) {
			t.Fatalf("%d members, want %d", o.Len(), len(want))
		}
		before := ""
		for key, val := range o.All() {
			if want[key] != val {
				t.Fatalf("%s = %v, want %d", key, val, want[key])
			}
			if before != "" && compareIndex(before, key) > 0 {
				t.Fatalf("%s before %s", before, key)
			}
			if got, ok := o.Get(key); !ok || got != val {
				t.Fatalf("Get(%s) = %v, %v", key, got, ok)
			}
			before = key
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a":[1,"\ud800",null]}`, "\xff", `"\ud83d\ude00"`, `{"1":1,"0":2,"__proto__":{}}`, "[1e999,-0]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Parse(data)
		if err != nil {
			return
		}
		text := Marshal(v)
		again, err := Parse(text)
		if err != nil {
			t.Fatalf("%q was written as %q: %v", data, text, err)
		}
		if twice := Marshal(again); !bytes.Equal(text, twice) {
			t.Fatalf("%q became %q", text, twice)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	in := []byte(`{"name":"Ada Lovelace","email":"ada@example.com","password":"correct horse","rememberMe":true,"n":[1,2.5,null]}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	v := Obj("token", "abcdefghijklmnopqrstuvwxyz012345", "user", Obj("id", "x", "email", "ada@example.com", "emailVerified", false, "n", 1.5))
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = Append(buf[:0], v)
	}
}
