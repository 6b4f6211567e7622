package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Tokens is one kind of single-use token, such as those of magic links. The value of a token is kept in c.Once under
// Prefix and the stored form of the token.
type Tokens struct {
	Prefix  string // of the identifiers, such as "magic-link:"
	TTL     time.Duration
	Storage TokenStorage
}

func (t Tokens) identifier(c *Context, token string) (string, error) {
	stored, err := t.Storage.Stored(c, token)
	return t.Prefix + stored, err
}

// Put stores value for token. It returns no error if a database hook dropped the row; the token then does not work.
func (t Tokens) Put(c *Context, token, value string) error {
	id, err := t.identifier(c, token)
	if err != nil {
		return err
	}
	return store.UnlessDropped(c.Once.Put(c, id, value, c.Now().Add(t.TTL)))
}

// Take returns the value of token and uses the token up. Of several simultaneous callers one gets it; the others get
// ErrNotFound.
func (t Tokens) Take(c *Context, token string) (*identity.Value, error) {
	id, err := t.identifier(c, token)
	if err != nil {
		return nil, err
	}
	return c.Once.Take(c, id)
}

// TakeIf is Take for tokens whose value satisfies right. The value is read first; if it does not satisfy right, it is
// kept and the error is ErrNotFound.
func (t Tokens) TakeIf(c *Context, token string, right func(value string) bool) (*identity.Value, error) {
	id, err := t.identifier(c, token)
	if err != nil {
		return nil, err
	}
	pending, err := c.Once.Get(c, id)
	if err != nil {
		return nil, err
	}
	if !right(pending.Text) {
		return nil, store.ErrNotFound
	}
	return c.Once.Take(c, id)
}

// Codes is one kind of short code that people type in. A code is kept in c.Once under an identifier that names its
// owner and its purpose. The value is the stored form of the code, a colon, and the number of wrong guesses.
type Codes struct {
	TTL      time.Duration
	Attempts int // number of guesses allowed for a code; default 3
	Storage  CodeStorage
}

// The errors of Guess and Compare.
var (
	ErrCodeExpired   = errors.New("auth: the code has expired")
	ErrCodeWrong     = errors.New("auth: the code is wrong or does not exist")
	ErrCodeExhausted = errors.New("auth: too many wrong guesses of the code")
	// ErrCodeMissing is the ErrCodeWrong of a code that does not exist.
	ErrCodeMissing = fmt.Errorf("%w: there is none", ErrCodeWrong)
)

func (k Codes) attempts() int { return cmp.Or(k.Attempts, 3) }

func (k Codes) ends(c *Context) time.Time { return c.Now().Add(k.TTL) }

// Put stores a code under id. It returns no error if a database hook dropped the row; the code then does not work.
func (k Codes) Put(c *Context, id, code string) error {
	kept, err := k.Storage.kept(c, code)
	if err != nil {
		return err
	}
	return k.put(c, id, kept)
}

func (k Codes) put(c *Context, id, kept string) error {
	return store.UnlessDropped(c.Once.Put(c, id, kept+":0", k.ends(c)))
}

// Replace is Put for databases in which identifiers are unique: an existing code is deleted.
func (k Codes) Replace(c *Context, id, code string) error {
	kept, err := k.Storage.kept(c, code)
	if err != nil {
		return err
	}
	if k.put(c, id, kept) == nil {
		return nil
	}
	if err := store.UnlessDropped(c.Once.Delete(c, id)); err != nil {
		return err
	}
	return k.put(c, id, kept)
}

// ErrCodeHashed reports that the stored form of a code cannot be read back.
var ErrCodeHashed = errors.New("auth: the code is stored as a hash and cannot be read")

// Read returns the code under id if it is valid. Otherwise the error is ErrNotFound, or ErrCodeHashed if the code
// cannot be read back.
func (k Codes) Read(c *Context, id string) (string, error) {
	code, _, err := k.read(c, id)
	return code, err
}

func (k Codes) read(c *Context, id string) (code string, guesses int, err error) {
	v, err := c.Once.Get(c, id)
	if err != nil {
		return "", 0, err
	}
	if v.Expired(c.Now()) {
		return "", 0, store.ErrNotFound
	}
	if k.Storage.oneWay() {
		return "", 0, ErrCodeHashed
	}
	kept, guesses := splitCode(v.Text)
	code, err = k.Storage.plain(c, kept)
	return code, guesses, err
}

// Reuse extends the code under id and returns it, or "" if there is no valid code that can be read back.
func (k Codes) Reuse(c *Context, id string) (string, error) {
	if k.Storage.oneWay() {
		return "", nil
	}
	code, guesses, err := k.read(c, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (guesses >= k.attempts() || code == "") {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	err = c.Once.Extend(c, id, k.ends(c))
	return code, store.UnlessGone(err)
}

// HeldCode is a code that was guessed correctly and taken; nobody else can use it.
type HeldCode struct {
	id, value string
	ends      time.Time
}

// Guess is Compare for callers that tell an expired code apart: the error is then ErrCodeExpired, and ErrCodeMissing if
// there is no code.
func (k Codes) Guess(c *Context, id, guess string) (*HeldCode, error) {
	found, err := c.Once.Find(c, id)
	if err != nil {
		return nil, err
	}
	if found == nil {
		c.Emit(Event{Name: CodeRefused})
		return nil, ErrCodeMissing
	}
	if found.Expired(c.Now()) {
		if err := store.UnlessDropped(c.Once.Delete(c, id)); err != nil {
			return nil, err
		}
		c.Emit(Event{Name: CodeRefused})
		return nil, ErrCodeExpired
	}
	held, err := k.Compare(c, id, guess)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrCodeWrong
	}
	return held, err
}

// Compare takes the code under id if guess is correct. The code is taken before the comparison, so that simultaneous
// guesses are compared one at a time. A wrong guess puts the code back with the number of guesses increased by one; a
// correct one leaves it taken. A code with too many wrong guesses stays taken. The error is store.ErrNotFound if there
// is no valid code, ErrCodeWrong or ErrCodeExhausted.
func (k Codes) Compare(c *Context, id, guess string) (*HeldCode, error) {
	taken, err := c.Once.Take(c, id)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			c.Emit(Event{Name: CodeRefused})
		}
		return nil, err
	}
	kept, guesses := splitCode(taken.Text)
	if guesses >= k.attempts() {
		c.Emit(Event{Name: CodeRefused})
		return nil, ErrCodeExhausted
	}
	right, err := k.Storage.matches(c, kept, guess)
	if err != nil {
		return nil, err
	}
	if !right {
		c.Emit(Event{Name: CodeRefused})
		if err := store.UnlessDropped(c.Once.Put(c, id, kept+":"+strconv.Itoa(guesses+1), taken.ExpiresAt)); err != nil {
			return nil, err
		}
		return nil, ErrCodeWrong
	}
	return &HeldCode{id, taken.Text, taken.ExpiresAt}, nil
}

// PutBack makes the code valid again, for a call that failed for another reason or that does not use the code up. The
// error is ErrCodeWrong if a new code was sent meanwhile, and store.ErrDropped if a database hook dropped it.
func (h *HeldCode) PutBack(c *Context) error {
	newer, err := c.Once.Find(c, h.id)
	if err != nil {
		return err
	}
	if newer != nil {
		return ErrCodeWrong
	}
	return c.Once.Put(c, h.id, h.value, h.ends)
}

// GiveBack makes the code valid again after a call failed with failure, which it returns, even if the client has
// cancelled the request. An error of PutBack is logged.
func (h *HeldCode) GiveBack(c *Context, failure error) error {
	after := *c
	after.Context = context.WithoutCancel(c.Context)
	if err := h.PutBack(&after); err != nil {
		c.Log.ErrorContext(c, "the code of a failed call was not put back", "error", err)
	}
	return failure
}

// splitCode splits a value at its last colon, because the stored form of a code may contain colons.
func splitCode(value string) (kept string, guesses int) {
	i := strings.LastIndexByte(value, ':')
	if i < 0 {
		return value, 0
	}
	guesses, _ = strconv.Atoi(value[i+1:])
	return value[:i], guesses
}

// oneWay reports whether a stored code cannot be read back.
func (s CodeStorage) oneWay() bool { return s.Hashed || s.Hash != nil }

// kept returns the form in which a code is stored.
func (s CodeStorage) kept(c *Context, code string) (string, error) {
	switch {
	case s.Encrypted:
		return c.Keys.Encrypt(code)
	case s.Hashed:
		return HashToken(code), nil
	case s.Hash != nil:
		return convert(c, s.Hash, code)
	case s.Encrypt != nil:
		return convert(c, s.Encrypt, code)
	}
	return code, nil
}

// plain returns the code of a stored form that can be read back.
func (s CodeStorage) plain(c *Context, kept string) (string, error) {
	switch {
	case s.Encrypted:
		return c.Keys.Decrypt(kept)
	case s.Decrypt != nil:
		return convert(c, s.Decrypt, kept)
	}
	return kept, nil
}

// matches compares a guess with a stored code in constant time.
func (s CodeStorage) matches(c *Context, kept, guess string) (bool, error) {
	have, given := kept, guess
	var err error
	if s.oneWay() {
		given, err = s.kept(c, guess)
	} else {
		have, err = s.plain(c, kept)
	}
	return secret.Equal(have, given), err
}
