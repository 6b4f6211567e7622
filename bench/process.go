//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server that is measured.
type process struct {
	name    string
	address string
	started time.Duration // time until its first answer
	idle    memory
	cmd     *exec.Cmd
	log     *os.File // its output, in a file like that of a deployed server
}

// memory is the memory of a process in bytes: RSS counts shared pages in full,
// PSS a share of them.
type memory struct{ rss, pss int64 }

// launch starts a server and waits for its first answer.
func launch(ctx context.Context, name, address string, env []string, command string, args ...string) (*process, error) {
	log, err := os.CreateTemp("", "bench-*.log")
	if err != nil {
		return nil, err
	}
	p := &process{name: name, address: address, log: log}
	p.cmd = exec.Command(command, args...)
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	// The signal above is sent when the starting thread ends, so the thread must
	// not end.
	runtime.LockOSThread()
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		p.stop()
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	for time.Since(begin) < 20*time.Second && ctx.Err() == nil {
		res, err := client.Get("http://" + address + "/api/auth/ok")
		if err == nil {
			res.Body.Close()
			p.started = time.Since(begin)
			return p, nil
		}
		time.Sleep(time.Millisecond)
	}
	said := p.said()
	p.stop()
	return nil, fmt.Errorf("%s does not answer:\n%s", name, said)
}

func (p *process) stop() {
	if p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
	_ = p.log.Close()
	_ = os.Remove(p.log.Name())
}

// said returns the end of the process's output.
func (p *process) said() []byte {
	text, _ := os.ReadFile(p.log.Name())
	return text[max(0, len(text)-2000):]
}

func (p *process) file(name string) string {
	return "/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/" + name
}

// cpu returns the processor time used so far by all threads, user and system.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(p.file("stat"))
	if err != nil {
		return 0, err
	}
	return parseCPU(string(text))
}

// ticks is the number of ticks per second in /proc, equal on all supported
// architectures of Linux.
const ticks = 100

func parseCPU(stat string) (time.Duration, error) {
	// The name in parentheses may contain spaces.
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, errors.New("/proc/<pid>/stat is not as expected")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticks, errors.Join(err1, err2)
}

// memory returns the current memory of the process.
func (p *process) memory() (m memory, err error) {
	text, err := os.ReadFile(p.file("smaps_rollup"))
	if err != nil {
		return m, err
	}
	m.rss, m.pss = kilobytes(string(text), "Rss:"), kilobytes(string(text), "Pss:")
	return m, nil
}

// peak returns the largest resident memory since resetPeak.
func (p *process) peak() (int64, error) {
	text, err := os.ReadFile(p.file("status"))
	return kilobytes(string(text), "VmHWM:"), err
}

func (p *process) resetPeak() error { return os.WriteFile(p.file("clear_refs"), []byte("5"), 0) }

func kilobytes(text, label string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, label); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n * 1024
		}
	}
	return 0
}
