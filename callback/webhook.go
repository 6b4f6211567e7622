package callback

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"time"

	"github.com/seed-32bd42cb/betterauth/option"
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
	var in webhookMap
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&in); err != nil {
		return fmt.Errorf("callback: must be { webhook, secret, timeout, retries, credentials }: %w", err)
	}
	*w = Webhook{URL: in.URL, Secret: in.Secret, Timeout: time.Duration(in.Timeout), Retries: in.Retries, Credentials: in.Credentials}
	return w.Check()
}

// webhookMap is a webhook as a file has it.
type webhookMap struct {
	// Address that is called.
	URL string `json:"webhook" unset:"needed"`
	// Signs the calls: `whsec_` and base64, or any other text.
	Secret string `json:"secret"`
	// Longest time of one attempt: milliseconds, or a text such as `5s`.
	Timeout waiting `json:"timeout" unset:"5s"`
	// Further attempts when there is no usable answer, for webhooks that send messages.
	Retries int `json:"retries" max:"10"`
	// Sends the headers Cookie and Authorization along.
	Credentials bool `json:"credentials"`
}

// WebhookOptions is the struct whose fields are the options of a webhook.
func WebhookOptions() reflect.Type { return reflect.TypeFor[webhookMap]() }

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

// waiting is how long a webhook may take.
type waiting time.Duration

// OptionShape implements [option.Shaper].
func (waiting) OptionShape() option.Shape { return option.Shape{Number: true, Text: true} }

// UnmarshalJSON reads milliseconds, or a text such as "5s".
func (w *waiting) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		return nil
	case float64:
		if v > 0 && v < 1e9 {
			*w = waiting(v * float64(time.Millisecond))
			return nil
		}
	case string:
		if d, err := time.ParseDuration(v); err == nil && d > 0 {
			*w = waiting(d)
			return nil
		}
	}
	return fmt.Errorf("callback: timeout: must be milliseconds or a text such as \"5s\", above 0; got %v", v)
}
