//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// database is the common database of the three servers.
type database struct {
	url   string
	close func()
}

func openDatabase(ctx context.Context, name, dir string) (*database, error) {
	switch name {
	case "sqlite":
		return &database{url: "sqlite:" + filepath.Join(dir, "bench.db"), close: func() {}}, nil
	case "postgres":
		return startPostgres(ctx, dir, "C")
	}
	return nil, fmt.Errorf("unknown database %q (known: sqlite, postgres)", name)
}

// startPostgres starts a temporary server from the installed programs, with its
// default settings except for durability, which a benchmark of the servers in
// front of it does not need.
func startPostgres(ctx context.Context, dir, locale string) (*database, error) {
	bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(bins) == 0 {
		return nil, errors.New("PostgreSQL is not installed (Debian: apt-get install postgresql)")
	}
	bin := filepath.Dir(bins[len(bins)-1])
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	as, err := postgresAccount(dir)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale="+locale, "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if text, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, text)
	}
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-k", dir, "-h", "127.0.0.1",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	server.Dir, server.SysProcAttr = dir, as
	if err := server.Start(); err != nil {
		return nil, err
	}
	stop := func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		_ = server.Wait()
	}
	probe := []string{"-h", "127.0.0.1", "-p", port, "-U", "postgres", "-d", "postgres", "-qc", "SELECT 1"}
	for range 300 {
		if exec.CommandContext(ctx, filepath.Join(bin, "psql"), probe...).Run() == nil {
			return &database{url: "postgres://postgres@" + address + "/postgres?sslmode=disable", close: stop}, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	stop()
	return nil, errors.New("PostgreSQL does not answer")
}

// postgresAccount returns the account of the server, which refuses to run as
// root.
func postgresAccount(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, uid, gid)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
