//go:build !linux

package main

// dropProgram does nothing: only Linux is told.
func dropProgram() {}
