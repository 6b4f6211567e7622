package callback

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func heard(t *testing.T, from chan error) error {
	t.Helper()
	select {
	case err := <-from:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the outcome was not told")
		return nil
	}
}

// TestAside checks that a background webhook is not waited for, outlives the
// call, and gets the arguments as they were at the call.
func TestAside(t *testing.T) {
	release, bodies := make(chan struct{}), make(chan string, 1)
	s := webhook(t, func(w http.ResponseWriter, r *http.Request) {
		<-release
		body, _ := io.ReadAll(r.Body)
		bodies <- string(body)
	})
	f := bound[map[string]any, Nothing](t, s.URL, &Caller{Client: s.Client(), Now: atNoon})
	ctx, cancel := context.WithCancel(t.Context())
	in := map[string]any{"a": "then"}
	told := make(chan error, 1)
	f.Aside(ctx, in, func(err error) { told <- err }) // returns although there is no answer
	cancel()
	in["a"] = "later"
	close(release)
	if err := heard(t, told); err != nil {
		t.Error(err)
	}
	if body := <-bodies; !strings.Contains(body, `{"a":"then"}`) {
		t.Errorf("sent %s", body)
	}
}

func TestAsideTellsWhatFailed(t *testing.T) {
	s := answering(t, 200, "OK")
	for name, c := range map[string]*Caller{"aside": {Client: s.Client(), Now: atNoon}, "waiting": {Client: s.Client(), Now: atNoon, Wait: true}} {
		told := make(chan error, 1)
		bound[string, Nothing](t, s.URL, c).Aside(t.Context(), "x", func(err error) { told <- err })
		if err := heard(t, told); !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "an.event") {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := errors.New("broken")
	var told error
	Func[string, Nothing](func(context.Context, string) (Nothing, error) { return Nothing{}, broken }).
		Aside(t.Context(), "x", func(err error) { told = err })
	if !errors.Is(told, broken) {
		t.Errorf("a func of Go: %v", told)
	}
}

func TestCloseWaitsForWhatIsAside(t *testing.T) {
	release, called := make(chan struct{}), make(chan struct{})
	s := webhook(t, func(http.ResponseWriter, *http.Request) { close(called); <-release })
	c := &Caller{Client: s.Client(), Now: atNoon}
	f := bound[string, Nothing](t, s.URL, c)
	told := make(chan error, 1)
	f.Aside(t.Context(), "x", func(err error) { told <- err })
	<-called
	closed := make(chan struct{})
	go func() { c.Close(context.Background()); close(closed) }()
	select {
	case <-closed:
		t.Fatal("closed with a call under way")
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	<-closed
	if err := heard(t, told); err != nil {
		t.Error(err)
	}
	f.Aside(t.Context(), "x", func(err error) { told <- err })
	if err := heard(t, told); !errors.Is(err, ErrUnavailable) {
		t.Errorf("after the end: %v", err)
	}
}

func TestCloseGivesUpInTheEnd(t *testing.T) {
	called := make(chan struct{}, 1)
	s := webhook(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // needed for the server to notice that the client has gone
		called <- struct{}{}
		<-r.Context().Done()
	})
	c := &Caller{Client: s.Client(), Now: atNoon}
	told := make(chan error, 1)
	bound[string, Nothing](t, s.URL, c).Aside(t.Context(), "x", func(err error) { told <- err })
	<-called
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c.Close(ctx)
	if err := heard(t, told); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// TestAsideIsBounded checks that calls above the limit are rejected with an
// error.
func TestAsideIsBounded(t *testing.T) {
	var a asides
	for range asideWaiting {
		if _, err := a.begin(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.begin(); !errors.Is(err, ErrUnavailable) {
		t.Errorf("one too many: %v", err)
	}
	a.finish()
	if _, err := a.begin(); err != nil {
		t.Errorf("after one ended: %v", err)
	}
}
