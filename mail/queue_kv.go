package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/kv"
)

// kvQueue numbers its messages: tail counts them, each is stored under its
// number, and head is the first number that may still exist. A claim is a counter
// that expires with the claim; the server that counts 1 has it.
type kvQueue struct{ kv kv.Store }

// NewKVQueue returns a queue in secondary storage.
func NewKVQueue(s kv.Store) Queue { return kvQueue{s} }

const (
	kvTail = "betterauth-mail:tail"
	kvHead = "betterauth-mail:head"
	// kvLast counts the messages that were given up.
	kvLast = "betterauth-mail:last-failed"

	// A counter needs a window; in practice this one never ends.
	kvForever = 10 * 365 * 24 * time.Hour
)

func kvMessage(n int64) string  { return "betterauth-mail:message:" + strconv.FormatInt(n, 10) }
func kvClaim(n int64) string    { return "betterauth-mail:claim:" + strconv.FormatInt(n, 10) }
func kvMissing(n int64) string  { return "betterauth-mail:missing:" + strconv.FormatInt(n, 10) }
func kvFailed(id string) string { return "betterauth-mail:failed:" + id }

type kvItem struct {
	Over     bool      `json:"over,omitempty"` // sent or given up: head may move past it
	Content  string    `json:"content"`
	Attempts int       `json:"attempts"`
	Due      time.Time `json:"due"`
	Created  time.Time `json:"created"`
	Cause    string    `json:"cause,omitempty"` // why it is not sent yet, or was given up
}

func (q kvQueue) save(ctx context.Context, key string, it kvItem) error {
	text, err := json.Marshal(it)
	if err != nil {
		return err
	}
	return q.kv.Set(ctx, key, string(text), failedFor)
}

func (q kvQueue) load(ctx context.Context, key string) (it kvItem, ok bool, err error) {
	text, ok, err := q.kv.Get(ctx, key)
	if err != nil || !ok {
		return it, false, err
	}
	if err := json.Unmarshal([]byte(text), &it); err != nil {
		return it, false, fmt.Errorf("%w: %s: %w", errUnreadable, key, err)
	}
	return it, true, nil
}

// errUnreadable reports a message that another program has overwritten.
var errUnreadable = errors.New("mail: a message cannot be read")

func (q kvQueue) number(ctx context.Context, key string) (int64, error) {
	text, ok, err := q.kv.Get(ctx, key)
	if err != nil || !ok {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("mail: %s: %w", key, err)
	}
	return n, nil
}

// Put implements [Queue].
func (q kvQueue) Put(ctx context.Context, content string, now time.Time) error {
	n, err := q.kv.Increment(ctx, kvTail, kvForever)
	if err != nil {
		return err
	}
	return q.save(ctx, kvMessage(n), kvItem{Content: content, Due: now, Created: now})
}

// Claim implements [Queue].
func (q kvQueue) Claim(ctx context.Context, now, until time.Time) (*Item, error) {
	head, err := q.number(ctx, kvHead)
	if err != nil {
		return nil, err
	}
	tail, err := q.number(ctx, kvTail)
	if err != nil {
		return nil, err
	}
	if head > tail { // the counter was lost and starts again
		head = 0
	}
	first := true // nothing is left before n
	for n := head + 1; n <= tail; n++ {
		it, ok, err := q.load(ctx, kvMessage(n))
		if errors.Is(err, errUnreadable) {
			err = q.giveUp(ctx, n, kvItem{Created: now, Cause: causeOf(err)})
			it.Over, ok = true, true
		}
		if err != nil {
			return nil, err
		}
		switch {
		case !ok || it.Over:
			if first {
				first, err = q.pass(ctx, n, ok, now)
			}
		case it.Due.After(now):
			first = false
		default:
			first = false
			var claimed *Item
			if claimed, err = q.claim(ctx, n, now, until); claimed != nil {
				return claimed, nil
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// kvGap is how long a number may be without its message. One that is counted but
// not written yet must not be skipped; one whose writer died must be.
const kvGap = 10 * time.Minute

// pass moves head past n if its message is over or has been missing for long.
func (q kvQueue) pass(ctx context.Context, n int64, over bool, now time.Time) (passed bool, err error) {
	if !over {
		since, err := q.number(ctx, kvMissing(n))
		if err != nil {
			return false, err
		}
		if since == 0 {
			return false, q.kv.Set(ctx, kvMissing(n), strconv.FormatInt(now.Unix(), 10), 24*time.Hour)
		}
		if now.Sub(time.Unix(since, 0)) < kvGap {
			return false, nil
		}
	}
	if err := q.kv.Set(ctx, kvHead, strconv.FormatInt(n, 10), 0); err != nil {
		return false, err
	}
	return true, q.kv.Delete(ctx, kvMessage(n))
}

func (q kvQueue) claim(ctx context.Context, n int64, now, until time.Time) (*Item, error) {
	holders, err := q.kv.Increment(ctx, kvClaim(n), until.Sub(now))
	if err != nil || holders != 1 {
		return nil, err
	}
	it, ok, err := q.load(ctx, kvMessage(n)) // read again now that this server has claimed it
	if err != nil || !ok || it.Over || it.Due.After(now) {
		return nil, errors.Join(err, q.kv.Delete(ctx, kvClaim(n)))
	}
	it.Attempts++
	if err := q.save(ctx, kvMessage(n), it); err != nil {
		return nil, err
	}
	return &Item{ID: strconv.FormatInt(n, 10), Content: it.Content, Attempts: it.Attempts, Created: it.Created}, nil
}

// settle writes the outcome of a message and ends its claim.
func (q kvQueue) settle(ctx context.Context, id string, as kvItem) error {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return err
	}
	if err := q.save(ctx, kvMessage(n), as); err != nil {
		return err
	}
	return q.kv.Delete(ctx, kvClaim(n))
}

// Done implements [Queue].
func (q kvQueue) Done(ctx context.Context, it *Item) error {
	return q.settle(ctx, it.ID, kvItem{Over: true})
}

// Retry implements [Queue].
func (q kvQueue) Retry(ctx context.Context, it *Item, next time.Time, cause string) error {
	return q.settle(ctx, it.ID, kvItem{Content: it.Content, Attempts: it.Attempts, Due: next, Created: it.Created, Cause: cause})
}

// Fail implements [Queue].
func (q kvQueue) Fail(ctx context.Context, it *Item, cause string) error {
	n, err := strconv.ParseInt(it.ID, 10, 64)
	if err != nil {
		return err
	}
	if err := q.giveUp(ctx, n, kvItem{Content: it.Content, Attempts: it.Attempts, Created: it.Created, Cause: cause}); err != nil {
		return err
	}
	return q.kv.Delete(ctx, kvClaim(n))
}

// giveUp stores message n among those given up.
func (q kvQueue) giveUp(ctx context.Context, n int64, as kvItem) error {
	last, err := q.kv.Increment(ctx, kvLast, kvForever)
	if err != nil {
		return err
	}
	if err := q.save(ctx, kvFailed(strconv.FormatInt(last, 10)), as); err != nil {
		return err
	}
	return q.save(ctx, kvMessage(n), kvItem{Over: true})
}

// Failed implements [Letters].
func (q kvQueue) Failed(ctx context.Context, limit int) ([]Item, error) {
	const gap = 1000 // largest number of expired messages in a row
	last, err := q.number(ctx, kvLast)
	if err != nil {
		return nil, err
	}
	var out []Item
	for missing := 0; last > 0 && len(out) < limit && missing < gap; last-- {
		id := strconv.FormatInt(last, 10)
		it, ok, err := q.load(ctx, kvFailed(id))
		if err != nil && !errors.Is(err, errUnreadable) {
			return nil, err
		}
		if missing++; ok {
			missing = 0
			out = append(out, Item{ID: id, Content: it.Content, Attempts: it.Attempts, Created: it.Created, Cause: it.Cause})
		}
	}
	return out, nil
}

// Again implements [Letters].
func (q kvQueue) Again(ctx context.Context, id string, now time.Time) error {
	it, ok, err := q.load(ctx, kvFailed(id))
	if err == nil && (!ok || it.Content == "") {
		err = ErrNoLetter
	}
	if err != nil {
		return err
	}
	if err := q.Put(ctx, it.Content, now); err != nil {
		return err
	}
	return q.kv.Delete(ctx, kvFailed(id))
}

// Discard implements [Letters].
func (q kvQueue) Discard(ctx context.Context, id string) error {
	_, ok, err := q.kv.Take(ctx, kvFailed(id))
	if err == nil && !ok {
		err = ErrNoLetter
	}
	return err
}
