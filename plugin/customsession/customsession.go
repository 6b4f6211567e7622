// Package customsession lets the program make the answer of GET /get-session: a function gets the session with its user
// and returns what clients get instead.
//
//	plugins:
//	  custom-session:
//	    fn: { webhook: https://app.example.com/hooks/session }
//
// or from Go:
//
//	Plugins: []auth.Plugin{customsession.New(customsession.Options{
//		Fn: func(ctx context.Context, s customsession.Session) (any, error) {
//			return map[string]any{"session": s.Session.Public(), "user": s.User.Public(), "roles": roles(s.User.ID)}, nil
//		},
//	})},
//
// Only the answer changes: endpoints that need a session, and programs that ask [auth.Auth.Session], go by the session
// itself.
package customsession

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options configures the plugin. In TypeScript fn and pluginOptions are the first and the third argument of
// customSession; the second only gives types.
type Options struct {
	// Makes the answer from the session.
	Fn callback.Func[Session, any] `json:"fn" unset:"needed"`
	// Options of the plugin.
	PluginOptions PluginOptions `json:"pluginOptions"`
}

// PluginOptions are the options of the plugin besides the function.
type PluginOptions struct {
	// Also changes each session in the answer of the plugin multi-session.
	ShouldMutateListDeviceSessionsEndpoint bool `json:"shouldMutateListDeviceSessionsEndpoint"`
}

// Session is the argument of fn.
type Session struct {
	auth.SignedIn
	// NeedsRefresh is set if the option session.deferSessionRefresh is on.
	NeedsRefresh *bool
	Call         *auth.Context
}

// Arguments implements [callback.Arguer].
func (s Session) Arguments() []any {
	o := js.Obj("session", s.Session.Public(), "user", s.User.Public())
	if s.NeedsRefresh != nil {
		o.Set("needsRefresh", *s.NeedsRefresh)
	}
	return []any{o, s.Call.Described()}
}

// Plugin is the custom-session plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "custom-session",
		Endpoints: []auth.Endpoint{p.getSession()},
		After:     []auth.Hook{{On: []string{"/multi-session/list-device-sessions"}, Do: p.changeList}},
		Init: func(*auth.Auth) error {
			if p.opts.Fn == nil {
				return errors.New("fn is needed: the function that makes the answer of /get-session")
			}
			return option.Check(&p.opts)
		},
	}
}

type getSessionRequest struct {
	_                  struct{} `query:"optional"`
	DisableCookieCache bool     `query:"disableCookieCache,omitempty" coerce:"true" doc:"Disable cookie cache and fetch session from database"`
	DisableRefresh     bool     `query:"disableRefresh,omitempty" coerce:"true" doc:"Disable session refresh. Useful for checking session status, without updating the session"`
}

func (p *Plugin) getSession() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "getSession", Methods: []string{http.MethodGet}, Path: "/get-session", Aliases: []string{"/session"}, Session: auth.Public,
		Replaces: true, NeedHeaders: true, Summary: "Get custom session data",
	}, func(c *auth.Context, in *getSessionRequest) (*any, error) {
		// The headers of the session are sent only if fn succeeds, and after those that it sets.
		around := c.ResponseHeader
		c.ResponseHeader = http.Header{"Cache-Control": {"no-store"}, "Pragma": {"no-cache"}}
		answer, err := c.ReadSession(auth.Lookup{NoCache: in.DisableCookieCache, NoRefresh: in.DisableRefresh})
		inner := c.ResponseHeader
		c.ResponseHeader = around
		if err != nil {
			return nil, err
		}
		var custom any
		if answer != nil {
			if custom, err = p.custom(c, answer); err != nil {
				return nil, err
			}
		}
		for name, values := range inner {
			if name == "Set-Cookie" {
				c.ResponseHeader[name] = append(c.ResponseHeader[name], values...)
				continue
			}
			c.ResponseHeader[name] = values
		}
		return &custom, nil
	})
}

// custom returns what the function makes of a session.
func (p *Plugin) custom(c *auth.Context, answer *auth.SessionAnswer) (any, error) {
	s := auth.SignedIn{Session: c.Sessions.Row(answer.Session.Record), User: c.Users.Of(answer.User.Record)}
	out, err := p.opts.Fn(c, Session{SignedIn: s, NeedsRefresh: answer.NeedsRefresh, Call: c})
	return out, auth.FromCallback(err)
}

// changeList changes the answer of the plugin multi-session.
func (p *Plugin) changeList(c *auth.Context) error {
	sessions, ok := c.Returned.(*[]*auth.SessionAnswer)
	if !ok || !p.opts.PluginOptions.ShouldMutateListDeviceSessionsEndpoint {
		return nil
	}
	out := make([]any, len(*sessions))
	for i, answer := range *sessions {
		custom, err := p.custom(c, answer)
		if err != nil {
			return err
		}
		out[i] = custom
	}
	c.Returned = out
	return nil
}
