package notes_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"

	"example.com/notes"
)

// Events of a transaction are reported once it is committed; those of one that was
// rolled back never are.
func TestEvents(t *testing.T) {
	s := newServer(t, notes.Options{MaxNotes: 3})
	c := s.Client()
	c.SignUp("ada@example.com")
	s.reported()
	if got := c.Post("/notes/import", `{"notes":[{"title":"a"},{"title":"b"}]}`); got.Status != 200 || got.Body != `{"imported":2}` {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if e := s.events; len(e) != 2 || e[0].Name != notes.NoteCreated || e[0].UserID != ownerOf(t, c) || e[0].Path != "/notes/import" || e[0].At.IsZero() {
		t.Errorf("%+v", e)
	}
	s.reported()
	if got := c.Post("/notes/import", `{"notes":[{"title":"c"},{"title":"d"}]}`); got.Code() != "TOO_MANY_NOTES" {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if names := s.reported(); len(names) > 0 || s.count("note") != 2 {
		t.Errorf("%d notes; reported %v", s.count("note"), names)
	}
}

func TestReminders(t *testing.T) {
	var sent []notes.Reminder
	s := newServer(t, notes.Options{Remind: func(_ context.Context, r notes.Reminder) (callback.Nothing, error) {
		sent = append(sent, r)
		return callback.Nothing{}, nil
	}})
	c := s.Client()
	c.SignUp("ada@example.com")
	id := write(t, c, `{"title":"Soon","remindInHours":1}`)
	write(t, c, `{"title":"Later","remindInHours":100}`)
	write(t, c, `{"title":"Never"}`)
	s.RunJobs(t.Context())
	if len(sent) > 0 {
		t.Errorf("too early: %v", sent)
	}
	s.Advance(time.Hour)
	s.RunJobs(t.Context())
	s.RunJobs(t.Context())
	if want := []notes.Reminder{{UserID: ownerOf(t, c), NoteID: id, Title: "Soon"}}; !slices.Equal(sent, want) {
		t.Errorf("%v", sent)
	}
}

func TestSweep(t *testing.T) {
	s := newServer(t, notes.Options{})
	c := s.Client()
	c.SignUp("ada@example.com")
	write(t, c, `{"title":"Short","keepDays":1}`)
	write(t, c, `{"title":"Long","keepDays":3}`)
	write(t, c, `{"title":"Forever"}`)
	s.Advance(2 * 24 * time.Hour)
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if gone := s.count("note", store.Is("title", "Short")); gone != 0 || s.count("note") != 2 {
		t.Errorf("%d notes are left", s.count("note"))
	}
}
