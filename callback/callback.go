// Package callback implements options that are a function in Go and, in a config
// file, a webhook or the name of a built-in. It contains the func type, the types
// of arguments, the HTTP call and its signature. docs/callbacks.md describes
// requests and answers.
//
//	type Options struct {
//		SendMagicLink callback.Func[MagicLink, callback.Nothing] `json:"sendMagicLink"`
//	}
//
// A Go program assigns a func. A config file has one of
//
//	sendMagicLink: mail
//	sendMagicLink: https://example.com/hooks
//	sendMagicLink: { webhook: https://example.com/hooks, secret: whsec_…, timeout: 5s, retries: 3, credentials: true }
package callback

// This package uses no option, plugin or endpoint: those declare a Func,
// and config binds it.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// ErrUnbound reports a call of a func from a config file that was not bound to a
// Caller.
var ErrUnbound = errors.New("callback: decoded but not bound")

// Func is an option that is a function; nil means unset. In is its argument, or
// a struct whose tags arg say which arguments its fields are, or an [Arguer]. Out
// is its result: Nothing, any type that JSON can be decoded to, or a Result if "no
// answer" and null differ. For an Out that is any, "no answer" is js.Undefined.
type Func[In, Out any] func(ctx context.Context, in In) (Out, error)

// Binder is the interface by which config finds callbacks in decoded options: it
// sets the event of each, which is its option path, and the Caller. *Func is one.
// Binding ends before the first call.
type Binder interface {
	BindCallback(event string, c *Caller) error
}

// Builtin is a callback that a config file selects by name. It gets the event and
// the In of the Func; its result is nil or the Out of the Func.
type Builtin func(ctx context.Context, event string, in any) (any, error)

// Nothing is the In of a function without arguments, and the Out of a function
// whose result is ignored.
type Nothing struct{}

// Arguments implements Arguer.
func (Nothing) Arguments() []any { return nil }

func (*Nothing) setAnswer(Answer) error { return nil }

// Result is an Out that distinguishes "nothing was returned" (Set is false) from
// null. It also carries the headers that a hook adds to the response.
type Result[T any] struct {
	Value  T
	Set    bool
	Header [][2]string
}

// Give returns a set Result with the value v.
func Give[T any](v T) Result[T] { return Result[T]{Value: v, Set: true} }

func (r *Result[T]) setAnswer(a Answer) error {
	r.Set, r.Header = a.Set, a.Header
	if !a.Set {
		return nil
	}
	return assign(reflect.ValueOf(&r.Value).Elem(), a.Result, "result")
}

// remote is the description of a func in a config file.
type remote struct {
	webhook *Webhook
	builtin string

	event  string
	caller *Caller
}

// probe is the context key by which remoteOf obtains the remote of a decoded
// func.
type probe struct{}

// remoteFunc is the only place that makes decoded funcs, and is never inlined:
// so they all share one code pointer, by which remoteOf knows them.
//
//go:noinline
func remoteFunc[In, Out any](r *remote) Func[In, Out] {
	return func(ctx context.Context, in In) (out Out, err error) {
		if asked, ok := ctx.Value(probe{}).(**remote); ok {
			*asked = r
			return out, nil
		}
		return call[In, Out](ctx, r, in)
	}
}

// remoteOf returns the description of f in a config file, nil for a Go func,
// which is not called.
func remoteOf[In, Out any](f Func[In, Out]) *remote {
	if f == nil || reflect.ValueOf(f).Pointer() != reflect.ValueOf(remoteFunc[In, Out](nil)).Pointer() {
		return nil
	}
	var r *remote
	var none In
	_, _ = f(context.WithValue(context.Background(), probe{}, &r), none)
	return r
}

// UnmarshalJSON implements json.Unmarshaler. A text that begins with https:// or
// http:// is a webhook's address, any other text the name of a built-in, an
// object a Webhook; null and false mean unset.
func (f *Func[In, Out]) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case bytes.Equal(data, []byte("null")), bytes.Equal(data, []byte("false")):
		*f = nil
		return nil
	case bytes.HasPrefix(data, []byte{'"'}):
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		return f.fromText(text)
	}
	w := new(Webhook)
	if err := w.UnmarshalJSON(data); err != nil {
		return err
	}
	*f = remoteFunc[In, Out](&remote{webhook: w})
	return nil
}

func (f *Func[In, Out]) fromText(text string) error {
	if text == "" {
		return errors.New("callback: the text is empty; write a webhook's address or the name of a built-in")
	}
	if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
		*f = remoteFunc[In, Out](&remote{builtin: text})
		return nil
	}
	w := &Webhook{URL: text}
	if err := w.Check(); err != nil {
		return err
	}
	*f = remoteFunc[In, Out](&remote{webhook: w})
	return nil
}

// OptionShape implements [option.Shaper].
func (Func[In, Out]) OptionShape() option.Shape { return option.Shape{Callback: true} }

// BindCallback implements Binder. It ignores unset and Go funcs, and returns an
// error for a built-in that the Caller does not have.
func (f *Func[In, Out]) BindCallback(event string, c *Caller) error {
	r := remoteOf(*f)
	if r == nil {
		return nil
	}
	if _, known := c.Builtins[r.builtin]; r.builtin != "" && !known {
		return fmt.Errorf("%s: there is no built-in %q here; use { webhook: https://… }", event, r.builtin)
	}
	var out Out
	if _, sender := any(out).(Nothing); r.webhook != nil && r.webhook.Retries > 0 && !sender {
		return fmt.Errorf("%s: retries are only for webhooks whose answer is not used", event)
	}
	if _, err := tagsOf(reflect.TypeFor[In]()); err != nil {
		return err
	}
	r.event, r.caller = event, c
	return nil
}

// Builtin returns the name of the built-in that a config file set for f, "" if
// none.
func (f Func[In, Out]) Builtin() string {
	if r := remoteOf(f); r != nil {
		return r.builtin
	}
	return ""
}

// Webhook returns the webhook that a config file set for f, nil if none.
func (f Func[In, Out]) Webhook() *Webhook {
	if r := remoteOf(f); r != nil {
		return r.webhook
	}
	return nil
}

func call[In, Out any](ctx context.Context, r *remote, in In) (out Out, err error) {
	if r.caller == nil {
		return out, ErrUnbound
	}
	if r.builtin != "" {
		return callBuiltin[In, Out](ctx, r, in)
	}
	answer, err := r.caller.Call(ctx, r.webhook, r.event, arguments(in))
	if err != nil {
		return out, err
	}
	if err := decode(&out, answer); err != nil {
		var none Out
		return none, fmt.Errorf("%w: %s: %w", ErrUnavailable, r.event, err)
	}
	return out, nil
}

func callBuiltin[In, Out any](ctx context.Context, r *remote, in In) (out Out, err error) {
	result, err := r.caller.Builtins[r.builtin](ctx, r.event, in)
	if err != nil || result == nil {
		return out, err
	}
	out, ok := result.(Out)
	if !ok {
		return out, fmt.Errorf("callback: %s: the built-in %q returned a %T, not a %T", r.event, r.builtin, result, out)
	}
	return out, nil
}

// decode assigns an answer to the Out that out points to.
func decode(out any, a Answer) error {
	switch out := out.(type) {
	case *Answer:
		*out = a
		return nil
	case interface{ setAnswer(Answer) error }:
		return out.setAnswer(a)
	}
	if _, absent := a.Result.(js.Undefined); !a.Set || absent {
		if out, ok := out.(*any); ok {
			*out = js.Undefined{}
		}
		return nil
	}
	return assign(reflect.ValueOf(out).Elem(), a.Result, "result")
}
