package config

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
)

// failure is one row of "When it is slow, down, or answers nonsense" in docs/callbacks.md: options whose webhook
// fails, and the result.
type failure struct {
	name    string
	options []string // as on the page
	config  string   // HOOK is the webhook that fails, GOOD one that never does
	answers map[string]string
	before  func(p *played) // while the webhook still works
	run     func(p *played) *authtest.Answer
	status  int
	body    string          // part of the answer; "" is an empty body, "*" any body
	after   func(p *played) // the state afterwards, with the webhook working again
	logged  string          // part of the log
	only    []string        // the plays; default: all
}

// played is a server whose webhooks can be made to fail.
type played struct {
	*testing.T
	srv   *authtest.Server
	c     *authtest.Client
	sent  *sent
	notes map[string]string
}

// sent records the calls of working webhooks.
type sent struct {
	mu    sync.Mutex
	calls map[string]json.RawMessage // the data of the last call of an event
	kept  map[string]any             // the secondary storage
}

// keep implements secondary storage with webhooks. ok is false for other events.
func (s *sent) keep(event string, data json.RawMessage) (answer string, ok bool) {
	var args []any
	if err := json.Unmarshal(data, &args); err != nil || !strings.HasPrefix(event, "secondaryStorage.") {
		return "", false
	}
	key, _ := args[0].(string)
	before := s.kept[key]
	switch strings.TrimPrefix(event, "secondaryStorage.") {
	case "set":
		s.kept[key] = args[1]
	case "delete", "getAndDelete":
		delete(s.kept, key)
	case "increment":
		n, _ := before.(float64)
		s.kept[key], before = n+1, n+1
	}
	text, _ := json.Marshal(map[string]any{"result": before})
	return string(text), true
}

func (p *played) told(event string) string {
	p.sent.mu.Lock()
	defer p.sent.mu.Unlock()
	return string(p.sent.calls[event])
}

// token returns the token in a message with a link.
func (p *played) token(event string) string {
	p.Helper()
	var data []struct{ Token string }
	_ = json.Unmarshal([]byte(p.told(event)), &data)
	if len(data) == 0 || data[0].Token == "" {
		p.Fatalf("%s was not told: %s", event, p.told(event))
	}
	return data[0].Token
}

// plays are the ways in which a webhook fails. All use real connections.
var plays = []string{"slow", "down", "nonsense"}

// stage is the transport of webhooks, and their receiver.
type stage struct {
	fails   atomic.Bool
	play    string
	refuses string // an address where nothing listens
}

// RoundTrip implements http.RoundTripper.
func (s *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	if !s.fails.Load() || r.URL.Path != "/hook" {
		return http.DefaultTransport.RoundTrip(r)
	}
	switch s.play {
	case "slow": // like a short timeout that applies to the failing calls only
		ctx, cancel := context.WithTimeout(r.Context(), 20*time.Millisecond)
		defer cancel()
		return http.DefaultTransport.RoundTrip(r.WithContext(ctx))
	case "down":
		r = r.Clone(r.Context())
		r.URL.Host = s.refuses
	}
	return http.DefaultTransport.RoundTrip(r)
}

// receiver answers webhooks with answers, while it works.
func (s *stage) receiver(t *testing.T, log *sent, answers map[string]string) string {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		if s.fails.Load() && r.URL.Path == "/hook" {
			if s.play == "slow" {
				<-r.Context().Done()
			}
			_, _ = io.WriteString(w, "OK")
			return
		}
		var call struct {
			Event string
			Data  json.RawMessage
		}
		_ = json.Unmarshal(data, &call)
		log.mu.Lock()
		log.calls[call.Event] = call.Data
		answer, isStorage := log.keep(call.Event, call.Data)
		log.mu.Unlock()
		if !isStorage {
			answer = "{}"
		}
		for event, text := range answers {
			if strings.HasSuffix(call.Event, event) {
				answer = text
			}
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(web.Close)
	return web.URL
}

// lockedBuffer is a log that may be written concurrently.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func nobody(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// open starts the server of a config file.
func open(t *testing.T, text string) (*played, *Resources) {
	t.Helper()
	p, _, _, res := begun(t, text)
	return p, res
}

func begun(t *testing.T, text string) (*played, *lockedBuffer, *File, *Resources) {
	t.Helper()
	file, err := FromJSON([]byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	file.Database.None = true
	log := &lockedBuffer{}
	o, res, err := file.Open(t.Context(), Runtime{Now: at, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	// Cheap, because every row signs up.
	o = authtest.PlainPasswords(o)
	server := authtest.New(t, o)
	return &played{T: t, srv: server, c: server.Client(), notes: map[string]string{}}, log, file, res
}

const secretOfTheAddress = "topsecret"

func (f *failure) play(t *testing.T, how string) {
	s := &stage{play: how, refuses: nobody(t)}
	told := &sent{calls: map[string]json.RawMessage{}, kept: map[string]any{}}
	url := s.receiver(t, told, f.answers)
	text := strings.NewReplacer(
		"HOOK", `{"webhook":"`+url+`/hook?token=`+secretOfTheAddress+`","secret":"hush-hush"}`, "GOOD", `"`+url+`/good"`,
	).Replace(f.config)
	p, log, file, res := begun(t, text)
	file.caller.Client.Transport = s
	p.sent = told
	if f.before != nil {
		f.before(p)
	}
	s.fails.Store(true)
	a := f.run(p)
	if err := res.Close(); err != nil { // waits for background messages
		t.Error(err)
	}
	s.fails.Store(false)
	if a.Status != f.status || f.body == "" && a.Body != "" || f.body != "*" && !strings.Contains(a.Body, f.body) {
		t.Errorf("answered %d %q %s", a.Status, a.Body, a.Header.Get("Location"))
	}
	if f.after != nil {
		f.after(p)
	}
	written := log.b.String()
	if !strings.Contains(written, f.logged) || !strings.Contains(written, callback.ErrUnavailable.Error()) {
		t.Errorf("the log does not tell why: %s", written)
	}
	if strings.Contains(written, secretOfTheAddress) || strings.Contains(written, "hush-hush") {
		t.Errorf("the log tells too much: %s", written)
	}
}

// TestFailingWebhooks plays every row of the page.
func TestFailingWebhooks(t *testing.T) {
	for _, f := range allFailures() {
		t.Run(f.name, func(t *testing.T) {
			for _, how := range plays {
				if f.only == nil || slices.Contains(f.only, how) {
					t.Run(how, func(t *testing.T) { f.play(t, how) })
				}
			}
		})
	}
}

func allFailures() []failure {
	return slices.Concat(
		senderFailures,
		userFailures,
		hookFailures,
		decisionFailures,
		captchaFailures,
		guestFailures,
		keyFailures,
		localeFailures,
		makerFailures,
		nameFailures,
		oauthFailures,
		organizationFailures,
		passkeyFailures(),
		phoneFailures,
		providerFailures,
		storageFailures,
		teamFailures,
	)
}

// playedElsewhere are options of the page whose failures are tested in another package.
var playedElsewhere = map[string]string{
	"mail.webhook":                 "mail.TestWebhookTriesAgain",
	"isMetadataDocumentUrlAllowed": "cimd.TestFailingCallbacks",
	"onClientCreated":              "cimd.TestFailingCallbacks",
	"onClientRefreshed":            "cimd.TestFailingCallbacks",
}

// TestFailuresPage: each option in the table of the page is played, and no other options are.
func TestFailuresPage(t *testing.T) {
	data, err := os.ReadFile("../docs/callbacks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "| kind | options | outcome |")
	table, _, ok := strings.Cut(rest, "\n\n")
	if !ok {
		t.Fatal("the page has no such table")
	}
	onPage, isPlayed := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		for _, m := range regexp.MustCompile("`([A-Za-z.*]+)`").FindAllStringSubmatch(cells[2], -1) {
			onPage[m[1]] = true
		}
	}
	for _, f := range allFailures() {
		for _, o := range f.options {
			isPlayed[o] = true
		}
	}
	for o := range onPage {
		if !isPlayed[o] && playedElsewhere[o] == "" {
			t.Errorf("nothing plays the failing of %s", o)
		}
	}
	for o := range isPlayed {
		if !onPage[o] {
			t.Errorf("the page does not say what becomes of a failing %s", o)
		}
	}
	if len(onPage) < 30 {
		t.Errorf("only %d options found", len(onPage))
	}
}

// awaitTold waits for a webhook that is called in the background.
func (p *played) awaitTold(event string) {
	p.Helper()
	for range 2000 {
		if p.told(event) != "" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.Fatalf("%s was not called", event)
}
