package identity_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// A program that embeds the server reaches users, accounts, sessions and single-use
// values on it; an endpoint or a hook reaches the same on its call c.
func Example() {
	a, err := betterauth.New(auth.Options{Mode: auth.Development, BaseURL: auth.Static("http://localhost:8080"), Database: memstore.New()})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	user, err := a.Users.Create(ctx, store.Record{"name": "Ada", "email": "Ada@Example.com"}, "import")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Name, user.Email, user.EmailVerified)

	_, err = a.Users.Create(ctx, store.Record{"name": "Twin", "email": "ada@example.com"}, "import")
	fmt.Println("taken:", errors.Is(err, store.ErrConflict))

	if _, err = a.Users.Update(ctx, user.ID, store.Record{"emailVerified": true}); err != nil {
		log.Fatal(err)
	}
	fmt.Println("the copy stays:", user.EmailVerified)

	_, err = a.Users.ByEmail(ctx, "bob@example.com")
	fmt.Println("nobody:", errors.Is(err, store.ErrNotFound))
	// Output:
	// Ada ada@example.com false
	// taken: true
	// the copy stays: false
	// nobody: true
}

// Of several callers exactly one takes a value.
func ExampleOnce() {
	a, err := betterauth.New(auth.Options{Mode: auth.Development, BaseURL: auth.Static("http://localhost:8080"), Database: memstore.New()})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	var once *identity.Once = a.Once
	if err := once.Put(ctx, "invitation:4711", "ada@example.com", time.Now().Add(time.Hour)); err != nil {
		log.Fatal(err)
	}
	for range 2 {
		v, err := once.Take(ctx, "invitation:4711")
		if errors.Is(err, store.ErrNotFound) {
			fmt.Println("used already")
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(v.Text)
	}
	// Output:
	// ada@example.com
	// used already
}
