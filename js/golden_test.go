package js

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
	"time"
	"unicode"
)

// golden is the behaviour of Node, written by testdata/golden.mjs.
type golden struct {
	Parse   []struct{ In, Out *string }
	Numbers []struct{ Bits, String, JSON string }
	Strings []struct {
		In             string
		Length, Points int
		Formed         string
	}
	Values []struct {
		In, String, Number, Trim string
		Truthy                   bool
	}
	Dates []struct {
		In  string
		ISO *string
	}
	ISOs []struct {
		MS  int64
		ISO string
	}
	Lowers            []struct{ In, Out string }
	Capitals, Lowered string
}

func readGolden(t *testing.T) *golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	g := new(golden)
	if err := json.Unmarshal(data, g); err != nil {
		t.Fatal(err)
	}
	return g
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseAsNode(t *testing.T) {
	for _, c := range readGolden(t).Parse {
		in := unbase64(t, *c.In)
		v, err := Parse(in)
		switch {
		case c.Out == nil && err == nil:
			t.Errorf("Parse(%q) = %s, Node refuses it", in, Marshal(v))
		case c.Out != nil && err != nil:
			t.Errorf("Parse(%q): %v", in, err)
		case c.Out != nil:
			if got, want := string(Marshal(v)), string(unbase64(t, *c.Out)); got != want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", in, got, want)
			}
		}
	}
}

func TestNumbersAsNode(t *testing.T) {
	for _, c := range readGolden(t).Numbers {
		bits, err := strconv.ParseUint(c.Bits, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		f := math.Float64frombits(bits)
		if got := Number(f); got != c.String {
			t.Errorf("Number(%v) = %s, want %s", f, got, c.String)
		}
		if got := string(Marshal(f)); got != c.JSON {
			t.Errorf("Marshal(%v) = %s, want %s", f, got, c.JSON)
		}
	}
}

func TestStringsAsNode(t *testing.T) {
	for _, c := range readGolden(t).Strings {
		v, err := Parse([]byte(c.In))
		if err != nil {
			t.Fatal(err)
		}
		s := v.(string)
		if Length(s) != c.Length || Points(s) != c.Points {
			t.Errorf("%s: length %d, points %d, want %d, %d", c.In, Length(s), Points(s), c.Length, c.Points)
		}
		if got, want := WellFormed(s), string(unbase64(t, c.Formed)); got != want {
			t.Errorf("WellFormed(%s) = %q, want %q", c.In, got, want)
		}
	}
}

func TestConversionsAsNode(t *testing.T) {
	for _, c := range readGolden(t).Values {
		v, err := Parse([]byte(c.In))
		if err != nil {
			t.Fatal(err)
		}
		if got := String(v); got != c.String {
			t.Errorf("String(%s) = %q, want %q", c.In, got, c.String)
		}
		if got := Number(ToNumber(v)); got != c.Number {
			t.Errorf("ToNumber(%s) = %s, want %s", c.In, got, c.Number)
		}
		if got := Truthy(v); got != c.Truthy {
			t.Errorf("Truthy(%s) = %v", c.In, got)
		}
		if s, ok := v.(string); ok && Trim(s) != c.Trim {
			t.Errorf("Trim(%s) = %q, want %q", c.In, Trim(s), c.Trim)
		}
	}
}

func TestDatesAsNode(t *testing.T) {
	g := readGolden(t)
	for _, c := range g.Dates {
		got, ok := ParseDate(c.In)
		switch {
		case ok != (c.ISO != nil):
			t.Errorf("ParseDate(%q) = %v, %v, want valid %v", c.In, got, ok, c.ISO != nil)
		case ok && ISO(got) != *c.ISO:
			t.Errorf("ParseDate(%q) = %s, want %s", c.In, ISO(got), *c.ISO)
		}
	}
	for _, c := range g.ISOs {
		if got := ISO(time.UnixMilli(c.MS)); got != c.ISO {
			t.Errorf("ISO(%d) = %s, want %s", c.MS, got, c.ISO)
		}
	}
}

func TestToLowerCaseAsNode(t *testing.T) {
	g := readGolden(t)
	for _, c := range g.Lowers {
		in, err := Parse([]byte(c.In))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(Marshal(ToLowerCase(in.(string)))); got != c.Out {
			t.Errorf("%s: %s, want %s", c.In, got, c.Out)
		}
	}
	lowered := []rune(g.Lowered)
	for _, r := range g.Capitals {
		want := string(lowered[:1])
		if r == 'İ' { // the only one that becomes two characters
			want = string(lowered[:2])
		}
		lowered = lowered[len([]rune(want)):]
		// Node's version of Unicode is newer, and has letters that Go does not know yet.
		if got := ToLowerCase(string(r)); got != want && unicode.IsLetter(r) {
			t.Errorf("%q: %q, want %q", r, got, want)
		}
	}
	if len(lowered) != 0 {
		t.Errorf("%d letters are left", len(lowered))
	}
}
