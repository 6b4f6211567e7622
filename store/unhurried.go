package store

import "context"

type unhurriedKey struct{}

// Unhurried returns a context for work that no client waits for, such as sweeps
// and schema checks. Drivers allow its statements more time than those of a
// request.
func Unhurried(ctx context.Context) context.Context {
	return context.WithValue(ctx, unhurriedKey{}, true)
}

// IsUnhurried reports whether ctx comes from Unhurried.
func IsUnhurried(ctx context.Context) bool { return ctx.Value(unhurriedKey{}) != nil }
