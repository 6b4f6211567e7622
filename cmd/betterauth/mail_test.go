package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

// process is a server in a separate process.
type process struct {
	cmd  *exec.Cmd
	url  string
	says chan string // lines of its log
}

func start(t *testing.T, dir string) *process {
	t.Helper()
	urlFile := filepath.Join(dir, "url")
	_ = os.Remove(urlFile)
	cmd := exec.Command("betterauth", "serve", "--config", "c.yaml", "--migrate", "--listen", "127.0.0.1:0", "--url-file", urlFile)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DATABASE_URL=", "BETTER_AUTH_SECRET=", "BETTER_AUTH_URL=")
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, says: make(chan string, 1000)}
	go func() {
		defer close(p.says)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.says <- lines.Text()
		}
	}()
	t.Cleanup(p.kill)
	p.await(t, "Endpoints")
	for range 600 {
		if text, err := os.ReadFile(urlFile); err == nil && strings.HasSuffix(string(text), "\n") {
			p.url = strings.TrimSpace(string(text))
			return p
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the server tells no address")
	return nil
}

// kill ends it like a crash.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *process) await(t *testing.T, text string) {
	t.Helper()
	var seen []string
	end := time.After(60 * time.Second)
	for {
		select {
		case line, ok := <-p.says:
			if seen = append(seen, line); strings.Contains(line, text) {
				return
			}
			if !ok {
				t.Fatalf("it ended without %q:\n%s", text, strings.Join(seen, "\n"))
			}
		case <-end:
			t.Fatalf("it never said %q:\n%s", text, strings.Join(seen, "\n"))
		}
	}
}

func (p *process) post(t *testing.T, path, body string) {
	t.Helper()
	res, err := http.Post(p.url+"/api/auth"+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s", path, res.StatusCode, text)
	}
}

// TestMailSurvivesACrash kills and restarts the server while the receiver of the
// mail is down: the message arrives once, and its link works.
func TestMailSurvivesACrash(t *testing.T) {
	for name, section := range map[string]func(*testing.T) string{
		"database": func(*testing.T) string { return "" },
		"redis": func(t *testing.T) string {
			return "secondaryStorage: redis://" + testserver.Redis(t) + "\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storage := section(t)
			receiver, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address := receiver.Addr().String()
			if err := receiver.Close(); err != nil { // the receiver is down from now on
				t.Fatal(err)
			}
			queue := "database"
			if storage != "" {
				queue = "secondary-storage"
			}
			dir := t.TempDir()
			conf := "mode: production\nbaseURL: http://localhost\nsecret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\ndatabase: sqlite:app.db\n" + storage +
				"emailAndPassword: { enabled: true, sendResetPassword: mail }\n" +
				"mail: { from: no-reply@acme.example, webhook: 'http://" + address + "/', queue: " + queue + " }\n"
			if err := os.WriteFile(filepath.Join(dir, "c.yaml"), []byte(conf), 0o600); err != nil {
				t.Fatal(err)
			}
			first := start(t, dir)
			first.post(t, "/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`)
			first.post(t, "/request-password-reset", `{"email":"ann@example.com"}`)
			first.await(t, "a message was not sent; it will be tried again")
			first.kill()

			arrived := make(chan string, 10)
			if receiver, err = net.Listen("tcp", address); err != nil {
				t.Fatal(err)
			}
			web := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				arrived <- string(body)
			})}
			go func() { _ = web.Serve(receiver) }()
			defer web.Close()
			second := start(t, dir)
			var body string
			select {
			case body = <-arrived:
			case <-time.After(90 * time.Second):
				t.Fatal("the message did not arrive")
			}
			var in struct{ Data []struct{ URL string } }
			if err := json.Unmarshal([]byte(body), &in); err != nil || len(in.Data) != 1 {
				t.Fatalf("%s: %v", body, err)
			}
			_, token, _ := strings.Cut(in.Data[0].URL, "/reset-password/")
			token, _, _ = strings.Cut(token, "?")
			second.post(t, "/reset-password", `{"newPassword":"password5678","token":"`+token+`"}`)
			second.post(t, "/sign-in/email", `{"email":"ann@example.com","password":"password5678"}`)
			if len(arrived) > 0 {
				t.Error("the message arrived twice")
			}
		})
	}
}

// TestOutboxCommands checks that a rejected message is listed, sent again, and
// removed.
func TestOutboxCommands(t *testing.T) {
	var refuses atomic.Bool
	refuses.Store(true)
	arrived := make(chan bool, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		if refuses.Load() {
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(http.StatusUnprocessableEntity)
			io.WriteString(rw, `{"status":422,"message":"no such mailbox"}`)
			return
		}
		arrived <- true
	}))
	defer receiver.Close()
	dir := t.TempDir()
	conf := "mode: production\nbaseURL: http://localhost\nsecret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\ndatabase: sqlite:app.db\n" +
		"emailAndPassword: { enabled: true, sendResetPassword: mail }\nmail: { from: no-reply@acme.example, webhook: '" + receiver.URL + "' }\n"
	if err := os.WriteFile(filepath.Join(dir, "c.yaml"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	betterauth := func(args ...string) string {
		cmd := exec.Command("betterauth", append(args, "--config", "c.yaml")...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "DATABASE_URL=", "BETTER_AUTH_SECRET=", "BETTER_AUTH_URL=")
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	first := start(t, dir)
	first.post(t, "/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`)
	first.post(t, "/request-password-reset", `{"email":"ann@example.com"}`)
	first.await(t, "a message was given up")
	list := ""
	for range 100 { // the log is written first
		if list = betterauth("outbox"); strings.Contains(list, "ann@example.com") {
			break
		}
	}
	first.kill()
	if !strings.Contains(list, "to ann@example.com: Reset your Better Auth password") || strings.Contains(list, "reset-password/") {
		t.Errorf("outbox: %s", list)
	}
	if text := betterauth("outbox", "list", "--text"); !strings.Contains(text, "reset-password/") {
		t.Errorf("outbox list --text: %s", text)
	}
	if out := betterauth("outbox", "delete", "nonsense"); !strings.Contains(out, "no message with this id was given up") {
		t.Errorf("outbox delete: %s", out)
	}
	if out := betterauth("outbox", "retry"); !strings.Contains(out, "--all") {
		t.Errorf("outbox retry: %s", out)
	}
	if out := betterauth("outbox", "retry", "--all"); !strings.Contains(out, "will be sent again") {
		t.Errorf("outbox retry --all: %s", out)
	}
	if list := betterauth("outbox"); list != "No message was given up.\n" {
		t.Errorf("outbox: %s", list)
	}
	refuses.Store(false)
	start(t, dir)
	select {
	case <-arrived:
	case <-time.After(60 * time.Second):
		t.Error("the message was not sent again")
	}
}
