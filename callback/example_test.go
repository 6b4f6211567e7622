package callback_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
)

type welcome struct {
	Email string `json:"email"`
}

// One option, set by a Go program and by a config file.
func Example() {
	var options struct {
		SendWelcome callback.Func[welcome, callback.Nothing] `json:"sendWelcome"`
	}
	options.SendWelcome = func(_ context.Context, in welcome) (callback.Nothing, error) {
		fmt.Println("Go:", in.Email)
		return callback.Nothing{}, nil
	}
	_, _ = options.SendWelcome(context.Background(), welcome{"a@example.com"})

	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println("webhook:", string(body), callback.Verify("a long secret", r.Header, body, time.Unix(1_800_000_000, 0)))
	}))
	defer receiver.Close()
	file := fmt.Sprintf(`{"sendWelcome": {"webhook": %q, "secret": "a long secret"}}`, receiver.URL)
	if err := json.Unmarshal([]byte(file), &options); err != nil {
		fmt.Println(err)
	}
	caller := &callback.Caller{Now: func(context.Context) time.Time { return time.Unix(1_800_000_000, 0) }}
	if err := options.SendWelcome.BindCallback("user.sendWelcome", caller); err != nil {
		fmt.Println(err)
	}
	_, err := options.SendWelcome(context.Background(), welcome{"b@example.com"})
	fmt.Println(err)
	// Output: Go: a@example.com webhook:
	// {"event":"user.sendWelcome","data":[{"email":"b@example.com"}]} <nil> <nil>
}
