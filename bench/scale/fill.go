package scale

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"
)

// table is one table to fill.
type table struct {
	name    string
	columns []string
	rows    int
	row     func(n int) []any
}

// Fill writes the rows with COPY into the tables that the server's migration has
// made, and reports its progress. Tables that do not exist are left out: those of
// organizations exist if the plugin is configured.
func (d *Data) Fill(ctx context.Context, url string, progress io.Writer) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	// The rows refer to each other correctly, and checking that takes longer than
	// writing them.
	if _, err := conn.Exec(ctx, "SET session_replication_role = replica"); err != nil {
		return err
	}
	for _, t := range d.tables() {
		var exists bool
		if err := conn.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", pgx.Identifier{t.name}.Sanitize()).Scan(&exists); err != nil {
			return err
		}
		if !exists {
			continue
		}
		if err := fill(ctx, conn, t, progress); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	begin := time.Now()
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE"); err != nil {
		return err
	}
	fmt.Fprintf(progress, "statistics: %v\n", time.Since(begin).Round(100*time.Millisecond))
	return nil
}

// fill writes the rows of one table without its indexes, except those of
// constraints, and then creates these again, which is faster.
func fill(ctx context.Context, conn *pgx.Conn, t table, progress io.Writer) error {
	const text = `SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
		WHERE x.indrelid = $1::text::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid) ORDER BY 1`
	name := pgx.Identifier{t.name}
	rows, err := conn.Query(ctx, text, name.Sanitize())
	if err != nil {
		return err
	}
	var drop, create []string
	var index, definition string
	if _, err := pgx.ForEachRow(rows, []any{&index, &definition}, func() error {
		drop, create = append(drop, "DROP INDEX "+pgx.Identifier{index}.Sanitize()), append(create, definition)
		return nil
	}); err != nil {
		return err
	}
	for _, statement := range drop {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	p := &copying{table: t, out: progress, begin: time.Now()}
	if _, err := conn.CopyFrom(ctx, name, t.columns, p); err != nil {
		return err
	}
	p.report("\n")
	begin := time.Now()
	for i, statement := range create {
		fmt.Fprintf(progress, "%-14s index %d of %d    \r", t.name, i+1, len(create))
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	fmt.Fprintf(progress, "%-14s %d indexes: %v    \n", t.name, len(create), time.Since(begin).Round(100*time.Millisecond))
	return nil
}

// copying is the source of the rows of one table.
type copying struct {
	table
	next  int
	out   io.Writer
	begin time.Time
	said  time.Time
}

// Next implements pgx.CopyFromSource.
func (c *copying) Next() bool {
	if c.next%1000 == 0 && time.Since(c.said) > time.Second {
		c.said = time.Now()
		c.report("\r")
	}
	c.next++
	return c.next <= c.rows
}

// Values implements pgx.CopyFromSource.
func (c *copying) Values() ([]any, error) { return c.row(c.next - 1), nil }

// Err implements pgx.CopyFromSource.
func (c *copying) Err() error { return nil }

func (c *copying) report(end string) {
	done, took := min(c.next, c.rows), time.Since(c.begin)
	left := time.Duration(0)
	if done > 0 {
		left = time.Duration(float64(took) * float64(c.rows-done) / float64(done))
	}
	fmt.Fprintf(c.out, "%-14s %9d of %9d (%3d %%), %7.0f rows/s, %v left    %s",
		c.name, done, c.rows, 100*done/max(c.rows, 1), float64(done)/took.Seconds(), left.Round(time.Second), end)
}

func (d *Data) tables() []table {
	return []table{
		{"user", []string{"id", "name", "email", "emailVerified", "createdAt", "updatedAt", "role", "banned"}, d.Users, d.user},
		{"account", []string{"id", "accountId", "providerId", "userId", "createdAt", "updatedAt"}, d.Users, d.account},
		{"session", []string{"id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"}, d.Sessions, d.session},
		{"apikey", []string{
			"id", "configId", "name", "start", "referenceId", "key", "enabled", "rateLimitEnabled", "requestCount", "expiresAt", "createdAt", "updatedAt",
		}, d.Keys, d.key},
		{"organization", []string{"id", "name", "slug", "createdAt"}, d.Organizations, d.organization},
		{"member", []string{"id", "organizationId", "userId", "role", "createdAt"}, d.members(), d.memberRows()},
		{"invitation", []string{"id", "organizationId", "email", "role", "status", "expiresAt", "createdAt", "inviterId"}, d.Organizations * invited, d.invitation},
	}
}

func (d *Data) user(n int) []any {
	at, role := d.made(ofUser, n, d.Users), "user"
	if n < Admins {
		role = "admin"
	}
	return []any{d.UserID(n), d.Name(n), d.Email(n), true, at, at, role, d.Banned(n)}
}

func (d *Data) account(n int) []any {
	at := d.made(ofUser, n, d.Users)
	return []any{d.text(ofAccount, n, 32), d.UserID(n), "credential", d.UserID(n), at, at}
}

func (d *Data) session(n int) []any {
	at := d.made(ofSession, n, d.Sessions)
	return []any{
		d.text(ofSession, n, 32), ends, d.Token(n), at, at, fmt.Sprintf("203.0.113.%d", n%256),
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", d.UserID(n),
	}
}

func (d *Data) key(n int) []any {
	at, key := d.made(ofKey, n, d.Keys), d.Key(n)
	var expires any
	if n%10 == 0 {
		expires = ends
	}
	return []any{
		d.text(ofKey, n, 32), "default", fmt.Sprintf("key %d", n), key[:6], d.UserID(n % d.Users), stored(key), true, false, 0, expires, at, at,
	}
}

func (d *Data) organization(n int) []any {
	return []any{d.OrganizationID(n), fmt.Sprintf("Organization %d", n), fmt.Sprintf("organization-%d", n), d.made(ofOrganization, n, d.Organizations)}
}

func (d *Data) members() (n int) {
	for i := range d.Organizations {
		n += d.Members(i)
	}
	return n
}

// memberRows returns a function that makes the rows in their order.
func (d *Data) memberRows() func(n int) []any {
	organization, at := 0, -1
	return func(n int) []any {
		if at++; at == d.Members(organization) {
			organization, at = organization+1, 0
		}
		role := "member"
		if at == 0 {
			role = "owner"
		}
		return []any{
			d.text(ofMember, n, 32), d.OrganizationID(organization), d.UserID(d.member(organization, at)), role,
			d.made(ofOrganization, organization, d.Organizations),
		}
	}
}

// invited is the number of open invitations of each organization.
const invited = 3

func (d *Data) invitation(n int) []any {
	organization := n / invited
	return []any{
		d.text(ofMember+100, n, 32), d.OrganizationID(organization), fmt.Sprintf("guest%d@example.com", n), "member", "pending", ends,
		d.made(ofOrganization, organization, d.Organizations), d.UserID(organization),
	}
}
