package main

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// grants holds the prepared statements of the identity provider.
type grants struct {
	client, code, person, session, refresh, revoke, access, addRefresh, addAccess *sql.Stmt
}

func (r *rows) openGrants(driver string, read, write *sql.DB, date, userColumns string) error {
	for _, s := range []struct {
		to   **sql.Stmt
		on   *sql.DB
		text string
	}{
		{&r.grants.client, read, `SELECT "clientSecret", "scopes" FROM "oauthClient" WHERE "clientId" = ?`},
		{&r.grants.code, write, `DELETE FROM "verification" WHERE "identifier" = ? RETURNING "value"`},
		{&r.grants.person, read, `SELECT ` + userColumns + ` FROM "user" u WHERE u."id" = ?`},
		{&r.grants.session, read, `SELECT ` + date + `"expiresAt" FROM "session" WHERE "id" = ?`},
		{&r.grants.refresh, read, `SELECT "id", "sessionId", "userId", ` + date + `"expiresAt", ` + date + `"authTime", "scopes" FROM "oauthRefreshToken" WHERE "token" = ?`},
		{&r.grants.revoke, write, `UPDATE "oauthRefreshToken" SET "revoked" = ?, "rotatedAt" = ? WHERE "id" = ? AND "revoked" IS NULL`},
		{&r.grants.access, read, `SELECT "clientId", "sessionId", "userId", ` + date + `"expiresAt", "scopes" FROM "oauthAccessToken" WHERE "token" = ?`},
		{&r.grants.addRefresh, write, `INSERT INTO "oauthRefreshToken" ("id", "token", "clientId", "sessionId", "userId", "expiresAt", "createdAt", "authTime", "scopes") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&r.grants.addAccess, write, `INSERT INTO "oauthAccessToken" ("id", "token", "clientId", "sessionId", "userId", "refreshId", "expiresAt", "createdAt", "scopes") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`},
	} {
		var err error
		if *s.to, err = s.on.Prepare(numbered(driver, s.text)); err != nil {
			return err
		}
	}
	return nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// grant is what tokens are made for.
type grant struct {
	client, session, user, scopes, scope string
	refresh                              bool
}

// oauth answers the endpoints of the identity provider.
func (f *floor) oauth(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if r.URL.Path == "/api/auth/oauth2/userinfo" {
		_, u, ok := f.bearer(ctx, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if !ok {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, _ := json.Marshal(struct {
			Sub      string `json:"sub"`
			Email    string `json:"email"`
			Verified bool   `json:"email_verified"`
		}{u.ID, u.Email, u.EmailVerified})
		answer(w, body)
		return
	}
	id, secret, _ := r.BasicAuth()
	var stored string
	var allowed *string
	err := f.rows.grants.client.QueryRowContext(ctx, id).Scan(&stored, &allowed)
	if err != nil || subtle.ConstantTimeCompare([]byte(stored), []byte(digest(secret))) != 1 || r.ParseForm() != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.URL.Path == "/api/auth/oauth2/introspect" {
		g, u, ok := f.bearer(ctx, r.PostForm.Get("token"))
		if !ok {
			answer(w, []byte(`{"active":false}`))
			return
		}
		body, _ := json.Marshal(map[string]any{"active": true, "iss": "http://127.0.0.1", "client_id": g.client, "sub": u.ID, "sid": g.session, "scope": g.scope, "token_type": "Bearer"})
		answer(w, body)
		return
	}
	g := grant{client: id}
	ok := false
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		ok = f.redeem(ctx, &g, r.PostForm.Get("code"), r.PostForm.Get("code_verifier"))
	case "refresh_token":
		ok = f.rotate(ctx, &g, r.PostForm.Get("refresh_token"))
	case "client_credentials":
		g.scopes, g.scope, ok = `["read"]`, "read", true
	}
	if !ok {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.issue(ctx, w, &g)
}

// redeem uses up a code and checks its challenge.
func (f *floor) redeem(ctx context.Context, g *grant, code, verifier string) bool {
	var text string
	if f.rows.grants.code.QueryRowContext(ctx, digest(code)).Scan(&text) != nil {
		return false
	}
	var value struct {
		Query struct {
			Scope     string `json:"scope"`
			Challenge string `json:"code_challenge"`
		}
		UserID, SessionID string
	}
	if json.Unmarshal([]byte(text), &value) != nil || value.Query.Challenge != digest(verifier) {
		return false
	}
	list, _ := json.Marshal(strings.Fields(value.Query.Scope))
	g.user, g.session, g.scope, g.scopes, g.refresh = value.UserID, value.SessionID, value.Query.Scope, string(list), true
	var end moment
	return f.rows.grants.session.QueryRowContext(ctx, g.session).Scan(&end) == nil
}

// rotate uses up a refresh token.
func (f *floor) rotate(ctx context.Context, g *grant, token string) bool {
	var id string
	var end moment
	var auth *moment
	if f.rows.grants.refresh.QueryRowContext(ctx, digest(token)).Scan(&id, &g.session, &g.user, &end, &auth, &g.scopes) != nil {
		return false
	}
	now := time.Now().UTC().Format(wireTime)
	if string(end) < now {
		return false
	}
	res, err := f.rows.grants.revoke.ExecContext(ctx, now, now, id)
	if err != nil {
		return false
	}
	n, _ := res.RowsAffected()
	var list []string
	_ = json.Unmarshal([]byte(g.scopes), &list)
	g.scope, g.refresh = strings.Join(list, " "), true
	return n == 1
}

// issue writes the rows of new tokens and answers with them.
func (f *floor) issue(ctx context.Context, w http.ResponseWriter, g *grant) {
	now := time.Now().UTC()
	at := now.Format(wireTime)
	out := map[string]any{"expires_in": 3600, "expires_at": now.Unix() + 3600, "token_type": "Bearer", "scope": g.scope}
	var refreshID, sessionID, userID *string
	if g.refresh {
		var u user
		if f.rows.grants.person.QueryRowContext(ctx, g.user).Scan(u.cells()...) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		id, token := newID(), newID()
		if _, err := f.rows.grants.addRefresh.ExecContext(ctx, id, digest(token), g.client, g.session, g.user, now.Add(30*24*time.Hour).Format(wireTime), at, at, g.scopes); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		refreshID, sessionID, userID = &id, &g.session, &g.user
		out["refresh_token"] = token
		out["id_token"] = f.signID(u, g.client, now.Unix())
	}
	token := newID()
	if _, err := f.rows.grants.addAccess.ExecContext(ctx, newID(), digest(token), g.client, sessionID, userID, refreshID, now.Add(time.Hour).Format(wireTime), at, g.scopes); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out["access_token"] = token
	body, _ := json.Marshal(out)
	w.Header().Set("Cache-Control", "no-store")
	answer(w, body)
}

func (f *floor) signID(u user, audience string, now int64) string {
	claims, _ := json.Marshal(map[string]any{
		"iss": "http://127.0.0.1", "sub": u.ID, "aud": audience, "iat": now, "exp": now + 36000, "auth_time": now, "acr": "0",
		"email": u.Email, "email_verified": u.EmailVerified, "sid": "floor", "at_hash": "floor",
	})
	text := base64.RawURLEncoding.AppendEncode([]byte("eyJhbGciOiJFZERTQSIsImtpZCI6ImZsb29yIn0."), claims)
	return string(base64.RawURLEncoding.AppendEncode(append(text, '.'), ed25519.Sign(f.key, text)))
}

// bearer returns the grant and the user of an access token.
func (f *floor) bearer(ctx context.Context, token string) (g grant, u user, ok bool) {
	var end moment
	if f.rows.grants.access.QueryRowContext(ctx, digest(token)).Scan(&g.client, &g.session, &g.user, &end, &g.scopes) != nil {
		return g, u, false
	}
	var stored string
	var allowed *string
	if f.rows.grants.client.QueryRowContext(ctx, g.client).Scan(&stored, &allowed) != nil {
		return g, u, false
	}
	var list []string
	_ = json.Unmarshal([]byte(g.scopes), &list)
	g.scope = strings.Join(list, " ")
	if f.rows.grants.session.QueryRowContext(ctx, g.session).Scan(new(moment)) != nil {
		return g, u, false
	}
	ok = f.rows.grants.person.QueryRowContext(ctx, g.user).Scan(u.cells()...) == nil && string(end) > time.Now().UTC().Format(wireTime)
	return g, u, ok
}
