package emailotp

import (
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/schema"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// A code lives in the verification table under its identifier; its value is the
// code as it is kept, a colon, and the number of wrong guesses.

func identifier(kind, email string) string { return kind + "-otp-" + email }

// splitValue cuts at the last colon: what is kept may hold others.
func splitValue(value string) (kept, guesses string) {
	if i := strings.LastIndexByte(value, ':'); i >= 0 {
		return value[:i], value[i+1:]
	}
	return value, ""
}

func count(guesses string) int {
	n, _ := strconv.Atoi(guesses)
	return n
}

func (p *Plugin) ends(c *auth.Context) time.Time {
	return c.Now().Add(time.Duration(p.opts.ExpiresIn) * time.Second)
}

// newCode makes a code and keeps it under id.
func (p *Plugin) newCode(c *auth.Context, id, email, kind string) (string, error) {
	otp, kept, err := p.make(c, email, kind)
	if err != nil {
		return "", err
	}
	return otp, p.keep(c, id, kept)
}

// make makes a code, and the form that it is kept in.
func (p *Plugin) make(c *auth.Context, email, kind string) (otp, kept string, err error) {
	if otp, err = p.generate(c, email, kind); err != nil {
		return "", "", err
	}
	kept, err = p.opts.StoreOTP.kept(c, otp)
	return otp, kept, err
}

func (p *Plugin) keep(c *auth.Context, id, kept string) error {
	_, err := c.CreateVerification(c, id, kept+":0", p.ends(c))
	return err
}

func (p *Plugin) generate(c *auth.Context, email, kind string) (string, error) {
	if p.opts.GenerateOTP != nil {
		otp, err := p.opts.GenerateOTP(c, CodeRequest{email, kind, c})
		if err != nil || otp != "" {
			return otp, auth.FromCallback(err)
		}
	}
	return secret.Random(p.opts.OTPLength, "0-9"), nil
}

// resolve is the code to send: the one that is still good, if the options say
// so, else a new one.
func (p *Plugin) resolve(c *auth.Context, email, kind string) (string, error) {
	id := identifier(kind, email)
	if p.opts.ResendStrategy == Reuse {
		if otp, err := p.reuse(c, id); otp != "" || err != nil {
			return otp, err
		}
	}
	otp, kept, err := p.make(c, email, kind)
	if err != nil {
		return "", err
	}
	// Identifiers may be unique where the options made them so.
	if p.keep(c, id, kept) != nil {
		if err := c.DeleteVerification(c, id); err != nil {
			return "", err
		}
		return otp, p.keep(c, id, kept)
	}
	return otp, nil
}

// reuse is the code under id while it is good and can be read, else "".
func (p *Plugin) reuse(c *auth.Context, id string) (string, error) {
	if p.opts.StoreOTP.oneWay() {
		return "", nil
	}
	row, err := c.FindVerification(c, id)
	if err != nil || row == nil || expired(c, row) {
		return "", err
	}
	kept, guesses := splitValue(text(row, "value"))
	if count(guesses) >= p.opts.AllowedAttempts {
		return "", nil
	}
	otp, err := p.opts.StoreOTP.plain(c, kept)
	if err != nil || otp == "" {
		return "", err
	}
	return otp, c.ExtendVerification(c, id, p.ends(c))
}

func expired(c *auth.Context, row store.Record) bool {
	ends, ok := row["expiresAt"].(time.Time)
	return !ok || ends.Before(c.Now())
}

// outcome says what becomes of a code that was right.
type outcome bool

const (
	spend outcome = true
	keep  outcome = false // for the call that follows
)

// held is a code that was right and is taken: nobody else can use it.
type held struct {
	id, value string
	ends      time.Time
}

// verify checks a guess and spends the code, or keeps it.
func (p *Plugin) verify(c *auth.Context, id, guess string, then outcome) error {
	h, err := p.hold(c, id, guess)
	if err != nil || then == spend {
		return err
	}
	return h.putBack(c)
}

// hold checks a guess. The code is taken before it is looked at, so that of
// racing guesses one at a time is compared: a wrong one puts the code back with
// one more guess counted, a right one leaves it taken. A code guessed too often
// stays taken.
func (p *Plugin) hold(c *auth.Context, id, guess string) (*held, error) {
	found, err := c.FindVerification(c, id)
	if err != nil {
		return nil, err
	}
	if found != nil && expired(c, found) {
		if err := c.DeleteVerification(c, id); err != nil {
			return nil, err
		}
		return nil, auth.BadRequest(OTPExpired)
	}
	taken, err := c.TakeVerification(c, id)
	if err != nil {
		return nil, err
	}
	if taken == nil {
		return nil, auth.BadRequest(InvalidOTP)
	}
	kept, guesses := splitValue(text(taken, "value"))
	used := count(guesses)
	if used >= p.opts.AllowedAttempts {
		return nil, auth.Forbidden(TooManyAttempts)
	}
	right, err := p.opts.StoreOTP.matches(c, kept, guess)
	if err != nil {
		return nil, err
	}
	ends, _ := taken["expiresAt"].(time.Time)
	if !right {
		if _, err := c.CreateVerification(c, id, kept+":"+strconv.Itoa(used+1), ends); err != nil {
			return nil, err
		}
		return nil, auth.BadRequest(InvalidOTP)
	}
	return &held{id, text(taken, "value"), ends}, nil
}

// putBack makes a code good again, unless a new one was sent meanwhile.
func (h *held) putBack(c *auth.Context) error {
	newer, err := c.FindVerification(c, h.id)
	if err != nil {
		return err
	}
	if newer != nil {
		return auth.BadRequest(InvalidOTP)
	}
	kept, err := c.CreateVerification(c, h.id, h.value, h.ends)
	if err == nil && kept == nil {
		return auth.Status(500, "Unable to complete OTP verification")
	}
	return err
}

// send hands a code to the sender. A sender that fails does not fail the call:
// the answer must not tell whether anything was sent.
func (p *Plugin) send(c *auth.Context, m Mail) {
	if p.opts.SendVerificationOTP == nil {
		c.Log.ErrorContext(c, "email-otp: sendVerificationOTP is not set; the code was not sent")
		return
	}
	auth.TellAside(c, "plugins.email-otp.sendVerificationOTP", p.opts.SendVerificationOTP, m)
}

// address is an address in lower case; the schema of the requests lets any text
// through.
func address(raw string) (string, error) {
	email := auth.LowerCase(raw)
	if _, issues := schema.String().Email().Check(email); len(issues) > 0 {
		return "", auth.BadRequest(auth.InvalidEmail)
	}
	return email, nil
}

func text(r store.Record, key string) string { s, _ := r[key].(string); return s }
