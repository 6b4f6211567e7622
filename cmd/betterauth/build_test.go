package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A normal build must contain no part of the black-box build.
func TestNormalBuildHasNoBlackBox(t *testing.T) {
	traces := []string{"X-Test-Clock", "X-Test-Url-Host", "X-Egress-Url", "/__test/api/", "Serve many configurations"}
	read := func(name string, tags ...string) []byte {
		out := filepath.Join(t.TempDir(), name)
		build := exec.Command("go", append(append([]string{"build"}, tags...), "-o", out, ".")...)
		if text, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, text)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	normal, special := read("normal"), read("special", "-tags", "blackbox")
	for _, trace := range traces {
		if bytes.Contains(normal, []byte(trace)) {
			t.Errorf("a normal build holds %q", trace)
		}
		if !bytes.Contains(special, []byte(trace)) {
			t.Errorf("the black-box build does not hold %q: the test looks for the wrong thing", trace)
		}
	}
}
