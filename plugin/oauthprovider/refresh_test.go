package oauthprovider_test

import (
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

func (s *idp) tokens(client string) *authtest.Answer {
	s.T.Helper()
	return s.redeem(client, s.code(client, "openid profile offline_access", "nonce", "1")).Want(200)
}

func TestRefresh(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	s.client("other", nil)
	first := s.tokens("app")
	token := first.Text("refresh_token")
	wantError(s.renew("other", token), 400, "invalid_grant", "invalid refresh token")
	wantError(s.renew("app", token, "scope", "openid email"), 400, "invalid_scope", "unable to issue scope email")
	wantError(s.renew("app", ""), 400, "invalid_request", "Missing a required refresh_token for refresh_token grant")
	wantError(s.renew("app", token, "client_secret", "wrong"), 400, "invalid_client", "invalid client_secret")

	s.Advance(time.Minute)
	second := s.renew("app", token).Want(200, "scope", "openid profile offline_access", "token_type", "Bearer")
	if second.Text("refresh_token") == token {
		t.Error("the refresh token did not change")
	}
	claims := part(t, second.Text("id_token"), 1)
	if claims["nonce"] != nil || claims["auth_time"] != float64(authtest.Start().Unix()) {
		t.Errorf("%v", claims)
	}
	narrow := s.renew("app", second.Text("refresh_token"), "scope", "openid offline_access").Want(200, "scope", "openid offline_access")
	s.Advance(31 * 24 * time.Hour)
	wantError(s.renew("app", narrow.Text("refresh_token")), 400, "invalid_grant", "invalid refresh token")
}

func TestNoRefreshToken(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", store.Record{"grantTypes": []any{"authorization_code"}})
	s.redeem("app", s.code("app", "openid")).Want(200, "refresh_token", authtest.Absent)
	s.redeem("app", s.code("app", "openid offline_access", "nonce", "1")).Want(200, "refresh_token", authtest.Any)
}

// TestAttackRefreshTokenReuse: the second use of a refresh token ends all tokens of its family, also those that the
// thief or the client got meanwhile (RFC 9700, 4.14).
func TestAttackRefreshTokenReuse(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	s.client("other", nil)
	first, others := s.tokens("app"), s.tokens("other")
	second := s.renew("app", first.Text("refresh_token")).Want(200)
	wantError(s.renew("app", first.Text("refresh_token")), 400, "invalid_grant", "invalid refresh token")
	s.WantRows(0, "oauthRefreshToken", store.Is("clientId", "app"))
	wantError(s.renew("app", second.Text("refresh_token")), 400, "invalid_grant", "session not found")
	s.userInfo(second.Text("access_token")).Want(401)
	s.renew("other", others.Text("refresh_token")).Want(200) // another client's family
}

func TestReuseInterval(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{RefreshTokenReuseInterval: new(30)})
	s.client("app", nil)
	token := s.tokens("app").Text("refresh_token")
	got := s.renew("app", token).Want(200)
	s.Advance(10 * time.Second)
	s.renew("app", token).Want(200, "refresh_token", got.Text("refresh_token"), "access_token", got.Text("access_token"), "expires_in", 3590)
	wantError(s.renew("app", token, "scope", "openid"), 400, "invalid_grant", "invalid refresh token")
	s.renew("app", got.Text("refresh_token")).Want(200) // the family is intact
	s.Advance(30 * time.Second)
	wantError(s.renew("app", token), 400, "invalid_grant", "invalid refresh token")
	s.WantRows(0, "oauthRefreshToken")
}

// race runs n calls at once and counts the answers that succeeded.
func race(n int, call func() *authtest.Answer) (won []*authtest.Answer) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	start := make(chan struct{})
	for range n {
		wg.Go(func() {
			<-start
			if got := call(); got.Status == 200 {
				mu.Lock()
				won = append(won, got)
				mu.Unlock()
			}
		})
	}
	close(start)
	wg.Wait()
	return won
}
