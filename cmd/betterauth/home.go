package main

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/mail"
)

// The checks of doctor open a second connection to the database, so that they are not
// made for every request.
const (
	doctorAge  = 3 * time.Second
	doctorWait = 30 * time.Second
	// mostShown is the number of messages of the outbox on the first page.
	mostShown = 20
)

// home answers what the first page of development shows beside the public endpoints, one
// part for each request: /_ui/home.json?part=outbox. No part contains a secret, but the
// messages contain links that sign users in. It therefore answers only what
// [origin.IsDirect] accepts and what no other site sent.
type home struct {
	server *server

	mu       sync.Mutex
	findings []finding
	checked  time.Time
}

// ServeHTTP implements http.Handler.
func (h *home) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	from := r.Header.Get("Sec-Fetch-Site")
	if h.server.Options.Mode != auth.Development || !origin.IsDirect(r) || from != "" && from != "same-origin" && from != "none" {
		http.NotFound(rw, r)
		return
	}
	if !reads(r) {
		rw.Header().Set("Allow", "GET, HEAD")
		http.Error(rw, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	part, err := h.part(r.Context(), r.URL.Query().Get("part"))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	if part == nil {
		http.NotFound(rw, r)
		return
	}
	body, err := json.Marshal(part)
	if err != nil {
		http.Error(rw, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	head := rw.Header()
	head.Set("Content-Type", "application/json")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.Method != http.MethodHead {
		_, _ = rw.Write(body)
	}
}

// part returns a part by its name, nil for an unknown name.
func (h *home) part(ctx context.Context, name string) (any, error) {
	switch name {
	case "server":
		return h.about(), nil
	case "outbox":
		return h.outbox(ctx)
	case "config":
		return h.config(), nil
	case "api":
		return h.api(), nil
	case "doctor":
		return h.doctor(ctx), nil
	}
	return nil, nil
}

// about describes the server: its addresses, and where configuration and data are.
func (h *home) about() any {
	s := h.server.setup
	public := s.file.BaseURL()
	if public == "" {
		public = s.local
	}
	return map[string]any{
		"baseURL": public, "local": s.local, "endpoints": s.endpoints(h.server, public), "localEndpoints": s.endpoints(h.server, s.local),
		"config": s.path, "database": s.describeDatabase(h.server, 0), "outbox": h.box() != nil, "command": "betterauth serve" + s.flags(),
	}
}

func (h *home) box() mail.Box {
	if m := h.server.resources.Mail; m != nil {
		return m.Box()
	}
	return nil
}

// letter is a message of the outbox.
type letter struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	URL     string    `json:"url,omitempty"`
	Code    string    `json:"code,omitempty"`
	At      time.Time `json:"at"`
}

func (h *home) outbox(ctx context.Context) (any, error) {
	letters := []letter{}
	if box := h.box(); box != nil {
		kept, err := box.List(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range kept[:min(len(kept), mostShown)] {
			letters = append(letters, letter{e.ID, e.Kind, e.To, e.Subject, strings.TrimSpace(e.Text), e.URL, e.Code, e.At})
		}
	}
	return map[string]any{"messages": letters}, nil
}

// doctor makes the checks of `betterauth doctor` with the configuration as it is now: a
// file that was changed since the start is read again.
func (h *home) doctor(ctx context.Context) any {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.server.setup
	if now := s.w.now(); h.findings == nil || now.Sub(h.checked) > doctorAge {
		ctx, cancel := context.WithTimeout(ctx, doctorWait)
		defer cancel()
		findings := s.examined(ctx)
		for i := range findings {
			f := &findings[i]
			f.What, f.Remedy = user.ReplaceAllString(f.What, "//"), user.ReplaceAllString(f.Remedy, "//")
		}
		if ctx.Err() != nil {
			return map[string]any{"findings": findings}
		}
		h.findings, h.checked = findings, now
	}
	return map[string]any{"findings": h.findings}
}

// user matches the part of an address that may contain a password.
var user = regexp.MustCompile(`//[^/@\s"]*@`)

func (s *setup) examined(ctx context.Context) []finding {
	w := *s.w
	w.ctx = ctx
	d := &doctor{w: &w, client: &http.Client{Timeout: 5 * time.Second}}
	list, err := w.readAll(s.asked)
	if err != nil {
		d.unreadable(err)
		return d.findings
	}
	for _, conf := range list {
		if s.realm != nil && (conf.realm == nil || conf.realm.Name != s.realm.Name) {
			continue
		}
		url := ""
		if conf.file.BaseURL() == "" {
			url = s.local
		}
		d.setup, d.file, d.o = conf, conf.file, &conf.file.Options
		d.check(url)
		return d.findings
	}
	d.add(severityError, "config", s.name()+" has no such realm any more", "start the server again")
	return d.findings
}
