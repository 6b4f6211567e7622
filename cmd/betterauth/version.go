package main

import (
	"cmp"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
)

// reference is the version of the npm package that this server matches.
const reference = "1.7.25"

// A release build sets both: go build -ldflags "-X main.release=0.1.0 -X
// main.commit=…".
var (
	release = "0.1.0"
	commit  = "" // empty: the commit recorded by the build
)

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(w *world) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	fmt.Fprintf(w.stdout, "betterauth %s\ncommit %s\nmatches better-auth@%s\n%s %s/%s\n", version(), cmp.Or(commit, recorded(info), "unknown"),
		reference, cmp.Or(info.GoVersion, runtime.Version()), runtime.GOOS, runtime.GOARCH)
	return nil
}

// version returns the release of this program, or the last one before it.
func version() string { return release }

// pseudoVersion matches Go's name for a commit without a tag:
// v0.1.1-0.20261126020000-0123456789ab.
var pseudoVersion = regexp.MustCompile(`\d{14}-([0-9a-f]{12})(\+dirty)?$`)

// recorded returns the commit that the build recorded, "" if none: Go records it
// in a clone, and in the version of a module that was installed by commit.
func recorded(info *debug.BuildInfo) string {
	var revision, modified string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				modified = ", with changes"
			}
		}
	}
	if revision != "" {
		return revision + modified
	}
	if m := pseudoVersion.FindStringSubmatch(info.Main.Version); m != nil {
		return m[1]
	}
	return ""
}
