//go:build !linux

package main

// dropProgram does nothing: the advice exists only on Linux.
func dropProgram() {}
