package auth

import (
	"context"
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// The grace period of user.deleteUser.gracePeriod: a user who asks for deletion is marked and signed out, and erased
// when the period has passed. Signing in before that restores the user.

// deleteAt is the field of users that says when they are erased.
const deleteAt = "betterauthDeleteAt"

// eraseEvery is the interval at which users are erased whose period has passed.
const eraseEvery = 10 * time.Minute

// ErrNoGracePeriod reports that user.deleteUser.gracePeriod is not set.
var ErrNoGracePeriod = errors.New("user.deleteUser.gracePeriod is not set")

func (a *Auth) hasGrace() bool { return a.Options.User.DeleteUser.GracePeriod > 0 }

func deletionManifest() Manifest {
	return Manifest{
		ID: "deletion",
		Models: []store.Model{{Name: "user", Fields: []store.Field{
			{Name: deleteAt, Type: store.Date, Optional: true, ReadOnly: true, Hidden: true, Index: true},
		}}},
		Jobs: []Job{{Name: "erase users whose grace period has passed", Every: eraseEvery, Do: func(ctx context.Context, a *Auth) error { return a.eraseDue(ctx) }}},
	}
}

// DeletionAt returns when the user is going to be erased, or the zero time.
func (a *Auth) DeletionAt(user *User) time.Time { return user.Extra.Time(deleteAt) }

// ScheduleDeletion marks a user for erasure after user.deleteUser.gracePeriod and ends all sessions. It returns when the
// user is going to be erased. The time of a user who is marked already stays. The error is ErrNoGracePeriod without the
// option.
func (a *Auth) ScheduleDeletion(ctx context.Context, id string) (at time.Time, err error) {
	if !a.hasGrace() {
		return at, ErrNoGracePeriod
	}
	err = a.tx(ctx, func(ctx context.Context) error {
		if err := a.Store.Lock(ctx, "user", store.Is("id", id)); err != nil {
			return err
		}
		user, err := a.Users.Get(ctx, id)
		if err != nil {
			return err
		}
		if at = a.DeletionAt(user); at.IsZero() {
			at = a.now(ctx).Add(a.Options.User.DeleteUser.GracePeriod.Duration())
			if _, err := a.Store.Quiet().UpdateMany(ctx, "user", []store.Where{store.Is("id", id)}, store.Record{deleteAt: at}); err != nil {
				return err
			}
		}
		a.emit(ctx, Event{Name: UserDeletionRequested, UserID: id})
		return a.Sessions.EndAll(ctx, id)
	})
	return at, err
}

// Restore takes the mark of a user back. ok is false if the user was not marked.
func (a *Auth) Restore(ctx context.Context, id string) (ok bool, err error) {
	if !a.hasGrace() {
		return false, ErrNoGracePeriod
	}
	marked := []store.Where{store.Is("id", id), {Field: deleteAt, Op: store.Ne, Value: nil}}
	n, err := a.Store.Quiet().UpdateMany(ctx, "user", marked, store.Record{deleteAt: nil})
	if n > 0 && err == nil {
		a.emit(ctx, Event{Name: UserRestored, UserID: id})
	}
	return n > 0, err
}

// restoreSignedIn restores the user who signed in, after hooks had the chance to take the sign-in back. Somebody who
// acts for the user, such as an administrator, restores nothing.
func (c *Context) restoreSignedIn() error {
	if !c.hasGrace() || c.began == nil || c.began.how.Continues != nil {
		return nil
	}
	// The field may be missing in a user who was read with a session.
	if at, known := c.began.User.Record()[deleteAt]; known && at == nil {
		return nil
	}
	_, err := c.Restore(c, c.began.User.ID)
	return err
}

// eraseDue erases the users whose period has passed. A failure for one does not stop the others. Several servers may
// call it at the same time: one of them erases the user.
func (a *Auth) eraseDue(ctx context.Context) error {
	ctx = store.Unhurried(ctx)
	now := a.now(ctx)
	due := func(u *User) bool { at := a.DeletionAt(u); return !at.IsZero() && !at.After(now) }
	var errs []error
	for {
		rows, err := a.Store.Find(ctx, "user", store.Query{
			Where: []store.Where{{Field: deleteAt, Op: store.Lte, Value: now}}, Sort: deleteAt, Limit: exportPage, Offset: len(errs), Fields: []string{"id"},
		})
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		for _, row := range rows {
			err := a.erase(ctx, row.Text("id"), due)
			switch {
			case errors.Is(err, store.ErrNotFound): // restored, or erased by another server
			case err != nil:
				errs = append(errs, err)
			default:
				a.Log.InfoContext(ctx, "a user was erased after the grace period", "user", row.Text("id"))
			}
		}
		if len(rows) < exportPage {
			return errors.Join(errs...)
		}
	}
}
