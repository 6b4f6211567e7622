package admin

import (
	"cmp"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

func isBanned(user *auth.User) bool { return user != nil && js.Truthy(user.Extra["banned"]) }

// hasServed reports whether the ban of the user is over.
func hasServed(user *auth.User, now time.Time) bool {
	end := user.Extra.Time("banExpires")
	return !end.IsZero() && end.Before(now)
}

// admit refuses sign-ins of banned users, and lifts bans that are over.
func (p *Plugin) admit(c *auth.Context, user *auth.User, _ auth.SignIn) error {
	if !isBanned(user) {
		return nil
	}
	if !hasServed(user, c.Now()) {
		return p.banned(c, user)
	}
	_, err := c.Users.Update(c, user.ID, store.Record{"banned": false, "banReason": nil, "banExpires": nil})
	return store.UnlessGone(err)
}

// banned returns the error for a user who is banned.
func (p *Plugin) banned(c *auth.Context, user *auth.User) error {
	message := p.opts.BannedUserMessage.Text
	if ask := p.opts.BannedUserMessage.Func; ask != nil {
		var err error
		if message, err = ask(c, Banned{user}); err != nil {
			return auth.FromCallback(err)
		}
	}
	return auth.Forbidden(auth.Code{Name: BannedUser.Name, Message: message})
}

// checkBanAgain ends the session that has just started if its user was banned meanwhile: a ban ends only the sessions
// that it finds.
func (p *Plugin) checkBanAgain(c *auth.Context) error {
	began, _, ok := c.Began()
	if !ok {
		return nil
	}
	user, err := c.Users.Find(c, began.User.ID)
	if err != nil {
		return err
	}
	if !isBanned(user) || hasServed(user, c.Now()) {
		return nil
	}
	return errors.Join(c.UndoSignIn(), p.banned(c, user))
}

func (p *Plugin) unbanUser() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "unbanUser", Methods: []string{http.MethodPost}, Path: "/admin/unban-user", Session: auth.Public,
		Summary: "Unban a user", OpenAPI: document("unbanUser", "Unban a user", "User unbanned", userShape()),
	}, func(c *auth.Context, in *userIDRequest) (*userAnswer, error) {
		if err := p.demand(c, MayNotBanUsers, "user", "ban"); err != nil {
			return nil, err
		}
		target, err := find(c, in.UserID)
		if err != nil {
			return nil, err
		}
		user, err := c.Users.Update(c, target.ID, store.Record{"banned": false, "banExpires": nil, "banReason": nil, "updatedAt": c.Now()})
		if store.UnlessDropped(err) != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: UserUnbanned, UserID: target.ID})
		return &userAnswer{user.Public()}, nil
	}, signedIn)
}

type banRequest struct {
	UserID       string   `json:"userId" coerce:"true" doc:"The user id"`
	BanReason    string   `json:"banReason,omitempty" doc:"The reason for the ban"`
	BanExpiresIn *float64 `json:"banExpiresIn,omitempty" doc:"The number of seconds until the ban expires"`
}

func (p *Plugin) banUser() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "banUser", Methods: []string{http.MethodPost}, Path: "/admin/ban-user", Session: auth.Public,
		Summary: "Ban a user", OpenAPI: document("banUser", "Ban a user", "User banned", userShape()),
	}, func(c *auth.Context, in *banRequest) (*userAnswer, error) {
		if err := p.demand(c, MayNotBanUsers, "user", "ban"); err != nil {
			return nil, err
		}
		target, err := find(c, in.UserID)
		if err != nil {
			return nil, err
		}
		if target.ID == c.Session.User.ID {
			return nil, auth.BadRequest(CannotBanYourself)
		}
		end, err := p.endOfBan(c, in.BanExpiresIn)
		if err != nil {
			return nil, err
		}
		// The ban first, then the sessions: a sign-in that races either finds the ban or is found by EndAll.
		user, err := c.Users.Update(c, target.ID, store.Record{
			"banned": true, "banReason": cmp.Or(in.BanReason, p.opts.DefaultBanReason), "banExpires": end, "updatedAt": c.Now(),
		})
		if store.UnlessDropped(err) != nil {
			return nil, err
		}
		if err := c.Sessions.EndAll(c, target.ID); err != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: UserBanned, UserID: target.ID})
		return &userAnswer{user.Public()}, nil
	}, signedIn)
}

// farthest is the last time that JavaScript has, in milliseconds.
const farthest = 8.64e15

// endOfBan returns the time when a ban ends, or nil if it never does.
func (p *Plugin) endOfBan(c *auth.Context, given *float64) (any, error) {
	seconds := float64(p.opts.DefaultBanExpiresIn)
	if given != nil && *given != 0 {
		seconds = *given
	}
	if seconds == 0 {
		return nil, nil
	}
	end := float64(c.Now().UnixMilli()) + seconds*1000
	if math.Abs(end) > farthest {
		return nil, auth.Status(http.StatusBadRequest, "banExpiresIn is too large")
	}
	return time.UnixMilli(int64(end)), nil
}
