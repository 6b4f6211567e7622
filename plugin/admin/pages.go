package admin

import (
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// A database reads all rows before an offset, so the last pages of a long list cost far more than the first. The end
// of a page that was read is therefore remembered for a short time, and a page behind it starts there.
const (
	offsetBelow = 1_000 // smaller offsets are left to the database
	pageAge     = 10 * time.Second
	mostPages   = 200
)

// pages are the ends of pages that were read a short time ago, by list.
type pages struct {
	mu    sync.Mutex
	ends  map[string][]pageEnd
	count int
}

// pageEnd says that the row at a position of a list is the skip-th of those that are sorted as value or behind it.
type pageEnd struct {
	position int
	skip     int
	value    any
	at       time.Time
}

// read returns the rows of q.
func (p *pages) read(c *auth.Context, q store.Query, field string, down bool) ([]store.Record, error) {
	column := c.Store.Table("user").Column(field)
	if column == nil || column.Optional || q.Offset < offsetBelow || column.Type != store.Date && !column.Unique && !column.IsID {
		return c.Store.Find(c, "user", q)
	}
	key := q.Sort + " " + keyOf(q.Where)
	from, known := p.before(key, q.Offset, c.Clock())
	near := q
	if known {
		near.Where = append(near.Where[:len(near.Where):len(near.Where)], from.where(field, down))
		near.Offset = from.skip + q.Offset - from.position
	}
	rows, err := c.Store.Find(c, "user", near)
	if err == nil && len(rows) > 0 {
		p.keep(key, endOf(rows, field, q.Offset, from, known), c.Clock())
	}
	return rows, err
}

// where returns the condition of the rows that are sorted as the value or behind it. A database may store times more
// exactly than we read them.
func (e pageEnd) where(field string, down bool) store.Where {
	at, isTime := e.value.(time.Time)
	switch {
	case !down:
		return store.Where{Field: field, Op: store.Gte, Value: e.value}
	case isTime:
		return store.Where{Field: field, Op: store.Lt, Value: at.Add(time.Millisecond)}
	}
	return store.Where{Field: field, Op: store.Lte, Value: e.value}
}

// endOf returns the end of a page, without a value if it is not known how many rows before the page have the value of
// its last row.
func endOf(rows []store.Record, field string, offset int, from pageEnd, known bool) pageEnd {
	end := pageEnd{position: offset + len(rows), value: rows[len(rows)-1][field]}
	for end.skip < len(rows) && same(rows[len(rows)-1-end.skip][field], end.value) {
		end.skip++
	}
	switch {
	case end.skip < len(rows): // a row of the page has another value
	case known && same(from.value, end.value):
		end.skip += from.skip + offset - from.position
	case known && from.position == offset: // the page before it ended with another value
	default:
		return pageEnd{}
	}
	return end
}

func same(a, b any) bool {
	if x, ok := a.(time.Time); ok {
		y, ok := b.(time.Time)
		return ok && x.Equal(y)
	}
	return a == b
}

// before returns the last known end of a page that is not behind an offset.
func (p *pages) before(key string, offset int, now time.Time) (best pageEnd, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range p.ends[key] {
		if age := now.Sub(end.at); age >= 0 && age < pageAge && end.position <= offset && (!known || end.position > best.position) {
			best, known = end, true
		}
	}
	return best, known
}

func (p *pages) keep(key string, end pageEnd, now time.Time) {
	switch end.value.(type) {
	case time.Time, string:
	default:
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ends == nil || p.count >= mostPages {
		p.ends, p.count = map[string][]pageEnd{}, 0
	}
	end.at = now
	p.ends[key] = append(p.ends[key], end)
	p.count++
}

func (p *pages) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ends, p.count = nil, 0
}
