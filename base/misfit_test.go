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
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// misfitting is a database whose userId columns cannot hold the ids of users, as
// after a change of generateId.
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

// What ends sessions does not say that it did where the database could not
// compare the ids, and nobody is told that the password is wrong.
func TestMisfitsAreNoSuccess(t *testing.T) {
	db := &misfitting{Driver: memstore.New()}
	var log bytes.Buffer
	o := auth.Options{Database: db, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	o.User.DeleteUser.Enabled = true
	o.EmailAndPassword.Password.Hash = func(_ context.Context, password string) (string, error) { return "plain:" + password, nil }
	o.EmailAndPassword.Password.Verify = func(_ context.Context, in auth.PasswordCheck) (bool, error) {
		return in.Hash == "plain:"+in.Password, nil
	}
	s := authtest.New(t, o)
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
	if got := c.Get("/get-session"); !strings.Contains(got.Body, "ann@example.com") {
		t.Errorf("the session: %s", got.Body)
	}
}

// Values that a client sends and no column holds are found nowhere, on every
// database.
func TestMisfitsOfClients(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + t.TempDir() + "/misfit.db" },
		"postgres": func(t *testing.T) string { return testserver.Postgres(t) },
		"mariadb":  func(t *testing.T) string { return testserver.MariaDB(t) },
	} {
		t.Run(name, func(t *testing.T) {
			c := (&authtest.Server{Auth: onDatabase(t, url(t)), T: t}).Client()
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
				if got := c.Post(call.path, call.body); got.Status != call.status {
					t.Errorf("%s %s: %d %s, want %d", call.path, call.body, got.Status, got.Body, call.status)
				}
			}
		})
	}
}

// More sessions than one query lists are revoked all the same.
func TestRevokeManyOthers(t *testing.T) {
	o := auth.Options{}
	o.Advanced.Database.DefaultFindManyLimit = 3
	s := authtest.New(t, o)
	c := s.Client()
	c.SignUp("ann@example.com")
	user, err := s.Users.FindByEmail(t.Context(), "ann@example.com")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		if _, err := s.Store.Create(t.Context(), "session", store.Record{"userId": user.ID, "token": fmt.Sprint("token", i), "expiresAt": "2027-01-01T00:00:00.000Z", "updatedAt": "2026-01-01T00:00:00.000Z"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Post("/revoke-other-sessions", `{}`); got.Status != 200 {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if n, err := s.Store.Count(t.Context(), "session"); n != 1 || err != nil {
		t.Errorf("%d sessions are left: %v", n, err)
	}
}
