package js

import "testing"

// FuzzParseDate parses any text as a date: the ISO form of the result parses to
// the same time.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-11-24T12:00:00.000Z", "2026-11-24", "2026-11-24 12:00:00", "1764000000000", "+275760-09-13T00:00:00.000Z", "-000001-01-01T00:00:00Z", "Tue Nov 24 2026 12:00:00 GMT+0100", "2026-02-30", "24:00", "", "T", "2026-11-24T24:00:00Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, ok := ParseDate(text)
		if !ok {
			return
		}
		again, ok := ParseDate(ISO(at))
		if !ok || again.UnixMilli() != at.UnixMilli() {
			t.Errorf("%q is %s, which reads as %s (%v)", text, ISO(at), ISO(again), ok)
		}
	})
}
