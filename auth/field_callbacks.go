package auth

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// useCallbacks replaces the Go functions of the field with the callbacks that are set.
func (f *AdditionalField) useCallbacks() {
	made := func(ask callback.Func[callback.Nothing, callback.Answer]) func(context.Context) any {
		return func(ctx context.Context) any {
			answer, err := ask(ctx, callback.Nothing{})
			if err != nil || !answer.Set {
				return js.Undefined{}
			}
			return answer.Result
		}
	}
	converted := func(ask callback.Func[any, callback.Answer]) func(context.Context, any) (any, error) {
		return func(ctx context.Context, v any) (any, error) {
			answer, err := ask(ctx, v)
			if err != nil {
				return nil, FromCallback(err)
			}
			if !answer.Set {
				return js.Undefined{}, nil
			}
			return answer.Result, nil
		}
	}
	if f.DefaultFunc != nil {
		f.Default = made(f.DefaultFunc)
	}
	if f.OnUpdateFunc != nil {
		f.OnUpdate = made(f.OnUpdateFunc)
	}
	if ask := f.Validator.Input; ask != nil {
		f.Validate = func(v any) (any, string) { return validated(ask(context.Background(), v)) }
	}
	if f.Transform.Input != nil {
		f.TransformIn = converted(f.Transform.Input)
	}
	if f.Transform.Output != nil {
		f.TransformOut = converted(f.Transform.Output)
	}
}

// validated returns the value or the problem in the result of a Standard Schema validator.
func validated(answer *js.Object, err error) (value any, problem string) {
	const unknown = "Validation Error"
	if err != nil || answer == nil {
		return nil, unknown
	}
	if issues, found := answer.Get("issues"); found && js.Truthy(issues) {
		list, _ := issues.([]any)
		if len(list) > 0 {
			if first, ok := list[0].(*js.Object); ok {
				if text, ok := first.Get("message"); ok && js.Truthy(text) {
					return nil, js.String(text)
				}
			}
		}
		return nil, unknown
	}
	value, found := answer.Get("value")
	if !found {
		return js.Undefined{}, ""
	}
	return value, ""
}
