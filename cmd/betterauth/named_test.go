package main

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/seed-32bd42cb/betterauth/config"
)

// TestNamedLines: each line has the name of its realm, however it is written; empty lines stay empty.
func TestNamedLines(t *testing.T) {
	var out bytes.Buffer
	w := (&world{stdout: &out, stderr: &out}).of(&setup{realm: &config.Realm{Name: "shop"}})
	fmt.Fprint(w.stdout, "one ", "line\n\ntwo\nthr")
	fmt.Fprint(w.stdout, "ee\n")
	if got, want := out.String(), "shop: one line\n\nshop: two\nshop: three\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if alone := (&world{stdout: &out}).of(&setup{}); alone.stdout != &out {
		t.Error("a server without realms has another output")
	}
}
