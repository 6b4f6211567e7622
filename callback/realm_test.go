package callback

import "testing"

// TestRealmIsSent: a server that is a realm names itself in every call, and others do not.
func TestRealmIsSent(t *testing.T) {
	if got, want := string(encode("shop", "e", []any{"x"}, false)), `{"event":"e","realm":"shop","data":["x"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := string(encode("", "e", []any{"x"}, false)), `{"event":"e","data":["x"]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
