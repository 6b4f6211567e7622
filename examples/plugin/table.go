package notes

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// Note is a row of the plugin's table. The json tags name the fields, in the
// database and in answers; the store tags say what Go's types cannot.
type Note struct {
	ID        string     `json:"id"`
	UserID    string     `json:"userId" store:"ref=user.id,index"`
	Title     string     `json:"title"`
	Text      *string    `json:"text"` // a pointer may be null
	Public    bool       `json:"public"`
	CreatedAt time.Time  `json:"createdAt"`
	RemindAt  *time.Time `json:"remindAt" store:"index"`
	ExpiresAt *time.Time `json:"expiresAt" store:"index"`
}

// noteModel is the table of notes. Rows whose expiresAt has passed are deleted by
// the server; those without one stay.
func noteModel() store.Model {
	m := store.ModelOf[Note]("note")
	m.Expires = "expiresAt"
	return m
}

// userFields are the fields that the plugin adds to the table of users. Clients set
// motto when they sign up. The other two are neither taken from clients nor shown.
func userFields() store.Model {
	return store.Model{Name: "user", Fields: []store.Field{
		{Name: "motto", Type: store.String, Optional: true},
		{Name: "notesPin", Type: store.String, Optional: true, ReadOnly: true, Hidden: true},
		{Name: "notesSuspended", Type: store.Boolean, Optional: true, ReadOnly: true, Hidden: true},
	}}
}
