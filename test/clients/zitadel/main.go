// Command zitadel runs the flows of an OpenID relying party with zitadel/oidc against
// a betterauth server on which ada@example.com has an account:
//
//	zitadel <origin> <issuer> <client id> <client secret>
//
// The client authenticates by client_secret_post and may sign users out.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/client"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

const (
	callback = "https://app.example.com/callback"
	password = "correct horse battery staple"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 5 {
		log.Fatal("usage: zitadel <origin> <issuer> <client id> <client secret>")
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	if err := run(ctx, os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, origin, issuer, clientID, clientSecret string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	b := &browser{origin: origin, issuer: issuer, client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if _, err := b.post(ctx, "/sign-in/email", map[string]any{"email": "ada@example.com", "password": password}); err != nil {
		return err
	}
	if err := withSecret(ctx, b, &made{ClientID: clientID, ClientSecret: clientSecret}); err != nil {
		return fmt.Errorf("a client with a secret: %w", err)
	}
	if err := withKey(ctx, b); err != nil {
		return fmt.Errorf("a client with a key: %w", err)
	}
	return nil
}

// withSecret runs discovery, the code flow with PKCE, user info, refresh,
// revocation and the end of the session.
func withSecret(ctx context.Context, b *browser, made *made) error {
	party, err := rp.NewRelyingPartyOIDC(ctx, b.issuer, made.ClientID, made.ClientSecret, callback,
		[]string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}, rp.WithSigningAlgsFromDiscovery(), rp.WithAuthStyle(oauth2.AuthStyleInParams))
	if err != nil {
		return err
	}
	tokens, err := codeFlow(ctx, b, party)
	if err != nil {
		return err
	}
	info, err := rp.Userinfo[*oidc.UserInfo](ctx, tokens.AccessToken, tokens.TokenType, tokens.IDTokenClaims.Subject, party)
	if err != nil {
		return fmt.Errorf("user info: %w", err)
	}
	if info.Email != "ada@example.com" || info.Name != "Ada" {
		return fmt.Errorf("user info: %+v", info)
	}
	again, err := rp.RefreshTokens[*oidc.IDTokenClaims](ctx, party, tokens.RefreshToken, "", "")
	if err != nil {
		return fmt.Errorf("refresh: %w", err)
	}
	if again.RefreshToken == tokens.RefreshToken || again.IDTokenClaims.Subject != tokens.IDTokenClaims.Subject {
		return errors.New("refresh: the refresh token is the same, or the user is another one")
	}
	if err := rp.RevokeToken(ctx, party, again.RefreshToken, "refresh_token"); err != nil {
		return fmt.Errorf("revocation: %w", err)
	}
	if _, err := rp.RefreshTokens[*oidc.IDTokenClaims](ctx, party, again.RefreshToken, "", ""); err == nil {
		return errors.New("a revoked refresh token still works")
	}
	to, err := rp.EndSession(ctx, party, again.IDToken, callback, "bye", "", nil)
	if err != nil {
		return fmt.Errorf("end of the session: %w", err)
	}
	if to == nil || !strings.HasPrefix(to.String(), callback) || to.Query().Get("state") != "bye" {
		return fmt.Errorf("end of the session: sent to %v", to)
	}
	return nil
}

// withKey authenticates the client by private_key_jwt.
func withKey(ctx context.Context, b *browser) error {
	if _, err := b.post(ctx, "/sign-in/email", map[string]any{"email": "ada@example.com", "password": password}); err != nil {
		return err
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	number := base64.RawURLEncoding.EncodeToString
	made, err := b.create(ctx, map[string]any{
		"redirect_uris": []string{callback}, "token_endpoint_auth_method": "private_key_jwt", "grant_types": []string{"authorization_code", "refresh_token"},
		"jwks": map[string]any{"keys": []any{map[string]string{
			"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": number(key.N.Bytes()), "e": number(big.NewInt(int64(key.E)).Bytes()),
		}}},
	})
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	party, err := rp.NewRelyingPartyOIDC(ctx, b.issuer, made.ClientID, "", callback, []string{oidc.ScopeOpenID},
		rp.WithJWTProfile(rp.SignerFromKeyAndKeyID(text, "one")), rp.WithSigningAlgsFromDiscovery())
	if err != nil {
		return err
	}
	_, err = codeFlow(ctx, b, party)
	return err
}

// codeFlow takes the user through a request. zitadel/oidc verifies the ID token.
func codeFlow(ctx context.Context, b *browser, party rp.RelyingParty) (*oidc.Tokens[*oidc.IDTokenClaims], error) {
	verifier := rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(verifier))
	end, err := b.follow(ctx, rp.AuthURL("a-state", party, rp.WithCodeChallenge(base64.RawURLEncoding.EncodeToString(sum[:]))))
	if err != nil {
		return nil, err
	}
	if end.Query().Get("state") != "a-state" {
		return nil, fmt.Errorf("the state was lost: %s", end)
	}
	options := []rp.CodeExchangeOpt{rp.WithCodeVerifier(verifier)}
	if signer := party.Signer(); signer != nil {
		assertion, err := client.SignedJWTProfileAssertion(party.OAuthConfig().ClientID, []string{party.Issuer()}, time.Minute, signer)
		if err != nil {
			return nil, err
		}
		options = append(options, rp.WithClientAssertionJWT(assertion))
	}
	tokens, err := rp.CodeExchange[*oidc.IDTokenClaims](ctx, end.Query().Get("code"), party, options...)
	if err != nil {
		return nil, fmt.Errorf("code exchange: %w", err)
	}
	return tokens, nil
}

// browser is signed in and allows what clients ask for.
type browser struct {
	origin, issuer string
	client         http.Client
}

type made struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

func (b *browser) create(ctx context.Context, metadata map[string]any) (*made, error) {
	text, err := b.post(ctx, "/oauth2/create-client", metadata)
	if err != nil {
		return nil, err
	}
	var m made
	return &m, json.Unmarshal(text, &m)
}

func (b *browser) post(ctx context.Context, path string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.issuer+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", b.origin)
	answer, err := b.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s %s", path, answer.Status, text)
	}
	return text, err
}

// follow opens an address and allows the request, until it is sent to the callback.
func (b *browser) follow(ctx context.Context, address string) (*url.URL, error) {
	next, err := url.Parse(address)
	var pages []string
	for range 10 {
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(next.String(), callback) {
			return next, nil
		}
		pages = append(pages, next.Path)
		if next.Path == "/consent" {
			next, err = b.consent(ctx, next)
			continue
		}
		var r *http.Request
		if r, err = http.NewRequestWithContext(ctx, http.MethodGet, next.String(), nil); err != nil {
			return nil, err
		}
		var answer *http.Response
		if answer, err = b.client.Do(r); err != nil {
			return nil, err
		}
		text, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		to := answer.Header.Get("Location")
		if to == "" {
			return nil, fmt.Errorf("%s: %s %.500s", next.Path, answer.Status, text)
		}
		next, err = next.Parse(to)
	}
	return nil, fmt.Errorf("the browser is sent around: %v", slices.Compact(pages))
}

func (b *browser) consent(ctx context.Context, page *url.URL) (*url.URL, error) {
	text, err := b.post(ctx, "/oauth2/consent", map[string]any{"accept": true, "oauth_query": page.RawQuery})
	if err != nil {
		return nil, err
	}
	var answer struct{ URL string }
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	return url.Parse(answer.URL)
}
