package auth

import (
	"context"
	"slices"
	"time"
)

// Event reports that something happened to a user, for audit logs, metrics and webhooks. It never contains a
// password, a token or a code.
type Event struct {
	Name      string // such as "user_signed_in"; plugins list theirs in Manifest.Events
	UserID    string // the user concerned; "" if unknown
	SessionID string // the session concerned; "" if there is none
	Method    string // the method used, where there are several, such as "magic-link"
	Path      string // path of the endpoint; "" outside of a call
	IPAddress string // address of the client; "" if no trusted header names it
	At        time.Time
}

// The events that the engine and the built-in endpoints report.
const (
	UserSignedIn  = "user_signed_in"
	UserSignedUp  = "user_signed_up"
	UserSignedOut = "user_signed_out"
	UserDeleted   = "user_deleted"

	UserDeletionRequested = "user_deletion_requested" // with user.deleteUser.gracePeriod
	UserRestored          = "user_restored"           // within that period
	UserErased            = "user_erased"             // with every row about the user
)

func coreEvents() []string {
	return []string{UserSignedIn, UserSignedUp, UserSignedOut, UserDeleted, UserDeletionRequested, UserRestored, UserErased}
}

// emit reports an event that may happen outside of a call.
func (a *Auth) emit(ctx context.Context, e Event) {
	if c := From(ctx); c != nil {
		c.emitIn(ctx, e)
		return
	}
	if report := a.Options.OnEvent; report != nil {
		e.At = a.Options.Now()
		err := a.Store.AfterCommit(ctx, func(ctx context.Context) error {
			report(ctx, e)
			return nil
		})
		if err != nil {
			a.Log.ErrorContext(ctx, "an event was not reported", "event", e.Name, "error", err)
		}
	}
}

// Emit reports an event to [Options.OnEvent]. Within a transaction it is reported after the commit. Path, IPAddress
// and At are filled in. An event whose name is in no manifest is logged as an error and not reported.
func (c *Context) Emit(e Event) { c.emitIn(c, e) }

// emitIn is Emit within the transaction of ctx.
func (c *Context) emitIn(ctx context.Context, e Event) {
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
	err := c.Store.AfterCommit(ctx, func(ctx context.Context) error {
		report(ctx, e)
		return nil
	})
	if err != nil {
		c.Log.ErrorContext(c, "an event was not reported", "event", e.Name, "error", err)
	}
}
