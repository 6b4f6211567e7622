package twofactor

import (
	"encoding/base64"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// A browser that the user trusts is not asked for the second factor. Its cookie holds the id of a stored value, which
// names the user and ends with the trust, and a code that binds the id to the user. Each sign-in replaces both.

const (
	deviceCookie = "trust_device"
	devicePrefix = "trust-device-"
)

// device is the value of the cookie of a trusted device, "" if the browser sent none.
type device string

func trustedDevice(c *auth.Context) device {
	value, _ := c.SignedCookie(c.CookieNamed(deviceCookie, nil).Name)
	return device(value)
}

// id returns the identifier of the stored value, or "" if the cookie names none.
func (d device) id() string {
	parts := strings.Split(string(d), "!")
	if len(parts) < 2 || !strings.HasPrefix(parts[1], devicePrefix) {
		return ""
	}
	return parts[1]
}

// trusts reports whether the user trusts the device.
func (d device) trusts(c *auth.Context, userID string) (bool, error) {
	id := d.id()
	if id == "" {
		return false, nil
	}
	code, _, _ := strings.Cut(string(d), "!")
	sum, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil {
		return false, nil
	}
	if ok, _ := c.Keys.VerifyMAC(deviceText(userID, id), sum); !ok {
		return false, nil
	}
	kept, err := c.Once.Find(c, id)
	if err != nil || kept == nil {
		return false, err
	}
	return kept.Text == userID && kept.ExpiresAt.After(c.Now()), nil
}

func deviceText(userID, id string) []byte { return []byte(userID + "!" + id) }

// trust makes the browser a trusted device of the user.
func (p *Plugin) trust(c *auth.Context, userID string) error {
	id := devicePrefix + secret.Random(32)
	if err := store.UnlessDropped(c.Once.Put(c, id, userID, c.Now().Add(seconds(p.opts.TrustDeviceMaxAge)))); err != nil {
		return err
	}
	sum := c.Keys.MAC(deviceText(userID, id))
	k := c.CookieNamed(deviceCookie, p.opts.TrustDeviceMaxAge)
	return c.SetSignedCookie(k.Name, base64.RawURLEncoding.EncodeToString(sum[:])+"!"+id, k.Attributes)
}

// trustAgain replaces a trusted device's cookie and stored value by new ones.
func (p *Plugin) trustAgain(c *auth.Context, d device, userID string) error {
	if err := store.UnlessDropped(c.Once.Delete(c, d.id())); err != nil {
		return err
	}
	return p.trust(c, userID)
}

// distrust ends the trust in the browser, if there is any.
func (p *Plugin) distrust(c *auth.Context, d device) error {
	if d == "" {
		return nil
	}
	if id := d.id(); id != "" {
		if err := store.UnlessDropped(c.Once.Delete(c, id)); err != nil {
			return err
		}
	}
	return c.ExpireCookie(c.CookieNamed(deviceCookie, p.opts.TrustDeviceMaxAge))
}
