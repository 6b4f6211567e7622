package console

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/auditlog"
)

type auditRequest struct {
	_      struct{} `query:"optional"`
	Event  string   `query:"event,omitempty" maxLength:"200" doc:"Only events of this name"`
	UserID string   `query:"userId,omitempty" maxLength:"200" doc:"Only events about this user"`
	Before int      `query:"before,omitempty" coerce:"true" format:"int" minimum:"0" maximum:"2147483647" doc:"Only entries with a smaller number"`
	Limit  int      `query:"limit,omitempty" coerce:"true" format:"int" minimum:"1" maximum:"200" default:"50"`
}

type auditAnswer struct {
	Entries []*auditlog.Entry `json:"entries"` // newest first
	Next    *int              `json:"next"`    // the value of before for the next page; null at the end
}

func (p *Plugin) logged(*auth.Context) error {
	if p.audit == nil {
		return auth.NotFound(PluginMissing)
	}
	return nil
}

func (p *Plugin) listAudit() auth.Endpoint {
	return read(p, "consoleAudit", "/audit", "Read the audit log, newest entries first", func(c *auth.Context, in *auditRequest) (*auditAnswer, error) {
		entries, err := p.audit.Page(c, auditlog.Filter{EventType: in.Event, UserID: in.UserID, Before: in.Before}, in.Limit+1)
		if err != nil {
			return nil, err
		}
		out := &auditAnswer{Entries: entries}
		if len(entries) > in.Limit {
			out.Entries = entries[:in.Limit]
			next := out.Entries[in.Limit-1].Seq
			out.Next = &next
		}
		return out, nil
	}, p.logged)
}

type verifyAnswer struct {
	OK      bool   `json:"ok"`
	Entries int    `json:"entries"`
	Problem string `json:"problem"` // "" if there is none
}

func (p *Plugin) verifyAudit() auth.Endpoint {
	return read(p, "consoleVerifyAudit", "/audit/verify", "Check whether an entry of the audit log was changed or removed", func(c *auth.Context, _ *auth.None) (*verifyAnswer, error) {
		p.verifying.Lock() // each reads the whole log
		defer p.verifying.Unlock()
		report, err := p.audit.Verify(c, nil)
		if flaw, ok := errors.AsType[*auditlog.Flaw](err); ok {
			return &verifyAnswer{Entries: report.Entries, Problem: flaw.Error()}, nil
		}
		if err != nil {
			return nil, err
		}
		return &verifyAnswer{OK: true, Entries: report.Entries}, nil
	}, p.logged)
}
