package auth

import (
	"context"
	"slices"
	"time"
)

// Event is something that happened to somebody: for audit logs, metrics, webhooks.
// It never holds a password, a token or a code.
type Event struct {
	Name      string // such as "user_signed_in"; a plugin lists its own in Manifest.Events
	UserID    string // whom it happened to; "" when nobody is known
	SessionID string // of the session concerned; "" without one
	Method    string // how, where there are several ways, such as "magic-link"
	Path      string // of the endpoint; "" outside a call
	IPAddress string // of the client; "" when no trusted header names it
	At        time.Time
}

// The events that the engine and the built-in endpoints report.
const (
	UserSignedIn  = "user_signed_in"
	UserSignedUp  = "user_signed_up"
	UserSignedOut = "user_signed_out"
	UserDeleted   = "user_deleted"
)

func coreEvents() []string { return []string{UserSignedIn, UserSignedUp, UserSignedOut, UserDeleted} }

// Emit reports an event to [Options.OnEvent], within a transaction once that is
// committed. Path, IPAddress and At are filled in. A name that no manifest lists
// is logged as an error and not reported.
func (c *Context) Emit(e Event) {
	report := c.Options.OnEvent
	if report == nil {
		return
	}
	if !slices.Contains(c.events, e.Name) {
		c.Log.ErrorContext(c, "an event that no manifest lists was not reported", "event", e.Name)
		return
	}
	e.At, e.IPAddress = c.now, c.sessionIP()
	if c.Route != nil {
		e.Path = c.Route.Path
	}
	err := c.Store.AfterCommit(c, func(ctx context.Context) error {
		report(ctx, e)
		return nil
	})
	if err != nil {
		c.Log.ErrorContext(c, "an event was not reported", "event", e.Name, "error", err)
	}
}
