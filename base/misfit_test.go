package base_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// misfitting is a database whose userId columns cannot hold the ids of users, as after a change of generateId.
type misfitting struct {
	store.Driver
	on bool
}

func (m *misfitting) fits(where []store.Where) error {
	if m.on && slices.ContainsFunc(where, func(w store.Where) bool { return w.Field == "userId" && !w.Given }) {
		return fmt.Errorf("column userId: %w", store.ErrUnfit)
	}
	return nil
}

// Select implements store.Driver.
func (m *misfitting) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	if err := m.fits(q.Where); err != nil {
		return nil, err
	}
	return m.Driver.Select(ctx, t, q)
}

// DeleteMany implements store.Driver.
func (m *misfitting) DeleteMany(ctx context.Context, t *store.TableSchema, where []store.Where) (int64, error) {
	if err := m.fits(where); err != nil {
		return 0, err
	}
	return m.Driver.DeleteMany(ctx, t, where)
}

// UpdateMany implements store.Driver.
func (m *misfitting) UpdateMany(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (int64, error) {
	if err := m.fits(where); err != nil {
		return 0, err
	}
	return m.Driver.UpdateMany(ctx, t, where, c)
}

// Endpoints that end sessions do not report success if the database could not compare the ids, and no endpoint
// reports a wrong password instead.
func TestMisfitsAreNoSuccess(t *testing.T) {
	db := &misfitting{Driver: memstore.New()}
	var log bytes.Buffer
	o := auth.Options{Database: db, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	o.User.DeleteUser.Enabled = true
	s := authtest.New(t, authtest.PlainPasswords(o))
	c := s.Client()
	c.SignUp("ann@example.com")
	for _, call := range [][2]string{
		{"/revoke-other-sessions", `{}`},
		{"/revoke-sessions", `{}`},
		{"/change-password", `{"currentPassword":"password1234","newPassword":"password5678","revokeOtherSessions":true}`},
		{"/delete-user", `{"password":"password1234"}`},
		{"/delete-user", `{}`},
		{"/unlink-account", `{"accountId":"x"}`},
		{"/sign-in/email", `{"email":"ann@example.com","password":"password1234"}`},
	} {
		log.Reset()
		db.on = true
		answer := c.Post(call[0], call[1])
		db.on = false
		if answer.Status < 500 || !strings.Contains(log.String(), "column userId") {
			t.Errorf("%s: %d %s, log %q", call[0], answer.Status, answer.Body, log.String())
		}
	}
	c.Get("/get-session").Want(200, "user.email", "ann@example.com")
}

// A value from a client that no column can hold matches no row, on every database.
func TestMisfitsOfClients(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		c := authtest.New(t, authtest.PlainPasswords(o)).Client()
		c.SignUp("ann@example.com")
		for _, call := range []struct {
			path, body string
			status     int
		}{
			{"/revoke-session", `{"token":"a\u0000b"}`, 200},
			{"/unlink-account", `{"accountId":"a\u0000b"}`, 400},
			{"/reset-password", `{"token":"a\u0000b","newPassword":"password5678"}`, 400},
			{"/get-access-token", `{"accountId":"99999999999999999999"}`, 400},
			{"/sign-in/email", `{"email":"a\u0000b@example.com","password":"password1234"}`, 400},
		} {
			c.Post(call.path, call.body).Want(call.status)
		}
	}, everywhere.SQL()...)
}

// Revoking the other sessions works even if there are more than one query returns.
func TestRevokeManyOthers(t *testing.T) {
	o := auth.Options{}
	o.Advanced.Database.DefaultFindManyLimit = 3
	s := authtest.New(t, o)
	c := s.Client()
	c.SignUp("ann@example.com")
	for i := range 10 {
		if _, err := s.Store.Create(t.Context(), "session", store.Record{"userId": s.ID("user"), "token": fmt.Sprint("token", i), "expiresAt": "2027-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z"}); err != nil {
			t.Fatal(err)
		}
	}
	c.Post("/revoke-other-sessions", `{}`).Want(200, "status", true)
	s.WantRows(1, "session")
}
