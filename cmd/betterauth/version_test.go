package main

import (
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

func TestRecordedCommit(t *testing.T) {
	const revision = "0123456789abcdef0123456789abcdef01234567"
	for name, tc := range map[string]struct {
		info debug.BuildInfo
		want string
	}{
		"nothing":             {debug.BuildInfo{}, ""},
		"go install of a tag": {debug.BuildInfo{Main: debug.Module{Version: "v0.1.0"}}, ""},
		"go install of a commit": {
			debug.BuildInfo{Main: debug.Module{Version: "v0.1.1-0.20261126020000-0123456789ab"}}, "0123456789ab",
		},
		"a clone": {debug.BuildInfo{Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "false"},
		}}, "0123456789ab"},
		"a clone with changes": {debug.BuildInfo{Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: "true"},
		}}, "0123456789ab, with changes"},
	} {
		if got := recorded(&tc.info); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// The linker sets the version of a release; it would ignore a renamed variable
// without an error.
func TestReleaseVersion(t *testing.T) {
	program := filepath.Join(t.TempDir(), "betterauth.exe")
	build := exec.Command("go", "build", "-ldflags", "-X main.release=9.8.7 -X main.commit=abcdef", "-o", program, ".")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	out, err := exec.Command(program, "version").Output()
	if err != nil || !strings.HasPrefix(string(out), "betterauth 9.8.7\ncommit abcdef\n") {
		t.Errorf("%v: %s", err, out)
	}
}
