//go:build !linux

package main

import "runtime/debug"

// giveBack returns the memory that only starting needed.
func giveBack() { debug.FreeOSMemory() }
