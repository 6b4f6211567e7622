package store_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// bookmark is a row: its json tags name the fields, its store tags say more of them.
type bookmark struct {
	ID     string  `json:"id"`
	UserID string  `json:"userId" store:"index"`
	URL    string  `json:"url" store:"unique"`
	Note   *string `json:"note"` // may be null
	Visits int     `json:"visits"`
}

// Rows with a type: the model is made of the struct, and the table reads and writes it.
func ExampleTableOf() {
	model := store.ModelOf[bookmark]("bookmark")
	n := 0
	s, err := store.New(store.Options{
		Driver: memstore.New(), Schema: store.Schema{"bookmark": model},
		NewID: func(context.Context, string) (string, bool) { n++; return strconv.Itoa(n), true },
		Now:   func(context.Context) time.Time { return time.Unix(0, 0) },
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	bookmarks := store.TableOf[bookmark](s, "bookmark")
	for _, url := range []string{"https://go.dev", "https://example.com", "https://go.dev"} {
		made, err := bookmarks.Create(ctx, &bookmark{UserID: "ada", URL: url})
		if errors.Is(err, store.ErrConflict) {
			fmt.Println("there is one already:", url)
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(made.ID, made.URL)
	}
	visited, err := bookmarks.Update(ctx, []store.Where{store.Is("id", "2")}, store.Record{"visits": 7})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(visited.URL, visited.Visits, visited.Note == nil)

	_, err = bookmarks.Get(ctx, store.Is("url", "https://example.org"))
	fmt.Println(errors.Is(err, store.ErrNotFound))
	// Output:
	// 1 https://go.dev
	// 2 https://example.com
	// there is one already: https://go.dev
	// https://example.com 7 true
	// true
}

// The fields of a model follow from Go's types and from tags.
func ExampleModelOf() {
	for _, f := range store.ModelOf[bookmark]("bookmark").Fields {
		fmt.Println(f.Name, f.Type, "optional:", f.Optional, "unique:", f.Unique)
	}
	// Output:
	// userId string optional: false unique: false
	// url string optional: false unique: true
	// note string optional: true unique: false
	// visits number optional: false unique: false
}
