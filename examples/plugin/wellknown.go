package notes

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

type wellKnownRequest struct {
	_       struct{} `query:"optional"`
	Version int      `query:"version,omitempty" coerce:"true" minimum:"1" maximum:"1" default:"1"`
}

type wellKnownAnswer struct {
	NotesEndpoint string `json:"notes_endpoint"`
	MaxNotes      int    `json:"max_notes"`
	Version       int    `json:"version"`
}

// wellKnown stands below the root of the site, as protocols prescribe it, and not
// below /api/auth. Scripts of every site may read it, without cookies. Its errors have
// the shape that OAuth prescribes.
func (p *Plugin) wellKnown() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "notesConfiguration", Methods: []string{http.MethodGet}, Path: "/.well-known/notes",
		Session: auth.Public, Root: true, CORS: auth.AnyOrigin, Storeless: true, Summary: "Where the notes are",
		Invalid: func(in auth.Invalid) *auth.Error {
			return &auth.Error{Status: http.StatusBadRequest, Body: js.Obj("error", "invalid_request", "error_description", in.Text)}
		},
	}, func(c *auth.Context, in *wellKnownRequest) (*wellKnownAnswer, error) {
		return &wellKnownAnswer{NotesEndpoint: c.BaseURL + "/notes", MaxNotes: p.opts.MaxNotes, Version: in.Version}, nil
	})
}
