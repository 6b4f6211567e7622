//go:build !linux

package dial

import "syscall"

// limitSilence does nothing on this system; there are still keep-alive probes.
func limitSilence(string, string, syscall.RawConn) error { return nil }
