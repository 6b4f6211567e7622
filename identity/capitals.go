package identity

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/seed-32bd42cb/betterauth/store"
)

// The server and the npm package store addresses in lower case. Imported rows may
// contain capitals, which an equality does not find if the database distinguishes
// case. A query that ignores case reads the whole table unless there is an index
// on lower(email). Therefore the server checks periodically whether such rows
// exist. If not, look-ups use an equality; if so, every look-up, for any address,
// is one statement that ignores case.

const (
	// lookForCapitals is the time between two checks of the stored addresses.
	lookForCapitals = time.Hour
	// lookAgain is the time until the next check after a failed one.
	lookAgain = 10 * time.Minute
)

// capitals records whether stored addresses contain capitals.
type capitals struct {
	mu      sync.Mutex
	known   bool
	looking bool // a later check is running; until it ends the last result applies
	found   bool
	next    time.Time
}

// addressesHaveCapitals reports whether a stored address may contain capitals
// that an equality would not find.
func (u *Users) addressesHaveCapitals(ctx context.Context) bool {
	if !u.opts.HasDatabase {
		return false
	}
	k, now := &u.capitals, u.opts.Now(ctx)
	k.mu.Lock()
	if k.known && !u.opts.AlwaysRead && (k.looking || now.Before(k.next)) {
		defer k.mu.Unlock()
		return k.found
	}
	if k.known { // a check reads the whole table, so no other call waits for it
		k.looking = true
		k.mu.Unlock()
		found, err := u.lookForCapitals(ctx)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.looking = false
		return k.settle(ctx, found, err, now)
	}
	defer k.mu.Unlock()
	found, err := u.lookForCapitals(ctx)
	return k.settle(ctx, found, err, now)
}

func (u *Users) lookForCapitals(ctx context.Context) (found bool, err error) {
	rows, err := u.opts.Store.Find(ctx, "user", store.Query{Where: []store.Where{{Field: "email", Op: store.HasCapitals}}, Limit: 1})
	if err != nil && ctx.Err() == nil {
		u.opts.Log.WarnContext(ctx, "stored addresses could not be checked for capitals; those with capitals are not found", "error", err)
	}
	return len(rows) > 0, err
}

// settle stores the result of a check and returns the current knowledge.
func (k *capitals) settle(ctx context.Context, found bool, err error, now time.Time) bool {
	switch {
	case err == nil:
		k.known, k.found, k.next = true, found, now.Add(lookForCapitals)
	case ctx.Err() == nil: // if the caller has gone, the error says nothing about the database
		k.known, k.next = true, now.Add(lookAgain)
	}
	return k.found
}

// withAddress returns the users with this address in any case. A database with a
// loose comparison (MySQL) may find similar addresses, which are left out.
func (u *Users) withAddress(ctx context.Context, email string) ([]*User, error) {
	q := store.Query{Where: []store.Where{store.Given("email", LowerCase(email))}, Limit: 1}
	if u.addressesHaveCapitals(ctx) {
		q.Where[0].Fold, q.Limit = true, 0
	}
	rows, err := u.opts.Store.Find(ctx, "user", q)
	if err != nil {
		return nil, err
	}
	var same []*User
	for _, row := range rows {
		if SameAddress(row.Text("email"), email) {
			same = append(same, u.Of(row))
		}
	}
	return same, nil
}

// errAddressTaken is the error that a unique column would give for an address in
// the same case.
var errAddressTaken = errors.Join(store.ErrConflict, errors.New("the address is stored with other capitals"))

// refuseTwin rejects an address that is already stored with capitals, which the
// unique column would not notice. id is the user who is to have it, "" for a new
// one: users may change the case of their own address.
func (u *Users) refuseTwin(ctx context.Context, email any, id string) error {
	address, ok := email.(string)
	if !ok || address == "" || !u.addressesHaveCapitals(ctx) {
		return nil
	}
	found, err := u.withAddress(ctx, address)
	if err != nil || len(found) == 0 {
		return err
	}
	for _, user := range found {
		if user.ID == id {
			return nil
		}
	}
	return errAddressTaken
}
