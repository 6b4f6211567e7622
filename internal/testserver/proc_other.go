//go:build unix && !linux

package testserver

import "syscall"

// attributes runs a program under an account.
func attributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as}
}
