package auth

import (
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// RateLimitOptions are the options of the rate limiter.
type RateLimitOptions struct {
	// Limits calls.
	Enabled *bool `json:"enabled" unset:"true in production"`
	// Length of a window.
	Window int `json:"window" default:"10" unit:"seconds"`
	// Calls per window and client.
	Max int `json:"max" default:"100" max:"2147483647"`
	// Where calls are counted.
	Storage string `json:"storage" unset:"memory; secondary-storage where there is one" enum:"memory,database,secondary-storage"`
	// Name of the table for `storage: database`.
	ModelName string `json:"modelName" unset:"rateLimit"`
	// Column names of the table for `storage: database`.
	Fields map[string]string `json:"fields" unset:"the key"`
	// Limits by path or pattern: `{ window, max }`, `false`, or a callback.
	CustomRules CustomRules `json:"customRules"`
	// Counts calls in a storage of your own.
	CustomStorage CustomRateLimitStorage `json:"customStorage"`
	// Limits wrong passwords per account, from any address. See docs/operations.md#rate-limits. Not in the npm
	// package.
	Account AccountLimit `json:"account"`
}

// AccountLimit limits how many wrong passwords are accepted for one account, from any address. It is not in the npm
// package. The correct password, a session of the account, and an address with such a session are not locked out by
// the attempts of others.
type AccountLimit struct {
	// Limits wrong passwords per account, where the limiter is on.
	Enabled *bool `json:"enabled" default:"true"`
	// Length of a window.
	Window int `json:"window" default:"300" unit:"seconds"`
	// Wrong passwords per window.
	Max int `json:"max" default:"20" max:"2147483647"`
}

// CustomRateLimitStorage counts calls in a storage that the program provides.
type CustomRateLimitStorage struct {
	// Counts a call and says whether it may go on.
	Consume callback.Func[ConsumeRequest, ConsumeAnswer] `json:"consume"`
}

// CustomRules are rate limits by path or pattern, in order.
type CustomRules []CustomRule

// CustomRule is the limit of one path or pattern.
type CustomRule struct {
	Path   string
	Off    bool // not limited (false in a file)
	Window int  // seconds
	Max    int
	Func   callback.Func[RuleRequest, callback.Answer]
}

// RuleRequest is the argument of a callback that returns the rule of a request. Current is the rule that applies
// otherwise.
type RuleRequest struct {
	Call    *Context `arg:"0,request"`
	Current RuleSize `arg:"1"`
}

// RuleSize is a limit: Max calls in Window seconds.
type RuleSize struct {
	// Length of a window.
	Window int `json:"window" unset:"needed" unit:"seconds"`
	// Calls per window.
	Max int `json:"max" unset:"needed" min:"0" max:"2147483647"`
}

// UnmarshalJSON reads {path: {window, max} | false | webhook}.
func (r *CustomRules) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	o, ok := v.(*js.Object)
	if !ok {
		return errors.New("must be an object of paths")
	}
	for path, rule := range o.All() {
		c := CustomRule{Path: path}
		switch rule := rule.(type) {
		case bool:
			if rule {
				return fmt.Errorf("%s: must be false or {window, max}", path)
			}
			c.Off = true
		case *js.Object:
			if _, hook := rule.Get("webhook"); hook {
				if err := c.Func.UnmarshalJSON(js.Marshal(rule)); err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				break
			}
			window, _ := rule.Get("window")
			limit, _ := rule.Get("max")
			w, okW := window.(float64)
			m, okM := limit.(float64)
			if !okW || !okM {
				return fmt.Errorf("%s: needs window and max, both numbers", path)
			}
			c.Window, c.Max = int(w), int(m)
		default:
			return fmt.Errorf("%s: must be false or {window, max}", path)
		}
		*r = append(*r, c)
	}
	return nil
}

// BindCallback implements [callback.Binder].
func (r *CustomRules) BindCallback(event string, caller *callback.Caller) error {
	var errs []error
	for i := range *r {
		errs = append(errs, (*r)[i].Func.BindCallback(event+"."+(*r)[i].Path, caller))
	}
	return errors.Join(errs...)
}

// ConsumeRequest asks a custom storage to count a call.
type ConsumeRequest struct {
	Key  string   `arg:"0"`
	Rule RuleSize `arg:"1"`
}

// ConsumeAnswer says whether the call is allowed, and if not, when the client may retry.
type ConsumeAnswer struct {
	Allowed    bool     `json:"allowed"`
	RetryAfter *float64 `json:"retryAfter"`
}
