package username

import (
	"context"
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Normalization makes the form of a username that is stored and looked up. The zero value converts it to lower case.
type Normalization struct {
	Off  bool // the username is stored as it is
	Func callback.Func[string, string]
}

// OptionShape implements [option.Shaper].
func (Normalization) OptionShape() option.Shape { return option.Shape{False: true, Callback: true} }

// UnmarshalJSON reads false or a webhook.
func (n *Normalization) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	if on, ok := v.(bool); ok {
		if on {
			return errors.New("must be false or a webhook")
		}
		*n = Normalization{Off: true}
		return nil
	}
	*n = Normalization{}
	return n.Func.UnmarshalJSON(text)
}

// BindCallback implements [callback.Binder].
func (n *Normalization) BindCallback(event string, caller *callback.Caller) error {
	return n.Func.BindCallback(event, caller)
}

// normalized returns the form of a username that is stored and looked up.
func (p *Plugin) normalized(ctx context.Context, name string) (string, error) {
	switch n := p.opts.UsernameNormalization; {
	case n.Off:
		return name, nil
	case n.Func != nil:
		out, err := n.Func(ctx, name)
		return out, auth.FromCallback(err)
	}
	return js.ToLowerCase(name), nil
}

// displayed returns the form of a display username that is stored.
func (p *Plugin) displayed(ctx context.Context, name string) (string, error) {
	if f := p.opts.DisplayUsernameNormalization; f != nil {
		out, err := f(ctx, name)
		return out, auth.FromCallback(err)
	}
	return name, nil
}

// flaw returns the code of what is wrong with a username, or nil.
func (p *Plugin) flaw(ctx context.Context, name string) (*auth.Code, error) {
	if p.opts.ValidationOrder.Username == PostNormalization {
		var err error
		if name, err = p.normalized(ctx, name); err != nil {
			return nil, err
		}
	}
	switch n := js.Length(name); {
	case n < p.opts.MinUsernameLength:
		return &UsernameTooShort, nil
	case n > p.opts.MaxUsernameLength:
		return &UsernameTooLong, nil
	}
	valid := isPlain(name)
	if f := p.opts.UsernameValidator; f != nil {
		var err error
		if valid, err = f(ctx, name); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	if !valid {
		return &InvalidUsername, nil
	}
	return nil, nil
}

// isPlain reports whether a name has only ASCII letters, digits, underscores and dots, and at least one.
func isPlain(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '.':
		default:
			return false
		}
	}
	return name != ""
}

// checkDisplay returns an error for a display username that the options do not allow. A value that is not a text is
// not allowed if there is a validator, which could not check it.
func (p *Plugin) checkDisplay(ctx context.Context, v any) error {
	validate := p.opts.DisplayUsernameValidator
	name, isText := v.(string)
	if !isText {
		if validate != nil && v != nil {
			return auth.BadRequest(InvalidDisplayUsername)
		}
		return nil
	}
	if p.opts.ValidationOrder.DisplayUsername == PostNormalization {
		var err error
		if name, err = p.displayed(ctx, name); err != nil {
			return err
		}
	}
	if validate == nil {
		return nil
	}
	valid, err := validate(ctx, name)
	if err != nil {
		return auth.FromCallback(err)
	}
	if !valid {
		return auth.BadRequest(InvalidDisplayUsername)
	}
	return nil
}
