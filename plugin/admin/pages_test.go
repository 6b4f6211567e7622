package admin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// populate creates users, of whom every seven have the same time of creation.
func (w *world) populate(n int) {
	w.T.Helper()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := w.Store.Tx(w.T.Context(), func(ctx context.Context) error {
		for i := range n {
			at := start.Add(time.Duration(i/7) * time.Millisecond)
			if _, err := w.Store.Create(ctx, "user", store.Record{
				"name": "Test", "email": fmt.Sprintf("user%04d@example.com", i), "createdAt": at, "updatedAt": at, "emailVerified": false,
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		w.T.Fatal(err)
	}
}

// page returns one field of the users on a page.
func page(c *authtest.Client, sort, field string, offset, limit int) (out []string) {
	c.Server.T.Helper()
	answer := c.Get(fmt.Sprintf("/admin/list-users?%s&offset=%d&limit=%d", sort, offset, limit)).Want(200)
	var body struct{ Users []map[string]any }
	if err := json.Unmarshal([]byte(answer.Body), &body); err != nil {
		c.Server.T.Fatal(err)
	}
	for _, user := range body.Users {
		out = append(out, fmt.Sprint(user[field]))
	}
	return out
}

// TestPages reads long lists from their middle, in pages of several sizes and orders.
func TestPages(t *testing.T) {
	const users, first = 1_200, 1_000
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, admin.Options{})
		w.populate(users)
		c, _ := w.as("admin@example.com", "admin")
		for _, list := range []struct{ sort, field string }{
			{"sortBy=createdAt", "createdAt"}, {"sortBy=createdAt&sortDirection=desc", "createdAt"},
			{"sortBy=email", "email"}, {"sortBy=email&sortDirection=desc", "email"},
			{"sortBy=createdAt&filterField=email&filterOperator=ne&filterValue=user0003@example.com", "createdAt"},
		} {
			w.Advance(time.Minute) // forgets the pages
			all := page(c, list.sort, list.field, 0, users+1)
			for _, size := range []int{1, 3, 7, 50} {
				w.Advance(time.Minute)
				for n, offset := 0, first; offset < min(len(all), first+size*20); n, offset = n+1, offset+size {
					if n%5 == 4 {
						continue // this page is skipped
					}
					got := page(c, list.sort, list.field, offset, size)
					if want := all[offset:min(offset+size, len(all))]; !slices.Equal(got, want) {
						t.Fatalf("%s, offset %d, limit %d:\n%v\nwant\n%v", list.sort, offset, size, got, want)
					}
				}
			}
		}
	}, everywhere.Databases()...)
}

// skips is a database that records the offsets of queries.
type skips struct {
	*memstore.Driver
	seen []int
}

func (d *skips) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	if t.Model == "user" && q.Limit == 20 {
		d.seen = append(d.seen, q.Offset)
	}
	return d.Driver.Select(ctx, t, q)
}

func TestPagesStartWhereTheLastEnded(t *testing.T) {
	d := &skips{Driver: memstore.New()}
	w := open(t, auth.Options{Database: d}, admin.Options{})
	w.populate(1_300)
	c, _ := w.as("admin@example.com", "admin")
	want := func(sort string, offset int, exact bool) {
		t.Helper()
		d.seen = nil
		page(c, sort, "id", offset, 20)
		if len(d.seen) != 1 || (d.seen[0] == offset) != exact {
			t.Errorf("%s, offset %d: the database skipped %v", sort, offset, d.seen)
		}
	}
	want("sortBy=createdAt", 1_000, true)
	want("sortBy=createdAt", 1_020, false)
	want("sortBy=createdAt", 1_100, false)
	want("sortBy=createdAt", 1_000, true) // before all known pages
	want("sortBy=createdAt", 900, true)   // a small offset
	want("sortBy=createdAt&sortDirection=desc", 1_020, true)
	want("sortBy=createdAt&filterField=banned&filterValue=false", 1_020, true)
	want("sortBy=name", 1_000, true)
	want("sortBy=name", 1_020, true) // databases compare texts in different ways
	want("sortBy=role", 1_000, true)
	want("sortBy=role", 1_020, true) // null is sorted in different ways
	want("sortBy=createdAt", 1_040, false)
	w.make(bob, "")
	want("sortBy=createdAt", 1_060, true) // an administrator changed users
	want("sortBy=createdAt", 1_080, false)
	w.Advance(10 * time.Second)
	want("sortBy=createdAt", 1_100, true)
}
