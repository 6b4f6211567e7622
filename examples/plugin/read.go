package notes

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// listRequest is read from the query. Everything in a query is a text: coerce makes
// a number of it.
type listRequest struct {
	_      struct{} `query:"optional"` // callers from Go may leave the query out
	Search string   `query:"search,omitempty" doc:"A part of the title"`
	Limit  int      `query:"limit,omitempty" coerce:"true" minimum:"1" maximum:"100" default:"20"`
}

type listAnswer struct {
	Notes []*Note `json:"notes"`
}

func (p *Plugin) listNotes() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "listNotes", Methods: []string{http.MethodGet}, Path: "/notes/list",
		Session: auth.RequireSession, Summary: "List your notes",
	}, func(c *auth.Context, in *listRequest) (*listAnswer, error) {
		where := []store.Where{store.Is("userId", c.Session.User.ID)}
		if in.Search != "" {
			where = append(where, store.Where{Field: "title", Op: store.Contains, Value: in.Search, Given: true})
		}
		found, err := p.notes.Find(c, store.Query{Where: where, Sort: "-createdAt", Limit: in.Limit})
		return &listAnswer{found}, err
	})
}

// noteRequest takes the note's id from the path.
type noteRequest struct {
	ID string `path:"id"`
}

// readNote is for everybody: with OptionalSession, c.Session is nil for strangers.
func (p *Plugin) readNote() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "readNote", Methods: []string{http.MethodGet}, Path: "/notes/:id",
		Session: auth.OptionalSession, Summary: "Read a note",
	}, func(c *auth.Context, in *noteRequest) (*Note, error) {
		// Given: a client chose the value, and it may be no id at all.
		n, err := p.notes.Get(c, store.Given("id", in.ID))
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.NotFound(NoteNotFound)
		}
		if err != nil {
			return nil, err
		}
		if !n.Public && (c.Session == nil || c.Session.User.ID != n.UserID) {
			return nil, auth.NotFound(NoteNotFound)
		}
		return n, nil
	})
}

// own returns a note of who is signed in.
func (p *Plugin) own(c *auth.Context, id string) (*Note, error) {
	n, err := p.notes.Get(c, store.Given("id", id), store.Is("userId", c.Session.User.ID))
	if errors.Is(err, store.ErrNotFound) {
		return nil, auth.NotFound(NoteNotFound)
	}
	return n, err
}

type doneAnswer struct {
	Done bool `json:"done"`
}

// deleteNote wants a session that is in the database, not only in the cookie cache:
// one that was ended a minute ago can delete nothing.
func (p *Plugin) deleteNote() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deleteNote", Methods: []string{http.MethodPost}, Path: "/notes/:id/delete",
		Session: auth.StoredSession, Summary: "Delete a note",
	}, func(c *auth.Context, in *noteRequest) (*doneAnswer, error) {
		n, err := p.own(c, in.ID)
		if err != nil {
			return nil, err
		}
		return &doneAnswer{true}, p.notes.Delete(c, store.Is("id", n.ID))
	})
}

type exportRequest struct {
	_      struct{} `query:"optional"`
	UserID string   `query:"userId,omitempty" doc:"For programs; clients get their own notes"`
}

// exportNotes serves clients, who must be signed in, and the program itself, which
// names any user: a.Call(ctx, "exportNotes", auth.Input{Query: …}).
func (p *Plugin) exportNotes() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "exportNotes", Methods: []string{http.MethodGet}, Path: "/notes/export",
		Session: auth.RequestSession, Summary: "Get all your notes",
	}, func(c *auth.Context, in *exportRequest) (*listAnswer, error) {
		userID := in.UserID
		if c.Session != nil {
			userID = c.Session.User.ID
		}
		found, err := p.notes.Find(c, store.Query{Where: []store.Where{store.Given("userId", userID)}, Sort: "createdAt", Limit: p.opts.MaxNotes})
		return &listAnswer{found}, err
	})
}
