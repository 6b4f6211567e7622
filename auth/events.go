package auth

import (
	"context"
	"slices"
	"time"
)

// Event reports that something happened to a user or an organization, for audit logs, metrics and webhooks. It never
// contains a password, a token or a code. The names of events are those of the npm package @better-auth/infra where it
// has the event.
type Event struct {
	Name           string // such as "user_signed_in"; plugins list theirs in Manifest.Events
	UserID         string // the user concerned; "" if unknown
	ActorID        string // the user who made the call, if that is not the user concerned; "" if it is, or if nobody is signed in
	OrganizationID string // the organization concerned; "" if there is none
	SessionID      string // the session concerned; "" if there is none
	Method         string // the method used, where there are several, such as "magic-link"
	Path           string // path of the endpoint; "" outside of a call
	IPAddress      string // address of the client; "" if no trusted header names it
	UserAgent      string // User-Agent header of the client
	At             time.Time
	Details        map[string]string // more about the event, such as the new role of a member; may be nil
}

// The events that the engine and the built-in endpoints report.
const (
	UserCreated      = "user_created"
	UserSignedIn     = "user_signed_in"
	UserSignedOut    = "user_signed_out"
	UserDeleted      = "user_deleted"
	UserSignInFailed = "user_sign_in_failed" // a wrong password or passkey; UserID is "" if no user was found
	CodeRefused      = "code_refused"        // a wrong code that was sent to somebody, or one that has expired

	ProfileUpdated      = "profile_updated"
	ProfileImageUpdated = "profile_image_updated"

	PasswordChanged        = "password_changed"
	PasswordResetRequested = "password_reset_requested"
	PasswordResetCompleted = "password_reset_completed"

	EmailChanged          = "email_changed"
	EmailVerified         = "email_verified"
	EmailVerificationSent = "email_verification_sent"

	AccountLinked   = "account_linked" // Method is the provider
	AccountUnlinked = "account_unlinked"

	SessionRevoked     = "session_revoked"
	AllSessionsRevoked = "all_sessions_revoked"

	UserDeletionRequested = "user_deletion_requested" // with user.deleteUser.gracePeriod
	UserRestored          = "user_restored"           // within that period
	UserErased            = "user_erased"             // with every row about the user
)

func coreEvents() []string {
	return []string{
		UserCreated, UserSignedIn, UserSignedOut, UserDeleted, UserSignInFailed, CodeRefused, ProfileUpdated, ProfileImageUpdated,
		PasswordChanged, PasswordResetRequested, PasswordResetCompleted, EmailChanged, EmailVerified, EmailVerificationSent,
		AccountLinked, AccountUnlinked, SessionRevoked, AllSessionsRevoked, UserDeletionRequested, UserRestored, UserErased,
	}
}

// Listens reports whether somebody receives events: [Options.OnEvent] or a plugin.
func (a *Auth) Listens() bool { return len(a.listeners) > 0 }

// emit reports an event that may happen outside of a call.
func (a *Auth) emit(ctx context.Context, e Event) {
	if c := From(ctx); c != nil {
		c.emitIn(ctx, e)
		return
	}
	e.At = a.Options.Now()
	a.announce(ctx, e)
}

// announce calls the listeners after the commit of the transaction of ctx.
func (a *Auth) announce(ctx context.Context, e Event) {
	err := a.Store.AfterCommit(ctx, func(ctx context.Context) error {
		for _, report := range a.listeners {
			report(ctx, e)
		}
		return nil
	})
	if err != nil {
		a.Log.ErrorContext(ctx, "an event was not reported", "event", e.Name, "error", err)
	}
}

// Emit reports an event to [Options.OnEvent] and to the plugins that listen. Within a transaction it is reported after
// the commit. Path, IPAddress, UserAgent, At and, unless it is set, ActorID are filled in. An event whose name is in no
// manifest is logged as an error and not reported.
func (c *Context) Emit(e Event) { c.emitIn(c, e) }

// emitIn is Emit within the transaction of ctx.
func (c *Context) emitIn(ctx context.Context, e Event) {
	if !c.Listens() {
		return
	}
	if !slices.Contains(c.events, e.Name) {
		c.Log.ErrorContext(c, "an event that no manifest lists was not reported", "event", e.Name)
		return
	}
	e.At, e.IPAddress, e.UserAgent = c.now, c.sessionIP(), c.userAgent()
	if c.Route != nil {
		e.Path = c.Route.Path
	}
	if e.ActorID == "" {
		e.ActorID = c.actor()
	}
	if e.ActorID == e.UserID {
		e.ActorID = ""
	}
	c.announce(ctx, e)
}

// actor returns the user who makes the call, or "" if nobody is signed in. A plugin may know better whose call it is:
// that of the administrator who impersonates a user.
func (c *Context) actor() string {
	if c.Session == nil {
		return ""
	}
	for _, m := range c.manifests {
		if who := m.Provides.Actor; who != nil {
			if id := who(c.Session); id != "" {
				return id
			}
		}
	}
	return c.Session.User.ID
}
