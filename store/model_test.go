package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

type badge struct {
	ID      string     `json:"id"`
	Title   string     `json:"title" store:"unique"`
	OwnerID *string    `json:"ownerId" store:"index,ref=badge.id"`
	PIN     string     `json:"pin" store:"hidden"`
	Level   int        `json:"level" store:"bigint"`
	Worn    bool       `json:"worn"`
	Tags    []string   `json:"tags"`
	Sizes   []float64  `json:"sizes"`
	Ends    *time.Time `json:"ends"`
	Note    any        `json:"note" store:"optional"`
	local   string
}

func TestModelOf(t *testing.T) {
	got := store.ModelOf[badge]("badge")
	want := store.Model{Name: "badge", Fields: []store.Field{
		{Name: "title", Type: store.String, Unique: true},
		{Name: "ownerId", Type: store.String, Index: true, Optional: true, Ref: &store.Ref{Model: "badge", Field: "id"}},
		{Name: "pin", Type: store.String, Hidden: true},
		{Name: "level", Type: store.Number, BigInt: true},
		{Name: "worn", Type: store.Boolean},
		{Name: "tags", Type: store.StringArray},
		{Name: "sizes", Type: store.NumberArray},
		{Name: "ends", Type: store.Date, Optional: true},
		{Name: "note", Type: store.JSON, Optional: true},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got.Field("pin").Need.UpTo = 9
	if got.Fields[2].Need.UpTo != 9 {
		t.Error("Field returned a copy")
	}
}

// TestPublicRowHidesFields: a client sees neither the hidden field nor Go's names.
func TestPublicRowHidesFields(t *testing.T) {
	model := store.ModelOf[badge]("badge")
	s, err := store.New(store.Options{Driver: memstore.New(), Schema: store.Schema{"badge": model},
		Now: func(context.Context) time.Time { return now }, NewID: func(context.Context, string) (string, bool) { return "b1", true }})
	if err != nil {
		t.Fatal(err)
	}
	badges := store.TableOf[badge](s, "badge")
	made, err := badges.Create(t.Context(), &badge{Title: "Gold", PIN: "1234", Level: 3, Tags: []string{"a"}, Sizes: []float64{1}, local: "x"})
	if err != nil {
		t.Fatal(err)
	}
	public, err := badges.Public(made)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(js.Marshal(public)), `{"id":"b1","title":"Gold","ownerId":null,"level":3,"worn":false,"tags":["a"],"sizes":[1],"ends":null,"note":null}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
