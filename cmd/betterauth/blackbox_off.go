//go:build !blackbox

package main

// blackboxCommands is empty in a normal build, which has no trace of the
// black-box commands.
type blackboxCommands struct{}
