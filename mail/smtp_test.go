package mail

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// smtpd is a real mail server in a separate process.
type smtpd struct {
	port int
	ca   string
	got  chan received
}

type received struct {
	From          string
	To            []string
	TLS           bool
	Authenticated bool
	Headers       map[string]string
	Parts         map[string]string
}

// python finds an interpreter that has the server's library (Debian:
// python3-aiosmtpd).
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import aiosmtpd").Run() == nil {
			return name
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no mail server: install python3-aiosmtpd")
	}
	t.Skip("no mail server: install python3-aiosmtpd")
	return ""
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func serve(t *testing.T, mode string, port int) *smtpd {
	t.Helper()
	s := &smtpd{port: port, got: make(chan received, 100)}
	cert, key := s.certificate(t)
	cmd := exec.Command(python(t), "testdata/smtpd.py", mode, strconv.Itoa(port), cert, key)
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "ready") {
		t.Fatalf("the mail server said %q", lines.Text())
	}
	go func() {
		for lines.Scan() {
			var r received
			if json.Unmarshal(lines.Bytes(), &r) == nil {
				s.got <- r
			}
		}
	}()
	return s
}

func (s *smtpd) certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	check(t, err)
	s.ca = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	check(t, os.WriteFile(certFile, []byte(s.ca), 0o600))
	check(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600))
	return certFile, keyFile
}

func (s *smtpd) await(t *testing.T) received {
	t.Helper()
	select {
	case r := <-s.got:
		return r
	case <-time.After(30 * time.Second):
		t.Fatal("nothing arrived")
	}
	return received{}
}

var letter = Envelope{
	ID: "ID1", From: "Ácme <no-reply@acme.example>", ReplyTo: "help@acme.example", To: "a@example.com",
	Subject: "Grüße — 123456", Text: "Hello\n\nhttps://x.example/verify?token=" + strings.Repeat("abc=", 40) + "\n", HTML: "<p>Hello</p>",
}

func TestSMTP(t *testing.T) {
	for _, mode := range []string{"none", "starttls", "tls"} {
		t.Run(mode, func(t *testing.T) {
			s := serve(t, mode, freePort(t))
			server := &SMTP{Host: "127.0.0.1", Port: s.port, User: "user", Password: "pass", TLS: mode, CA: s.ca}
			if mode == "none" {
				server.User, server.Password, server.CA = "", "", ""
			}
			e := letter
			check(t, smtpSender{server, time.Now, 5 * time.Second}.Send(t.Context(), &e))
			r := s.await(t)
			if r.TLS != (mode != "none") || r.Authenticated != (mode != "none") || r.From != "no-reply@acme.example" || len(r.To) != 1 || r.To[0] != "a@example.com" {
				t.Errorf("%+v", r)
			}
			h := r.Headers
			if h["subject"] != letter.Subject || h["from"] != letter.From || h["reply-to"] != "help@acme.example" || h["message-id"] != "<ID1@acme.example>" || h["auto-submitted"] != "auto-generated" || h["date"] == "" {
				t.Errorf("headers %v", h)
			}
			text := strings.ReplaceAll(r.Parts["text/plain"], "\r\n", "\n")
			if strings.TrimSpace(text) != strings.TrimSpace(letter.Text) || strings.TrimSpace(r.Parts["text/html"]) != letter.HTML {
				t.Errorf("parts %q", r.Parts)
			}
		})
	}
}

func TestSMTPRefusals(t *testing.T) {
	s := serve(t, "starttls", freePort(t))
	good := SMTP{Host: "127.0.0.1", Port: s.port, User: "user", Password: "pass", CA: s.ca}
	for name, tc := range map[string]struct {
		change func(*SMTP)
		to     string
		final  bool
	}{
		"no such user":        {func(*SMTP) {}, "x@refused.example", true},
		"later":               {func(*SMTP) {}, "x@later.example", false},
		"no address":          {func(*SMTP) {}, "x", true},
		"wrong password":      {func(o *SMTP) { o.Password = "x" }, "a@example.com", false},
		"unknown certificate": {func(o *SMTP) { o.CA = "" }, "a@example.com", false},
		"nobody there":        {func(o *SMTP) { o.Port = freePort(t) }, "a@example.com", false},
	} {
		t.Run(name, func(t *testing.T) {
			server := good
			tc.change(&server)
			e := letter
			e.To = tc.to
			err := smtpSender{&server, time.Now, 2 * time.Second}.Send(t.Context(), &e)
			if err == nil || errors.Is(err, ErrRefused) != tc.final {
				t.Errorf("got %v", err)
			}
		})
	}
}

// The password must not be sent over a readable connection, nor the message over
// one from which STARTTLS was removed.
func TestAttackStrippedTLS(t *testing.T) {
	s := serve(t, "none", freePort(t)) // offers no STARTTLS
	e := letter
	if err := (smtpSender{&SMTP{Host: "127.0.0.1", Port: s.port}, time.Now, 5 * time.Second}).Send(t.Context(), &e); err == nil {
		t.Error("the message went in clear")
	}
}

// TestDeadMailServer checks that no message is lost while the mail server is
// down.
func TestDeadMailServer(t *testing.T) {
	python(t)
	port := freePort(t)
	m, err := New(Settings{Config: Config{From: "no-reply@acme.example", SMTP: &SMTP{Host: "127.0.0.1", Port: port, TLS: "none"}}, Now: time.Now})
	check(t, err)
	failed := make(chan struct{}, 100)
	m.retry = func(int) time.Duration {
		select {
		case failed <- struct{}{}:
		default: // the server needs time to start
		}
		return 50 * time.Millisecond
	}
	const n = 5
	for range n {
		check(t, m.Send(resetEvent, reset))
	}
	for range n {
		<-failed
	}
	s := serve(t, "none", port)
	ids := map[string]bool{}
	for range n {
		ids[s.await(t).Headers["message-id"]] = true
	}
	check(t, m.Close())
	if len(ids) != n {
		t.Errorf("%d different messages arrived", len(ids))
	}
}
