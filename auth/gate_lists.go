package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/gate"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The models of the gate's lists. No table of the reference refers to them.
const (
	invites = "betterauthInvite"
	waiting = "betterauthWaiting"
)

// mostWaiting is the largest number of addresses on the waiting list, which strangers fill.
const mostWaiting = 100_000

func inviteModel() store.Model {
	return store.Model{Name: invites, Table: "betterauth_invite", Expires: "expiresAt", Fields: []store.Field{
		{Name: "email", Type: store.String, Unique: true, Sortable: true, Holds: store.HoldsAddress},
		{Name: "createdAt", Type: store.Date},
		{Name: "expiresAt", Type: store.Date, Index: true},
	}}
}

func waitingModel() store.Model {
	return store.Model{Name: waiting, Table: "betterauth_waiting", Fields: []store.Field{
		{Name: "email", Type: store.String, Unique: true, Sortable: true, Holds: store.HoldsAddress},
		{Name: "method", Type: store.String, Need: store.Need{Cut: true}},
		{Name: "proven", Type: store.Boolean},
		{Name: "tries", Type: store.Number},
		{Name: "createdAt", Type: store.Date, Index: true},
		{Name: "triedAt", Type: store.Date},
	}}
}

// Invitation is an address that may sign up.
type Invitation struct {
	Email     string    `json:"email"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// Waiting is an address on the waiting list.
type Waiting struct {
	Email  string `json:"email"`
	Method string `json:"method"` // of the last try
	// Proven says that the person has shown that the address is theirs, by a code, a link or a provider.
	Proven    bool      `json:"proven"`
	Tries     float64   `json:"tries"`
	CreatedAt time.Time `json:"createdAt"` // first try
	TriedAt   time.Time `json:"triedAt"`   // last try
}

// Errors of the gate's lists.
var (
	ErrNotAddress  = errors.New("not an e-mail address")
	ErrNotListed   = errors.New("the address is not on the list")
	ErrListMissing = errors.New("signUp.allow has no entry invited")
)

// invited reports whether an address has an invitation, here or of a plugin.
func (g *SignUpGate) invited(ctx context.Context, email string) (bool, error) {
	key, ok := gate.Key(email)
	if !ok {
		return false, nil
	}
	n, err := g.a.Store.Count(ctx, invites, store.Is("email", key), store.Where{Field: "expiresAt", Op: store.Gt, Value: g.a.now(ctx)})
	if n > 0 || err != nil {
		return n > 0, err
	}
	for _, ask := range g.inviters {
		if yes, err := ask(ctx, email); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

// Invite lets the address sign up until life has passed; 0 stands for signUp.invitationExpiresIn. An invitation that
// exists is extended.
func (g *SignUpGate) Invite(ctx context.Context, email string, life time.Duration) (*Invitation, error) {
	if !g.rules.Invited {
		return nil, ErrListMissing
	}
	key, ok := gate.Key(strings.TrimSpace(email))
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrNotAddress, email)
	}
	now := g.a.now(ctx)
	made := &Invitation{Email: key, CreatedAt: now, ExpiresAt: now.Add(cmp.Or(life, g.a.Options.SignUp.InvitationExpiresIn.Duration()))}
	quiet := g.a.Store.Quiet()
	extend := func() error {
		_, err := quiet.Update(ctx, invites, []store.Where{store.Is("email", key)}, store.Record{"expiresAt": made.ExpiresAt})
		return err
	}
	err := extend()
	if errors.Is(err, store.ErrNotFound) {
		_, err = quiet.Create(ctx, invites, store.Record{"email": key, "createdAt": now, "expiresAt": made.ExpiresAt})
	}
	if errors.Is(err, store.ErrConflict) { // another caller was faster
		err = extend()
	}
	if err != nil {
		return nil, err
	}
	return made, nil
}

// Uninvite takes an invitation back.
func (g *SignUpGate) Uninvite(ctx context.Context, email string) error {
	if !g.rules.Invited {
		return ErrListMissing
	}
	return g.drop(ctx, invites, email)
}

func (g *SignUpGate) drop(ctx context.Context, model, email string) error {
	key, ok := gate.Key(strings.TrimSpace(email))
	if !ok {
		return fmt.Errorf("%w: %q", ErrNotAddress, email)
	}
	n, err := g.a.Store.DeleteMany(ctx, model, store.Is("email", key))
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: %s", ErrNotListed, key)
	}
	return err
}

// Invitations returns the invitations that have not expired, those that end first in front.
func (g *SignUpGate) Invitations(ctx context.Context, limit int) ([]Invitation, error) {
	if !g.rules.Invited {
		return nil, ErrListMissing
	}
	rows, err := g.a.Store.Find(ctx, invites, store.Query{
		Where: []store.Where{{Field: "expiresAt", Op: store.Gt, Value: g.a.now(ctx)}}, Sort: "expiresAt", Limit: limit,
	})
	out := make([]Invitation, 0, len(rows))
	for _, row := range rows {
		out = append(out, Invitation{row.Text("email"), row.Time("createdAt"), row.Time("expiresAt")})
	}
	return out, err
}

// WaitingList returns the addresses that were refused, the first ones in front. The error is ErrListMissing without
// signUp.waitingList.
func (g *SignUpGate) WaitingList(ctx context.Context, limit int) ([]Waiting, error) {
	if !g.a.Options.SignUp.WaitingList {
		return nil, errNoWaitingList
	}
	rows, err := g.a.Store.Find(ctx, waiting, store.Query{Sort: "createdAt", Limit: limit})
	out := make([]Waiting, 0, len(rows))
	for _, row := range rows {
		tries, _ := row["tries"].(float64)
		out = append(out, Waiting{row.Text("email"), row.Text("method"), row.True("proven"), tries, row.Time("createdAt"), row.Time("triedAt")})
	}
	return out, err
}

var errNoWaitingList = errors.New("signUp.waitingList is not set")

// Approve invites an address of the waiting list and removes it from there.
func (g *SignUpGate) Approve(ctx context.Context, email string, life time.Duration) (made *Invitation, err error) {
	if !g.a.Options.SignUp.WaitingList {
		return nil, errNoWaitingList
	}
	err = g.a.Store.Tx(ctx, func(ctx context.Context) error {
		if err := g.drop(ctx, waiting, email); err != nil {
			return err
		}
		made, err = g.Invite(ctx, email, life)
		return err
	})
	return made, err
}

// RemoveWaiting removes an address from the waiting list.
func (g *SignUpGate) RemoveWaiting(ctx context.Context, email string) error {
	if !g.a.Options.SignUp.WaitingList {
		return errNoWaitingList
	}
	return g.drop(ctx, waiting, email)
}

// refusedSignUp is somebody whom the gate refused.
type refusedSignUp struct {
	email, method string
	proven        bool
}

// note keeps a refusal until the call ends, because the transaction that it happens in is rolled back.
func (g *SignUpGate) note(ctx context.Context, r refusedSignUp) {
	if c := From(ctx); c != nil && g.a.Options.SignUp.WaitingList {
		c.kept.refused.Store(&r)
	}
}

// recordRefusal writes the refusal of a call to the waiting list. A failure does not change the answer.
func (a *Auth) recordRefusal(c *Context) {
	r := c.kept.refused.Swap(nil)
	if r == nil {
		return
	}
	// Addresses of users without an address, such as anonymous ones, lead nowhere (RFC 6761).
	key, ok := gate.Key(r.email)
	if !ok || strings.HasSuffix(key, ".invalid") {
		return
	}
	if err := a.gate.wait(c, key, r); err != nil {
		c.Log.ErrorContext(c, "a refused address could not be written to the waiting list", "error", err)
	}
}

func (g *SignUpGate) wait(ctx context.Context, key string, r *refusedSignUp) error {
	quiet, now := g.a.Store.Quiet(), g.a.now(ctx)
	again := func() error {
		set := store.Record{"triedAt": now, "method": r.method}
		if r.proven {
			set["proven"] = true
		}
		_, err := quiet.Increment(ctx, waiting, []store.Where{store.Is("email", key)}, store.Change{Set: set, Add: map[string]int64{"tries": 1}})
		return err
	}
	err := again()
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	// Another call may have made the person a user meanwhile.
	if user, err := g.a.Users.FindByEmail(ctx, r.email); user != nil || err != nil {
		return err
	}
	n, err := quiet.Count(ctx, waiting)
	if err != nil {
		return err
	}
	if n >= mostWaiting {
		return fmt.Errorf("the list is full (%d addresses)", n)
	}
	_, err = quiet.Create(ctx, waiting, store.Record{
		"email": key, "method": r.method, "proven": r.proven, "tries": float64(1), "createdAt": now, "triedAt": now,
	})
	if errors.Is(err, store.ErrConflict) {
		return again()
	}
	return err
}
