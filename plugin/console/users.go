package console

import (
	"errors"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/auditlog"
	"github.com/seed-32bd42cb/betterauth/store"
)

type userAnswer struct {
	User       *auth.PublicRow `json:"user"`
	Accounts   []account       `json:"accounts"`
	TwoFactor  bool            `json:"twoFactor"`
	Passkeys   []*js.Object    `json:"passkeys"`
	LastSignIn *time.Time      `json:"lastSignIn"` // nil if it is not known
	May        userRights      `json:"may"`
}

// account is a way to sign in, without tokens and hashes.
type account struct {
	ID         string    `json:"id"`
	ProviderID string    `json:"providerId"`
	AccountID  string    `json:"accountId"`
	CreatedAt  time.Time `json:"createdAt"`
}

// findUser returns a user by id, or a 404.
func findUser(c *auth.Context, id string) (*auth.User, error) {
	user, err := c.Users.FindBy(c, "id", id)
	if errors.Is(err, store.ErrUnfit) || err == nil && user == nil {
		return nil, auth.NotFound(auth.UserNotFound)
	}
	return user, err
}

func (p *Plugin) getUser() auth.Endpoint {
	return read(p, "consoleUser", "/user", "Get a user with accounts and factors", func(c *auth.Context, in *idQuery) (*userAnswer, error) {
		user, err := findUser(c, in.ID)
		if err != nil {
			return nil, err
		}
		out := &userAnswer{User: user.Public(), Accounts: []account{}, Passkeys: []*js.Object{}, TwoFactor: user.Extra.True("twoFactorEnabled"), May: p.rightsOver(c.Session.User, user)}
		accounts, err := c.Accounts.Of(c, user.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			out.Accounts = append(out.Accounts, account{a.ID, a.ProviderID, a.AccountID, a.CreatedAt})
		}
		slices.SortStableFunc(out.Accounts, func(x, y account) int { return x.CreatedAt.Compare(y.CreatedAt) })
		if c.HasPlugin("passkey") {
			rows, err := c.Store.Find(c, "passkey", store.Query{Where: []store.Where{store.Is("userId", user.ID)}, Limit: mostShown})
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				out.Passkeys = append(out.Passkeys, pick(row, "id", "name", "deviceType", "backedUp", "createdAt"))
			}
		}
		out.LastSignIn, err = p.lastSignIn(c, user.ID)
		return out, err
	}, p.may("user", "get"))
}

// lastSignIn returns when a user signed in last, as far as sessions and the audit log show it.
func (p *Plugin) lastSignIn(c *auth.Context, id string) (*time.Time, error) {
	var last time.Time
	sessions, err := c.Sessions.Of(c, id)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if s.Extra.Text("impersonatedBy") == "" && s.CreatedAt.After(last) {
			last = s.CreatedAt
		}
	}
	if p.audit != nil {
		entries, err := p.audit.Page(c, auditlog.Filter{EventType: auth.UserSignedIn, UserID: id}, mostShown)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.ActorID == nil && e.CreatedAt.After(last) {
				last = e.CreatedAt
			}
		}
	}
	if last.IsZero() {
		return nil, nil
	}
	return &last, nil
}

type resetRequest struct {
	ID         string `json:"id" minLength:"1" maxLength:"200"`
	RedirectTo string `json:"redirectTo,omitempty" doc:"The page for the new password"`
}

func (p *Plugin) sendReset() auth.Endpoint {
	return act(p, "consoleSendReset", "/user/send-reset", "Send a user the message with the link to set a new password", func(c *auth.Context, in *resetRequest) (*successAnswer, error) {
		user, err := findUser(c, in.ID)
		if err != nil {
			return nil, err
		}
		body := map[string]any{"email": user.Email}
		if in.RedirectTo != "" {
			body["redirectTo"] = in.RedirectTo
		}
		if _, err := c.Run("requestPasswordReset", auth.Input{Body: body}); err != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: ResetSent, UserID: user.ID})
		return &successAnswer{true}, nil
	}, p.may("user", "set-password"))
}
