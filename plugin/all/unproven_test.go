package all_test

import (
	"context"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/siwe"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackWaysInOfAStranger: somebody signs up with an address of somebody else and adds every way in. When the owner
// proves the address, none of them is left, and nothing of other users is touched.
func TestAttackWaysInOfAStranger(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		var token string
		keys := apikey.Options{Configurations: []apikey.Configuration{{ConfigID: "own", EnableSessionForAPIKeys: true}, {ConfigID: "org", References: "organization"}}}
		o.Plugins = []auth.Plugin{
			magiclink.New(magiclink.Options{SendMagicLink: func(_ context.Context, m magiclink.Mail) (callback.Nothing, error) {
				token = m.Token
				return callback.Nothing{}, nil
			}}),
			passkey.New(passkey.Options{}), siwe.New(siwe.Options{Domain: "example.com"}), phonenumber.New(phonenumber.Options{}), apikey.New(keys),
		}
		s := authtest.New(t, authtest.PlainPasswords(o))
		add := func(email, phone string) (id, key string) {
			c := s.Client()
			id = c.SignUp(email).Text("user.id")
			s.Change("user", store.Record{"phoneNumber": phone, "phoneNumberVerified": true}, store.Is("id", id))
			create := func(model string, row store.Record) {
				if _, err := s.Store.Create(t.Context(), model, row); err != nil {
					t.Fatal(err)
				}
			}
			create("walletAddress", store.Record{"userId": id, "address": "0x" + id, "chainId": 1.0, "isPrimary": true, "createdAt": s.Now()})
			create("passkey", store.Record{"userId": id, "publicKey": "k", "credentialID": id, "counter": 0.0, "deviceType": "singleDevice", "backedUp": false})
			return id, c.Post("/api-key/create", `{"configId":"own"}`).Want(200).Text("key")
		}
		stranger, key := add("owner@example.com", "+491")
		other, _ := add("other@example.com", "+492")

		s.Client().Post("/sign-in/magic-link", `{"email":"owner@example.com"}`).Want(200)
		owner := s.Client()
		owner.Get("/magic-link/verify?token=" + token).Want(200)
		owner.Get("/get-session").Want(200, "user.id", stranger, "user.phoneNumber", nil)
		for _, model := range []string{"passkey", "walletAddress"} {
			s.WantRows(0, model, store.Is("userId", stranger))
			s.WantRows(1, model, store.Is("userId", other))
		}
		s.WantRows(0, "apikey", store.Is("referenceId", stranger))
		s.WantRows(1, "apikey", store.Is("referenceId", other))
		s.WantRows(1, "user", store.Is("phoneNumber", "+492"))
		if key == "" {
			t.Error("there was no key")
		}
	}, everywhere.Databases()...)
}
