//go:build unix && !linux

package testserver

import "syscall"

// attributes makes a program run under an account.
func attributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as}
}
