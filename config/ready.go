package config

import (
	"context"
	"time"
)

// What Ready writes to the secondary storage. No session has such a token.
const (
	probeKey  = "readiness"
	probeLife = time.Minute
)

// Ready reports whether database and secondary storage answer and accept writes; a full or read-only one answers a
// Ping. A storage of webhooks is not called.
func (r *Resources) Ready(ctx context.Context) error {
	if err := r.Ping(ctx); err != nil {
		return err
	}
	if _, remote := r.KV.(interface{ Ping(context.Context) error }); remote {
		return r.KV.Set(ctx, probeKey, "1", probeLife)
	}
	return nil
}
