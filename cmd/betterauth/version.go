package main

import (
	"cmp"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
)

// reference is the npm package whose wire, cookies, hashes and schema are ours.
const reference = "1.7.25"

// A release build sets both: go build -ldflags "-X main.release=0.1.0 -X main.commit=…".
var (
	release = "0.1.0"
	commit  = "" // empty: what the build recorded
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

// version is the release that this program is, or the last one before it.
func version() string { return release }

// pseudoVersion is how Go names a commit that has no tag: v0.1.1-0.20261126020000-0123456789ab.
var pseudoVersion = regexp.MustCompile(`\d{14}-([0-9a-f]{12})(\+dirty)?$`)

// recorded is the commit that the build recorded, "" if it did not: Go records
// it in a clone, and in the version of a module installed by commit.
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
