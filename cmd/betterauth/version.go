package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// reference is the npm package whose wire, cookies, hashes and schema are ours.
const reference = "1.7.25"

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(w *world) error {
	fmt.Fprintf(w.stdout, "betterauth %s\nmatches better-auth@%s\n%s %s/%s\n", version(), reference, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// version is the module's version, with the revision it was built from where
// there is no version.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := strings.Trim(info.Main.Version, "()")
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && v == "devel" {
			v += " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return v
}
