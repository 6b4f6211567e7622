package admin_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// crowd is a database that claims to have many more users.
type crowd struct {
	*memstore.Driver
	more   atomic.Int64
	counts atomic.Int64
	during func() // called in a count
}

func (d *crowd) Count(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	n, err := d.Driver.Count(ctx, t, where)
	if t.Model == "user" {
		d.counts.Add(1)
		if d.during != nil {
			d.during()
		}
		n += d.more.Load()
	}
	return n, err
}

func TestLargeTotals(t *testing.T) {
	d := &crowd{Driver: memstore.New()}
	w := open(t, auth.Options{Database: d}, admin.Options{})
	c, _ := w.as(root, "admin")
	list := func(query string, total float64, counts int64) {
		t.Helper()
		before := d.counts.Load()
		c.Get("/admin/list-users"+query).Want(200, "total", total)
		if n := d.counts.Load() - before; n != counts {
			t.Errorf("%s was counted %d times, want %d", query, n, counts)
		}
	}
	d.more.Store(9_998)
	list("", 9_999, 1)
	d.more.Store(9_997)
	list("", 9_998, 1)

	list("?limit=2", 1, 0) // a page that is not full
	list("?limit=1", 9_998, 1)

	d.more.Store(20_000)
	list("", 20_001, 1)
	d.more.Store(20_010)
	list("", 20_001, 0)
	list("?limit=1&offset=1&sortBy=name", 20_001, 0)
	list("?filterField=role&filterValue=admin", 20_011, 1) // other conditions
	list("?filterField=role&filterValue=user", 20_010, 1)
	list("?filterField=role&filterValue=admin", 20_011, 0)
	w.Advance(9 * time.Second)
	list("", 20_001, 0)
	w.Advance(time.Second)
	list("", 20_011, 1)

	id := w.make(bob, "") // by an administrator: seen at once
	list("", 20_012, 1)
	post(c, "remove-user", `{"userId":"%s"}`, id).Want(200)
	list("", 20_011, 1)

	d.more.Store(0)
	w.Advance(10 * time.Second)
	list("", 1, 1)
	list("", 1, 1)
}

// While one call counts again, others get the total of before; a change by an administrator during the count makes
// the next call count again.
func TestLargeTotalsMeanwhile(t *testing.T) {
	d := &crowd{Driver: memstore.New()}
	w := open(t, auth.Options{Database: d}, admin.Options{})
	c, _ := w.as(root, "admin")
	d.more.Store(20_000)
	c.Get("/admin/list-users").Want(200, "total", 20_001.0)
	w.Advance(10 * time.Second)

	d.more.Store(30_000)
	d.during = func() {
		d.during = nil
		c.Get("/admin/list-users").Want(200, "total", 20_001.0)
	}
	c.Get("/admin/list-users").Want(200, "total", 30_001.0)

	w.Advance(10 * time.Second)
	d.during = func() {
		d.during = nil
		w.make(bob, "")
	}
	c.Get("/admin/list-users").Want(200)
	if n := d.counts.Load(); n != 3 {
		t.Errorf("%d counts, want 3", n)
	}
	c.Get("/admin/list-users").Want(200, "total", 30_002.0)
}
