package load

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestRunSendsEveryRequestOnce(t *testing.T) {
	var calls atomic.Int64
	var bodies sync.Map
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b [16]byte
		n, _ := r.Body.Read(b[:])
		if _, twice := bodies.LoadOrStore(string(b[:n]), true); twice {
			t.Errorf("body %q came twice", b[:n])
		}
		if calls.Add(1)%10 == 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	got, err := Run(t.Context(), Request{
		Method: http.MethodPost, URL: server.URL,
		Body: func(n int) []byte { return []byte{byte('a' + n/26), byte('a' + n%26)} },
	}, Bounds{Connections: 7, Requests: 200, Time: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if got.Requests != 200 || got.Lost != 0 || got.Failed != 20 || got.Statuses[503] != 20 || got.FirstBad != "503 " {
		t.Errorf("%+v", got)
	}
}

func TestRunEndsWhenItIsTold(t *testing.T) {
	until := make(chan struct{})
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if calls.Add(1) == 10 {
			close(until)
		}
	}))
	defer server.Close()
	got, err := Run(t.Context(), Request{URL: server.URL}, Bounds{Connections: 1, Requests: 1 << 30, Time: time.Hour, Pause: time.Microsecond, Until: until})
	if err != nil || got.Requests != 10 || got.Max < got.P99 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRunCountsWhatIsLost(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer server.Close()
	got, err := Run(t.Context(), Request{Method: http.MethodPost, URL: server.URL, Body: func(int) []byte { return []byte("x") }},
		Bounds{Connections: 2, Requests: 10, Time: time.Hour})
	if err != nil || got.Lost != 10 || got.Requests != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRunStaysOnThisMachine(t *testing.T) {
	for _, address := range []string{"http://192.0.2.1/", "http://example.com/", "http://localhost.example.com/", ":"} {
		if _, err := Run(t.Context(), Request{URL: address}, Bounds{}); err == nil {
			t.Errorf("%s was not refused", address)
		}
	}
}

func TestQuantile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, c := range []struct {
		of   []time.Duration
		q    float64
		want time.Duration
	}{{nil, .5, 0}, {hundred[:1], .99, 1}, {hundred, .5, 50}, {hundred, .99, 99}, {hundred, 1, 100}, {hundred[:3], .5, 2}} {
		if got := quantile(c.of, c.q); got != c.want {
			t.Errorf("%d values, %v: %d, want %d", len(c.of), c.q, got, c.want)
		}
	}
}
