package notes

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// shares are the tokens of links to notes. A token works once, for a day. The
// database holds its hash only, so that who reads the database can use no link.
func shares() auth.Tokens {
	return auth.Tokens{Prefix: "notes:share:", TTL: 24 * time.Hour, Storage: auth.TokenStorage{Hashed: true}}
}

type shareAnswer struct {
	URL string `json:"url"`
}

func (p *Plugin) shareNote() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "shareNote", Methods: []string{http.MethodPost}, Path: "/notes/:id/share",
		Session: auth.RequireSession, Summary: "Make a link to a note that works once",
	}, func(c *auth.Context, in *noteRequest) (*shareAnswer, error) {
		n, err := p.own(c, in.ID)
		if err != nil {
			return nil, err
		}
		token := secret.ID(32)
		if err := shares().Put(c, token, n.ID); err != nil {
			return nil, err
		}
		return &shareAnswer{c.BaseURL + "/notes/shared?token=" + url.QueryEscape(token)}, nil
	})
}

type sharedRequest struct {
	Token string `query:"token"`
}

// readShared is public: the token says enough. Take uses the token up, and of several
// callers at the same moment only one gets the note.
func (p *Plugin) readShared() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "readSharedNote", Methods: []string{http.MethodGet}, Path: "/notes/shared",
		Session: auth.Public, NoStore: true, Summary: "Read a shared note",
	}, func(c *auth.Context, in *sharedRequest) (*Note, error) {
		kept, err := shares().Take(c, in.Token)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.BadRequest(LinkUsed)
		}
		if err != nil {
			return nil, err
		}
		n, err := p.notes.Get(c, store.Is("id", kept.Text))
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.NotFound(NoteNotFound)
		}
		return n, err
	})
}
