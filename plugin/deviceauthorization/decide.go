package deviceauthorization

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type verifyRequest struct {
	UserCode string `query:"user_code" doc:"The user code to verify"`
}

// verifyAnswer shows what a device asked for to the user who claimed the code, and nobody else.
type verifyAnswer struct {
	UserCode string `json:"user_code"`
	Status   string `json:"status"`
	*details
}

type details struct {
	ClientID *string `json:"client_id"`
	Scope    *string `json:"scope"`
	Resource any     `json:"resource,omitempty"`
}

func (p *Plugin) verify() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deviceVerify", Methods: []string{http.MethodGet}, Path: "/device", Session: auth.Public,
		Summary: "Verify user code and get device authorization status", OpenAPI: verifyDocument(p.grant != nil),
	}, func(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
		row, err := p.live(c, in.UserCode)
		if err != nil {
			return nil, err
		}
		s, err := c.StoredSession()
		if err != nil {
			return nil, err
		}
		if s != nil && row.unclaimed() && row.Status == pending {
			if row, err = p.claim(c, row, s.User.ID); err != nil {
				return nil, err
			}
		}
		answer := &verifyAnswer{UserCode: in.UserCode, Status: row.Status}
		if s != nil && row.belongsTo(s.User.ID) {
			answer.details = &details{row.ClientID, row.Scope, row.shown()}
		}
		return answer, nil
	})
}

func (d *deviceCode) unclaimed() bool { return d.UserID == nil || *d.UserID == "" }

func (d *deviceCode) belongsTo(userID string) bool { return d.UserID != nil && *d.UserID == userID }

// claim binds a pending code to the first user who enters it, so that nobody else can approve or deny it.
func (p *Plugin) claim(c *auth.Context, row *deviceCode, userID string) (*deviceCode, error) {
	free := []store.Where{store.Is("id", row.ID), store.Is("status", pending), store.Is("userId", nil)}
	claimed, err := p.codes.Update(c, free, store.Record{"userId": userID})
	if !errors.Is(err, store.ErrNotFound) {
		return claimed, err
	}
	current, err := p.codes.Get(c, store.Is("id", row.ID))
	if errors.Is(err, store.ErrNotFound) {
		return nil, bad(invalidRequest, InvalidUserCode.Message)
	}
	return current, err
}

// live returns the row with a user code that has not expired.
func (p *Plugin) live(c *auth.Context, userCode string) (*deviceCode, error) {
	row, err := p.byUserCode(c, userCode)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, bad(invalidRequest, InvalidUserCode.Message)
	case err != nil:
		return nil, err
	case row.ExpiresAt.Before(c.Now()):
		return nil, bad(expiredToken, ExpiredUserCode.Message)
	}
	return row, nil
}

// byUserCode finds a code as it was typed, or, if it has the default alphabet, without regard to case, blanks and
// hyphens.
func (p *Plugin) byUserCode(ctx context.Context, typed string) (*deviceCode, error) {
	row, err := p.exactly(ctx, typed)
	if !errors.Is(err, store.ErrNotFound) {
		return row, err
	}
	plain := normalized(typed)
	if plain == typed || plain == "" || strings.Trim(plain, userAlphabet) != "" {
		return nil, store.ErrNotFound
	}
	return p.exactly(ctx, plain)
}

// exactly finds a user code in the given case, also where the database ignores case.
func (p *Plugin) exactly(ctx context.Context, userCode string) (*deviceCode, error) {
	row, err := p.codes.Get(ctx, store.Given("userCode", userCode))
	if err == nil && row.UserCode != userCode {
		return nil, store.ErrNotFound
	}
	return row, err
}

// normalized returns the letters and digits of a typed code, in capitals.
func normalized(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
}

type decideAnswer struct {
	Success bool `json:"success"`
}

type approveRequest struct {
	UserCode string `json:"userCode" doc:"The user code to approve"`
}

type denyRequest struct {
	UserCode string `json:"userCode" doc:"The user code to deny"`
}

func (p *Plugin) approve() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deviceApprove", Methods: []string{http.MethodPost}, Path: "/device/approve", Session: auth.Public, NeedHeaders: true,
		Summary: "Approve device authorization", OpenAPI: decideDocument("Approve device authorization"),
	}, func(c *auth.Context, in *approveRequest) (*decideAnswer, error) {
		return p.decide(c, in.UserCode, approved, "approve")
	})
}

func (p *Plugin) deny() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deviceDeny", Methods: []string{http.MethodPost}, Path: "/device/deny", Session: auth.Public, NeedHeaders: true,
		Summary: "Deny device authorization", OpenAPI: decideDocument("Deny device authorization"),
	}, func(c *auth.Context, in *denyRequest) (*decideAnswer, error) {
		return p.decide(c, in.UserCode, denied, "deny")
	})
}

// decide sets the status of a code that the signed-in user has claimed. The session is read from the store, so that
// one that was revoked decides nothing. Of simultaneous decisions the first counts.
func (p *Plugin) decide(c *auth.Context, userCode, status, verb string) (*decideAnswer, error) {
	s, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, refuse(http.StatusUnauthorized, unauthorized, AuthenticationRequired.Message)
	}
	row, err := p.live(c, userCode)
	switch {
	case err != nil:
		return nil, err
	case row.Status != pending:
		return nil, bad(invalidRequest, AlreadyProcessed.Message)
	case row.unclaimed():
		return nil, bad(invalidRequest, NotClaimed.Message)
	case !row.belongsTo(s.User.ID):
		return nil, refuse(http.StatusForbidden, accessDenied, "You are not authorized to "+verb+" this device authorization")
	}
	mine := []store.Where{store.Is("id", row.ID), store.Is("status", pending), store.Is("userId", s.User.ID)}
	_, err = p.codes.Update(c, mine, store.Record{"status": status})
	if errors.Is(err, store.ErrNotFound) {
		return nil, bad(invalidRequest, AlreadyProcessed.Message)
	}
	return &decideAnswer{true}, err
}
