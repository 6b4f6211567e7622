package callback

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// DefaultTimeout is the time limit of a webhook that sets none.
const DefaultTimeout = 5 * time.Second

// maxRetries limits the total waiting time of a sender's retries to about half a
// minute.
const maxRetries = 10

// Webhook is the address of a webhook with the options of its calls.
type Webhook struct {
	URL         string
	Secret      string        // signs the calls; whsec_ and base64, or any other text
	Timeout     time.Duration // time limit of one attempt; 0 is DefaultTimeout
	Retries     int           // number of further attempts without a usable answer
	Credentials bool          // also sends the headers Cookie and Authorization
}

// UnmarshalJSON implements json.Unmarshaler. The keys are webhook, secret,
// timeout (milliseconds, or a text such as "5s"), retries and credentials. Any
// other key is an error, and so is what Check rejects.
func (w *Webhook) UnmarshalJSON(data []byte) error {
	var in struct {
		Webhook     string `json:"webhook"`
		Secret      string `json:"secret"`
		Timeout     any    `json:"timeout"`
		Retries     int    `json:"retries"`
		Credentials bool   `json:"credentials"`
	}
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&in); err != nil {
		return fmt.Errorf("callback: must be { webhook, secret, timeout, retries, credentials }: %w", err)
	}
	timeout, err := duration(in.Timeout)
	if err != nil {
		return err
	}
	*w = Webhook{URL: in.Webhook, Secret: in.Secret, Timeout: timeout, Retries: in.Retries, Credentials: in.Credentials}
	return w.Check()
}

// Check returns all mistakes of w in one error.
func (w *Webhook) Check() error {
	var problems []error
	bad := func(text string) { problems = append(problems, errors.New("callback: "+text)) }
	// The texts do not contain the address, because it may contain a token.
	u, err := url.Parse(w.URL)
	switch {
	case w.URL == "":
		bad("webhook: the address is missing")
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		bad("webhook: not an http or https address")
	}
	if _, err := key(w.Secret); err != nil {
		problems = append(problems, err)
	}
	if w.Timeout < 0 {
		bad("timeout: must not be negative")
	}
	if w.Retries < 0 || w.Retries > maxRetries {
		bad(fmt.Sprintf("retries: must be 0 to %d", maxRetries))
	}
	return errors.Join(problems...)
}

func (w *Webhook) timeout() time.Duration {
	if w.Timeout == 0 {
		return DefaultTimeout
	}
	return w.Timeout
}

func duration(v any) (time.Duration, error) {
	switch v := v.(type) {
	case nil:
		return 0, nil
	case float64:
		if v > 0 && v < 1e9 {
			return time.Duration(v * float64(time.Millisecond)), nil
		}
	case string:
		if d, err := time.ParseDuration(v); err == nil && d > 0 {
			return d, nil
		}
	}
	return 0, fmt.Errorf("callback: timeout: must be milliseconds or a text such as \"5s\", above 0; got %v", v)
}
