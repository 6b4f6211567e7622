package auditlog

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// What does not fit into memory during an outage is counted, and the log says how many entries were lost.
func TestLostEntries(t *testing.T) {
	var outage authtest.Outage
	log := New(Options{})
	log.room = 20
	s := authtest.New(t, auth.Options{Database: outage.Driver(memstore.New()), Plugins: []auth.Plugin{log}})
	outage.Begin(store.ErrUnavailable)
	for range 23 {
		log.note(t.Context(), auth.Event{Name: auth.UserSignedOut, At: s.Now()})
	}
	_ = log.Flush(t.Context()) // a write in the background has ended
	outage.End()
	if err := log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows := s.Rows(modelName, store.Is("eventType", Lost))
	if len(rows) != 1 || rows[0].Text("eventData") != `{"entries":"3"}` {
		t.Errorf("%v", rows)
	}
	if report, err := log.Verify(t.Context(), nil); err != nil || report.Entries != 21 {
		t.Errorf("%+v %v", report, err)
	}
}
