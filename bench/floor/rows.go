package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

type user struct {
	Name          string  `json:"name"`
	Email         string  `json:"email"`
	EmailVerified bool    `json:"emailVerified"`
	Image         *string `json:"image"`
	CreatedAt     moment  `json:"createdAt"`
	UpdatedAt     moment  `json:"updatedAt"`
	ID            string  `json:"id"`
}

type session struct {
	Session struct {
		ExpiresAt moment  `json:"expiresAt"`
		Token     string  `json:"token"`
		CreatedAt moment  `json:"createdAt"`
		UpdatedAt moment  `json:"updatedAt"`
		IPAddress *string `json:"ipAddress"`
		UserAgent *string `json:"userAgent"`
		UserID    string  `json:"userId"`
		ID        string  `json:"id"`
	} `json:"session"`
	User user `json:"user"`
}

// moment is a time in the form of the answers, in which SQLite keeps it too.
type moment string

const wireTime = "2006-01-02T15:04:05.000Z"

// Scan implements sql.Scanner.
func (m *moment) Scan(v any) error {
	switch v := v.(type) {
	case string:
		*m = moment(v)
	case time.Time:
		*m = moment(v.UTC().Format(wireTime))
	default:
		return errors.New("floor: not a time")
	}
	return nil
}

// rows holds the prepared statements.
type rows struct {
	write                              *sql.DB
	find, mail, insert, person, secret *sql.Stmt
	grants                             grants
}

func open(address string) (*rows, error) {
	driver, read, write := "pgx", address, address
	date := ""
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, date = "sqlite", "+" // a plain column: the driver would parse a date, and the server would format it again
		write = "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
		read = write + "&_pragma=query_only(1)"
	}
	w, err := sql.Open(driver, write)
	if err != nil {
		return nil, err
	}
	r := w
	if driver == "sqlite" {
		w.SetMaxOpenConns(1)
		if r, err = sql.Open(driver, read); err != nil {
			return nil, err
		}
	}
	r.SetMaxOpenConns(10)
	r.SetMaxIdleConns(10)
	out := &rows{write: w}
	userColumns := `u."name", u."email", u."emailVerified", u."image", ` + date + `u."createdAt", ` + date + `u."updatedAt", u."id"`
	for _, s := range []struct {
		to   **sql.Stmt
		on   *sql.DB
		text string
	}{
		{&out.find, r, `SELECT ` + date + `s."expiresAt", s."token", ` + date + `s."createdAt", ` + date + `s."updatedAt", s."ipAddress", s."userAgent", s."userId", s."id", ` +
			userColumns + ` FROM "session" s JOIN "user" u ON u."id" = s."userId" WHERE s."token" = ?`},
		{&out.mail, r, `SELECT ` + userColumns + `, a."password" FROM "user" u JOIN "account" a ON a."userId" = u."id" AND a."providerId" = 'credential' WHERE u."email" = ?`},
		{&out.insert, w, `INSERT INTO "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") VALUES (?, ?, ?, ?, ?, ?, ?, ?)`},
		{&out.person, w, `INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES (?, ?, ?, ?, ?, ?)`},
		{&out.secret, w, `INSERT INTO "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt") VALUES (?, ?, 'credential', ?, ?, ?, ?)`},
	} {
		if *s.to, err = s.on.Prepare(numbered(driver, s.text)); err != nil {
			return nil, err
		}
	}
	if os.Getenv("BENCH_SETUP") == "provider" {
		err = out.openGrants(driver, r, w, date, userColumns)
	}
	return out, err
}

func numbered(driver, text string) string {
	if driver == "sqlite" {
		return text
	}
	parts := strings.Split(text, "?")
	out := parts[0]
	for i, p := range parts[1:] {
		out += "$" + strconv.Itoa(i+1) + p
	}
	return out
}

func (u *user) cells() []any {
	return []any{&u.Name, &u.Email, &u.EmailVerified, &u.Image, &u.CreatedAt, &u.UpdatedAt, &u.ID}
}

func (r *rows) session(ctx context.Context, token string) (*session, error) {
	s := &session{}
	p := &s.Session
	err := r.find.QueryRowContext(ctx, token).Scan(append([]any{&p.ExpiresAt, &p.Token, &p.CreatedAt, &p.UpdatedAt, &p.IPAddress, &p.UserAgent, &p.UserID, &p.ID}, s.User.cells()...)...)
	if err == nil && string(p.ExpiresAt) < time.Now().UTC().Format(wireTime) {
		err = errors.New("floor: expired")
	}
	return s, err
}

func (r *rows) byEmail(ctx context.Context, email string) (u user, password string, err error) {
	err = r.mail.QueryRowContext(ctx, email).Scan(append(u.cells(), &password)...)
	return u, password, err
}

func (r *rows) addSession(ctx context.Context, token, userID, agent string) error {
	now := time.Now().UTC()
	at := now.Format(wireTime)
	_, err := r.insert.ExecContext(ctx, newID(), token, userID, now.Add(week).Format(wireTime), at, at, "", agent)
	return err
}

func (r *rows) addUser(ctx context.Context, name, email, password string) (user, error) {
	at := time.Now().UTC().Format(wireTime)
	u := user{Name: name, Email: email, CreatedAt: moment(at), UpdatedAt: moment(at), ID: newID()}
	tx, err := r.write.BeginTx(ctx, nil)
	if err != nil {
		return u, err
	}
	defer tx.Rollback()
	if _, err := tx.StmtContext(ctx, r.person).ExecContext(ctx, u.ID, name, email, false, at, at); err != nil {
		return u, err
	}
	if _, err := tx.StmtContext(ctx, r.secret).ExecContext(ctx, newID(), u.ID, u.ID, password, at, at); err != nil {
		return u, err
	}
	return u, tx.Commit()
}
