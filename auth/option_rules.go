package auth

import (
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// CustomRules are rate limits by path or pattern, in order.
type CustomRules []CustomRule

// CustomRule is the limit of one path or pattern.
type CustomRule struct {
	Path   string
	Off    bool // false in a file: not limited
	Window int  // seconds
	Max    int
	Func   callback.Func[RuleRequest, callback.Answer]
}

// RuleRequest asks for the rule of a request; Current is what would apply.
type RuleRequest struct {
	Call    *Context
	Current RuleSize
}

// RuleSize is a limit: Max calls in Window seconds.
type RuleSize struct {
	Window int `json:"window"`
	Max    int `json:"max"`
}

// Arguments implements [callback.Arguer].
func (r RuleRequest) Arguments() []any { return []any{r.Call.requestArg(), r.Current} }

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

// ConsumeRequest asks a custom limiter storage to count a call.
type ConsumeRequest struct {
	Key  string
	Rule RuleSize
}

// Arguments implements [callback.Arguer].
func (r ConsumeRequest) Arguments() []any { return []any{r.Key, r.Rule} }

// ConsumeAnswer says whether the call may go on, and if not, for how long.
type ConsumeAnswer struct {
	Allowed    bool     `json:"allowed"`
	RetryAfter *float64 `json:"retryAfter"`
}
