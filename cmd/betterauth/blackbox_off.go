//go:build !blackbox

package main

// blackboxCommands is empty in a normal build, which does not contain the
// black-box commands.
type blackboxCommands struct{}
