package notes

import (
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// createRequest is the body of a request. It is checked before the handler runs: a
// field without omitempty is required, and the other tags bound its value.
type createRequest struct {
	Title         string `json:"title" minLength:"1" maxLength:"100" doc:"Title of the note"`
	Text          string `json:"text,omitempty" maxLength:"5000"`
	Public        bool   `json:"public,omitempty" doc:"Everybody may read the note"`
	KeepDays      int    `json:"keepDays,omitempty" minimum:"1" maximum:"365" doc:"Days until the note is deleted; for ever without it"`
	RemindInHours int    `json:"remindInHours,omitempty" minimum:"1" maximum:"8760" doc:"Hours until the user is reminded"`
}

// note is the row that the request asks for.
func (in *createRequest) note(c *auth.Context) *Note {
	n := &Note{UserID: c.Session.User.ID, Title: in.Title, Public: in.Public, CreatedAt: c.Now()}
	if in.Text != "" {
		n.Text = &in.Text
	}
	if in.KeepDays > 0 {
		n.ExpiresAt = new(c.Now().AddDate(0, 0, in.KeepDays))
	}
	if in.RemindInHours > 0 {
		n.RemindAt = new(c.Now().Add(time.Duration(in.RemindInHours) * time.Hour))
	}
	return n
}

// createNote needs somebody who is signed in: c.Session is set when the handler runs.
func (p *Plugin) createNote() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "createNote", Methods: []string{http.MethodPost}, Path: "/notes/create",
		Session: auth.RequireSession, Summary: "Write a note",
	}, func(c *auth.Context, in *createRequest) (*Note, error) {
		n := in.note(c)
		if err := p.review(c, n); err != nil {
			return nil, err
		}
		return p.add(c, n)
	})
}

type importRequest struct {
	Notes []createRequest `json:"notes" minLength:"1" maxLength:"50"`
}

type importAnswer struct {
	Imported int `json:"imported"`
}

// importNotes keeps all notes or none: an error ends the transaction, and takes back
// its rows and its events.
func (p *Plugin) importNotes() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "importNotes", Methods: []string{http.MethodPost}, Path: "/notes/import",
		Session: auth.RequireSession, Summary: "Write several notes",
	}, func(c *auth.Context, in *importRequest) (*importAnswer, error) {
		for _, note := range in.Notes { // before the transaction, which should be short
			if err := p.review(c, note.note(c)); err != nil {
				return nil, err
			}
		}
		err := c.Tx(func(c *auth.Context) error {
			for _, note := range in.Notes {
				if _, err := p.add(c, note.note(c)); err != nil {
					return err
				}
			}
			return nil
		})
		return &importAnswer{len(in.Notes)}, err
	})
}

// add keeps a note, if its user may keep one more. Calls of the same user wait for each
// other at Lock, so that they cannot all count the same notes and then all add one.
// Within a transaction, Tx just runs the func.
func (p *Plugin) add(c *auth.Context, n *Note) (made *Note, err error) {
	err = c.Tx(func(c *auth.Context) error {
		if err := c.Store.Lock(c, "user", store.Is("id", n.UserID)); err != nil {
			return err
		}
		kept, err := p.notes.Count(c, store.Is("userId", n.UserID))
		if err != nil {
			return err
		}
		if kept >= int64(p.opts.MaxNotes) {
			return auth.Forbidden(TooManyNotes)
		}
		if made, err = p.notes.Create(c, n); err != nil {
			return err
		}
		c.Emit(auth.Event{Name: NoteCreated, UserID: n.UserID})
		return nil
	})
	return made, err
}

// ReviewRequest asks whether a note may be kept. A webhook is sent it as JSON.
type ReviewRequest struct {
	UserID string `json:"userId"`
	Title  string `json:"title"`
	Text   string `json:"text,omitempty"`
}

// Verdict is the answer to a ReviewRequest.
type Verdict struct {
	Refused bool   `json:"refused"`
	Reason  string `json:"reason"` // shown to the user
}

func (p *Plugin) review(c *auth.Context, n *Note) error {
	if p.opts.Review == nil {
		return nil
	}
	ask := ReviewRequest{UserID: n.UserID, Title: n.Title}
	if n.Text != nil {
		ask.Text = *n.Text
	}
	verdict, err := p.opts.Review(c, ask)
	if err != nil {
		return auth.FromCallback(err) // a webhook may answer with an error for the client
	}
	if verdict.Refused {
		return auth.BadRequest(auth.Code{Name: NoteRefused.Name, Message: verdict.Reason})
	}
	return nil
}
