package auditlog

import (
	"context"
	"fmt"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// pageSize is how many entries are read at a time.
const pageSize = 500

// Each calls f with the entries whose number is above after, oldest first.
func (p *Plugin) Each(ctx context.Context, after int, f func(*Entry) error) error {
	for {
		page, err := p.entries().Find(ctx, store.Query{Where: []store.Where{{Field: "seq", Op: store.Gt, Value: float64(after)}}, Sort: "seq", Limit: pageSize})
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := f(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// export yields the entries about a person, for the export of a user.
func (p *Plugin) export(ctx context.Context, who auth.Person, yield func(item any) error) error {
	after := 0
	for {
		page, err := p.entries().Find(ctx, store.Query{
			Where: []store.Where{store.Is("userId", who.User.ID), {Field: "seq", Op: store.Gt, Value: float64(after)}}, Sort: "seq", Limit: pageSize,
		})
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := yield(e.fields()); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// Newest returns the last n entries, oldest first.
func (p *Plugin) Newest(ctx context.Context, n int) ([]*Entry, error) {
	last, err := p.last(ctx)
	if err != nil {
		return nil, err
	}
	out := []*Entry{}
	return out, p.Each(ctx, max(last.Seq-n, 0), func(e *Entry) error {
		out = append(out, e)
		return nil
	})
}

// Report is the result of [Plugin.Verify].
type Report struct {
	Entries int    // number of entries that were read
	First   int    // number of the first entry; above 1 if older ones were deleted by retention
	Last    int    // number of the last entry
	Hash    string // hash of the last entry; keep it elsewhere to prove later that the log was not cut off or rewritten
}

// A Flaw is what is wrong with the log.
type Flaw struct {
	Seq     int // number of the entry
	Problem string
}

// Error implements error.
func (f *Flaw) Error() string { return fmt.Sprintf("entry %d %s", f.Seq, f.Problem) }

// Verify reads the whole log. The error is a *Flaw at the first entry that was changed, or before which one is missing.
// progress may be nil; it is called now and then with the number of entries read.
//
// Somebody who can write to the database and computes all hashes again is not noticed, nor is one who cuts off the end:
// compare Report.Hash, or the hash of an entry, with one that was kept elsewhere.
func (p *Plugin) Verify(ctx context.Context, progress func(read int)) (Report, error) {
	var r Report
	var before *Entry
	anchor := ""       // hash that the first entry continues, if that is not the very first
	explained := false // an entry says that retention deleted the ones before
	err := p.Each(ctx, 0, func(e *Entry) error {
		switch {
		case before == nil:
			r.First, anchor = e.Seq, e.PreviousHash
		case e.Seq != before.Seq+1:
			return &Flaw{before.Seq + 1, "is missing"}
		case e.PreviousHash != before.Hash:
			return &Flaw{before.Seq, "was changed: the next entry continues another one"}
		}
		if e.Sum() != e.Hash {
			return &Flaw{e.Seq, "was changed: its hash is another one"}
		}
		explained = explained || e.EventType == Pruned && names(e, r.First-1, anchor)
		r.Entries, r.Last, r.Hash = r.Entries+1, e.Seq, e.Hash
		before = e
		if progress != nil && r.Entries%pageSize == 0 {
			progress(r.Entries)
		}
		return nil
	})
	if err == nil && r.Entries > 0 && (r.First > 1 && !explained || r.First == 1 && anchor != "") {
		err = &Flaw{r.First - 1, "is missing, and no entry says that it was deleted after its time"}
	}
	return r, err
}

// names reports whether an entry says that the one with this number and hash was the last to be deleted.
func names(e *Entry, seq int, hash string) bool {
	if e.EventData == nil {
		return false
	}
	v, err := js.Parse([]byte(*e.EventData))
	o, ok := v.(*js.Object)
	if err != nil || !ok {
		return false
	}
	number, _ := o.Get("seq")
	sum, _ := o.Get("hash")
	return number == strconv.Itoa(seq) && sum == hash
}
