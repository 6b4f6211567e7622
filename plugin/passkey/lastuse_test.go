package passkey_test

import (
	"context"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/passkeytest"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestLastUse(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, passkey.Options{TrackLastUse: true})
		for email, counts := range map[string]bool{"counts@example.com": true, "silent@example.com": false} {
			c, k := signedUp(s, email), newKey()
			k.Counts = counts
			register(c, k).Want(200, "lastUsedAt", nil)
			list := func() *authtest.Answer { return c.Get("/passkey/list-user-passkeys") }
			list().Want(200, "0.lastUsedAt", nil)
			for range 2 {
				s.Advance(time.Hour)
				signIn(s.Client(), k).Want(200)
				list().Want(200, "0.lastUsedAt", s.Now())
			}
			used := s.Now()
			s.Advance(time.Hour)
			signIn(s.Client(), k, func(o *passkeytest.Ceremony) { o.RPID = "example.com" }).WantCode(400, "AUTHENTICATION_FAILED")
			list().Want(200, "0.lastUsedAt", used)
			c.Post("/passkey/update-passkey", `{"id":"`+list().Text("0.id")+`","name":"Phone"}`).Want(200, "passkey.lastUsedAt", used)
		}
	})
	s := server(t, auth.Options{}, passkey.Options{})
	c, k := signedUp(s, "a@example.com"), newKey()
	register(c, k).Want(200, "lastUsedAt", authtest.Absent)
	signIn(s.Client(), k).Want(200)
	c.Get("/passkey/list-user-passkeys").Want(200, "0.lastUsedAt", authtest.Absent)
}

// A passkey that is deleted while its sign-in is checked begins no session.
func TestDeletedMeanwhile(t *testing.T) {
	var s *authtest.Server
	remove := func(ctx context.Context, _ passkey.AfterAuthentication) (callback.Nothing, error) {
		return callback.Nothing{}, s.Store.Delete(ctx, "passkey", store.Is("deviceType", passkey.SingleDevice))
	}
	for counts, code := range map[bool]string{true: "AUTHENTICATION_FAILED", false: "PASSKEY_NOT_FOUND"} {
		s = server(t, auth.Options{}, passkey.Options{TrackLastUse: true, Authentication: passkey.AuthenticationOptions{AfterVerification: remove}})
		k := newKey()
		k.Counts = counts
		register(signedUp(s, "a@example.com"), k).Want(200)
		signIn(s.Client(), k).Want(map[bool]int{true: 400, false: 401}[counts], "code", code)
		s.WantRows(1, "session")
	}
}
