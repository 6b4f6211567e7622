package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

func TestMain(m *testing.M) {
	testscript.Main(stopping{m}, map[string]func(){"betterauth": main})
}

// stopping stops the servers that tests started.
type stopping struct{ m *testing.M }

// Run implements testscript's TestingM.
func (s stopping) Run() int {
	defer testserver.Stop()
	return s.m.Run()
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "await": await, "fetch": fetch, "visit": visit, "until": until, "terminate": terminate, "mode": mode, "busy": busy, "ask": ask,
		},
	})
}

// exits runs a command and checks its exit status: exits 2 betterauth nonsense.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status command [args...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		status = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

// await waits until a file is there.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await file")
	}
	for range 600 {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.HasSuffix(string(text), "\n") {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s did not appear", args[0])
}

// fetch sends a request to the server whose address is in a file, and checks the
// status and a part of the answer: fetch url 200 GET /path text [body].
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 5 {
		ts.Fatalf("usage: fetch url-file status method path text [body]")
	}
	request(ts, "", args)
}

// visit is fetch for a host: visit shop.example url 200 GET /path text [body].
func visit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 6 {
		ts.Fatalf("usage: visit host url-file status method path text [body]")
	}
	request(ts, args[0], args[1:])
}

func request(ts *testscript.TestScript, host string, args []string) {
	body := strings.Join(args[5:], " ")
	req, err := http.NewRequest(args[2], strings.TrimSpace(ts.ReadFile(args[0]))+args[3], strings.NewReader(body))
	ts.Check(err)
	req.Host = host
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	if strconv.Itoa(res.StatusCode) != args[1] || !strings.Contains(string(text), args[4]) {
		ts.Fatalf("got %d %s", res.StatusCode, text)
	}
}

// until waits until the server's answer has a status: until url 503 /path.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: until url-file status path")
	}
	for range 600 {
		res, err := http.Get(strings.TrimSpace(ts.ReadFile(args[0])) + args[2])
		ts.Check(err)
		ts.Check(res.Body.Close())
		if strconv.Itoa(res.StatusCode) == args[1] {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s did not answer %s", args[2], args[1])
}

// terminate sends SIGTERM to the program that was started last.
func terminate(ts *testscript.TestScript, neg bool, args []string) {
	started := ts.BackgroundCmds()
	if neg || len(args) != 0 || len(started) == 0 {
		ts.Fatalf("usage: terminate")
	}
	ts.Check(started[len(started)-1].Process.Signal(syscall.SIGTERM))
}

// mode checks the permissions of a file: mode 0600 file.
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := "0" + strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[0] {
		ts.Fatalf("mode %s, want %s", got, args[0])
	}
}

// busy sets PORT to the port of a server: busy url-file.
func busy(ts *testscript.TestScript, neg bool, args []string) {
	address := strings.TrimSpace(ts.ReadFile(args[0]))
	ts.Setenv("PORT", address[strings.LastIndexByte(address, ':')+1:])
}

// ask runs a command with the address in a file as its last argument.
func ask(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(ts.Exec(args[1], append(args[2:], strings.TrimSpace(ts.ReadFile(args[0])))...))
}
