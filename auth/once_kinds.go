package auth

import (
	"cmp"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/identity"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Tokens is one kind of token that works once, such as those of magic links. What a
// token stands for is kept in c.Once under Prefix and the stored form of the token.
type Tokens struct {
	Prefix  string // of the identifiers: "magic-link:"
	TTL     time.Duration
	Storage TokenStorage
}

func (t Tokens) identifier(c *Context, token string) (string, error) {
	stored, err := t.Storage.Stored(c, token)
	return t.Prefix + stored, err
}

// Put keeps value for token. That a database hook dropped it is no error: the token
// then does not work.
func (t Tokens) Put(c *Context, token, value string) error {
	id, err := t.identifier(c, token)
	if err != nil {
		return err
	}
	return store.UnlessDropped(c.Once.Put(c, id, value, c.Now().Add(t.TTL)))
}

// Take returns what token stands for and uses the token up: of racing callers one
// gets it.
func (t Tokens) Take(c *Context, token string) (*identity.Value, error) {
	id, err := t.identifier(c, token)
	if err != nil {
		return nil, err
	}
	return c.Once.Take(c, id)
}

// TakeIf is Take for a token whose value is of the right kind: it is looked at
// first, and stays where it is if not. The error is then ErrNotFound.
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

// Codes is one kind of short code that people type in. A code lives in c.Once under
// an identifier that says whose it is and what for. Its value is the code as it is
// kept, a colon, and the number of wrong guesses.
type Codes struct {
	TTL      time.Duration
	Attempts int // how many guesses a code allows; default 3
	Storage  CodeStorage
}

// Why a guess was refused.
var (
	ErrCodeExpired   = errors.New("auth: the code has expired")
	ErrCodeWrong     = errors.New("auth: the code is wrong, or there is none")
	ErrCodeExhausted = errors.New("auth: the code was guessed too often")
)

func (k Codes) attempts() int { return cmp.Or(k.Attempts, 3) }

func (k Codes) ends(c *Context) time.Time { return c.Now().Add(k.TTL) }

// Put keeps a code under id. That a database hook dropped it is no error: the code
// then does not work.
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

// Replace is Put for identifiers that a database may have made unique: a code that
// is in the way is deleted.
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

// ErrCodeHashed reports that a code is kept in a form that cannot be read.
var ErrCodeHashed = errors.New("auth: the code is kept as a hash")

// Read returns the code under id while it is good. The error is ErrNotFound when
// there is none, or ErrCodeHashed.
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

// Reuse returns the code under id with a new end, "" when there is none that is
// good and can be read.
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

// HeldCode is a code that was guessed right and is taken: nobody else can use it.
type HeldCode struct {
	id, value string
	ends      time.Time
}

// Guess takes the code under id if guess is right. The code is taken before it is
// looked at, so that of racing guesses one at a time is compared: a wrong one puts
// it back with one more guess counted, a right one leaves it taken. A code that was
// guessed too often stays taken.
func (k Codes) Guess(c *Context, id, guess string) (*HeldCode, error) {
	found, err := c.Once.Find(c, id)
	if err != nil {
		return nil, err
	}
	if found != nil && found.Expired(c.Now()) {
		if err := store.UnlessDropped(c.Once.Delete(c, id)); err != nil {
			return nil, err
		}
		return nil, ErrCodeExpired
	}
	taken, err := c.Once.Take(c, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, ErrCodeWrong
	}
	if err != nil {
		return nil, err
	}
	kept, guesses := splitCode(taken.Text)
	if guesses >= k.attempts() {
		return nil, ErrCodeExhausted
	}
	right, err := k.Storage.matches(c, kept, guess)
	if err != nil {
		return nil, err
	}
	if !right {
		if err := store.UnlessDropped(c.Once.Put(c, id, kept+":"+strconv.Itoa(guesses+1), taken.ExpiresAt)); err != nil {
			return nil, err
		}
		return nil, ErrCodeWrong
	}
	return &HeldCode{id, taken.Text, taken.ExpiresAt}, nil
}

// PutBack makes the code good again, for a call that failed otherwise or that does
// not use it up. The error is ErrCodeWrong when a new code was sent meanwhile, and
// store.ErrDropped when a database hook dropped it.
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

// splitCode cuts a value at its last colon: what is kept may hold others.
func splitCode(value string) (kept string, guesses int) {
	i := strings.LastIndexByte(value, ':')
	if i < 0 {
		return value, 0
	}
	guesses, _ = strconv.Atoi(value[i+1:])
	return value[:i], guesses
}

// oneWay reports that a kept code cannot be read again.
func (s CodeStorage) oneWay() bool { return s.Hashed || s.Hash != nil }

// kept is the form that a code is kept in.
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

// plain is the code that a kept form stands for, where it can be told.
func (s CodeStorage) plain(c *Context, kept string) (string, error) {
	switch {
	case s.Encrypted:
		return c.Keys.Decrypt(kept)
	case s.Decrypt != nil:
		return convert(c, s.Decrypt, kept)
	}
	return kept, nil
}

// matches compares a guess with what is kept, in constant time.
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
