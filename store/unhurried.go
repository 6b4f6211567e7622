package store

import "context"

type unhurriedKey struct{}

// Unhurried marks the context of work that no client waits for, such as sweeps
// and checks of the schema: a driver gives its statements more time than those
// that answer a request.
func Unhurried(ctx context.Context) context.Context {
	return context.WithValue(ctx, unhurriedKey{}, true)
}

// IsUnhurried reports whether ctx comes from Unhurried.
func IsUnhurried(ctx context.Context) bool { return ctx.Value(unhurriedKey{}) != nil }
