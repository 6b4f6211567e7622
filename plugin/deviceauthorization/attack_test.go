package deviceauthorization_test

import (
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/deviceauthorization"
	"github.com/seed-32bd42cb/betterauth/store"
)

// GHSA-cq3f-vc6p-68fh: the user who entered a code first decides; another one neither approves nor denies it, nor
// learns what it is for.
func TestAttackApproveAnothersDevice(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, deviceauthorization.Options{})
		tv, owner, other := ask(s), s.Client(), s.Client()
		owner.SignUp("ann@example.com")
		other.SignUp("eve@example.com")
		wantError(t, decide(other, "approve", tv.userCode), 400, "invalid_request", deviceauthorization.NotClaimed)
		enter(owner, tv.userCode).Want(200, "client_id", "tv")
		enter(other, tv.userCode).Want(200, "client_id", authtest.Absent, "scope", authtest.Absent)
		for _, verb := range []string{"approve", "deny"} {
			decide(other, verb, tv.userCode).Want(403, "error", "access_denied",
				"error_description", "You are not authorized to "+verb+" this device authorization")
		}
		wantError(t, tv.poll(), 400, "authorization_pending", deviceauthorization.AuthorizationPending)
	})
}

// Of fifty users who enter a code at once, one has it.
func TestAttackClaimedByMany(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, deviceauthorization.Options{})
		tv := ask(s)
		first := s.Client()
		first.SignUp("ann@example.com")
		second := s.Client()
		second.SignUp("eve@example.com")
		var owners atomic.Int32
		var wg sync.WaitGroup
		for i := range 50 {
			c := s.Client()
			c.Jar = maps.Clone([]*authtest.Client{first, second}[i%2].Jar)
			wg.Go(func() { enter(c, tv.userCode) })
		}
		wg.Wait()
		for _, c := range []*authtest.Client{first, second} {
			if decide(c, "approve", tv.userCode).Status == 200 {
				owners.Add(1)
			}
		}
		if owners.Load() != 1 {
			t.Errorf("%d users decided", owners.Load())
		}
	}, everywhere.Databases()...)
}

// A session that was revoked, but is still in a cookie cache, claims, approves and denies nothing.
func TestAttackRevokedSessionApproves(t *testing.T) {
	o := auth.Options{}
	o.Session.CookieCache.Enabled = new(true)
	s := server(t, o, deviceauthorization.Options{})
	tv, owner, thief := ask(s), s.Client(), s.Client()
	owner.SignUp("ann@example.com")
	enter(owner, tv.userCode)
	thief.Jar = maps.Clone(owner.Jar)
	owner.Post("/sign-out", "{}").Want(200)
	thief.Get("/get-session").Want(200, "user.email", "ann@example.com") // the cache still says so
	stolen := thief.Jar
	for _, verb := range []string{"approve", "deny"} {
		thief.Jar = maps.Clone(stolen)
		wantError(t, decide(thief, verb, tv.userCode), 401, "unauthorized", deviceauthorization.AuthenticationRequired)
	}
	wantError(t, tv.poll(), 400, "authorization_pending", deviceauthorization.AuthorizationPending)
	next := ask(s)
	thief.Jar = stolen
	enter(thief, next.userCode).Want(200, "client_id", authtest.Absent)
	if owner := s.Row("deviceCode", store.Is("userCode", next.userCode))["userId"]; owner != nil {
		t.Errorf("claimed by %v", owner)
	}
}

// Of fifty simultaneous uses of one approved device code one gets a session.
func TestAttackCodeRedeemedByMany(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, deviceauthorization.Options{})
		tv, owner := ask(s), s.Client()
		owner.SignUp("ann@example.com")
		enter(owner, tv.userCode)
		decide(owner, "approve", tv.userCode).Want(200)
		var won atomic.Int32
		var wg sync.WaitGroup
		for range 50 {
			again := &device{s.Client(), tv.code, ""}
			wg.Go(func() {
				if again.poll().Status == 200 {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("of fifty %d won", won.Load())
		}
		if o.SecondaryStorage == nil {
			s.WantRows(2, "session") // the owner's, and the device's
		}
	})
}

// Of an approval and a denial at once, one counts, and the other learns that it does not.
func TestAttackApprovedAndDenied(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, deviceauthorization.Options{})
		tv, owner := ask(s), s.Client()
		owner.SignUp("ann@example.com")
		enter(owner, tv.userCode)
		var succeeded [2]atomic.Int32
		var wg sync.WaitGroup
		for i := range 20 {
			c := s.Client()
			c.Jar = maps.Clone(owner.Jar)
			wg.Go(func() {
				if decide(c, []string{"approve", "deny"}[i%2], tv.userCode).Status == 200 {
					succeeded[i%2].Add(1)
				}
			})
		}
		wg.Wait()
		approved, denied := succeeded[0].Load(), succeeded[1].Load()
		if approved+denied != 1 {
			t.Fatalf("%d approvals and %d denials succeeded", approved, denied)
		}
		if got := tv.poll().Status; (got == 200) != (approved == 1) {
			t.Errorf("poll answers %d", got)
		}
	}, everywhere.Databases()...)
}

// A device code belongs to the client that asked for it, and is compared in its own case.
func TestAttackCodeOfAnotherClient(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, deviceauthorization.Options{})
		tv, owner := ask(s), s.Client()
		owner.SignUp("ann@example.com")
		enter(owner, tv.userCode)
		decide(owner, "approve", tv.userCode).Want(200)
		body := func(client, code string) string {
			return `{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","client_id":"` + client + `","device_code":"` + code + `"}`
		}
		c := s.Client()
		c.Post("/device/token", body("radio", tv.code)).Want(400, "error", "invalid_grant", "error_description", "Client ID mismatch")
		for _, other := range []string{swapCase(tv.code), tv.code + " ", "", "\\u0000"} {
			c.Post("/device/token", body("tv", other)).Want(400, "error", "invalid_grant")
		}
		s.Advance(5 * time.Second)
		tv.poll().Want(200)
	}, everywhere.Databases()...)
}

func swapCase(s string) string {
	out := []byte(s)
	for i, b := range out {
		if b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' {
			out[i] = b ^ 0x20
		}
	}
	return string(out)
}
