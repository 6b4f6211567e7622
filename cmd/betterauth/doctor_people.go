package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

const (
	// hashesLooked is the number of accounts whose password hashes are checked,
	// the newest and the oldest.
	hashesLooked = 5000
	// addressesLooked is the number of addresses with capitals that are compared
	// with others.
	addressesLooked = 1000
	// addressesAtOnce is the number of addresses that one statement compares.
	addressesAtOnce = 100
)

// people checks users that were imported from elsewhere: addresses with capitals,
// and password hashes of other programs.
func (d *doctor) people(srv *server) {
	d.capitals(srv)
	d.passwordHashes(srv)
}

func (d *doctor) capitals(srv *server) {
	const check = "addresses"
	mixed := store.Where{Field: "email", Op: store.HasCapitals}
	n, err := srv.Store.Count(d.w.ctx, "user", mixed)
	if err != nil {
		d.add(severityWarning, check, "stored addresses could not be checked: "+err.Error(), "")
		return
	}
	if n == 0 {
		d.add(severityOK, check, "no stored address has capitals that a look-up would miss", "")
		return
	}
	rows, err := srv.Store.Find(d.w.ctx, "user", store.Query{Where: []store.Where{mixed}, Limit: addressesLooked})
	if err == nil {
		err = d.twins(srv, rows)
	}
	if err != nil {
		d.add(severityWarning, check, "addresses with capitals could not be compared: "+err.Error(), "")
	}
	table, column := columnOf(srv, "user", "email")
	d.add(severityWarning, check, fmt.Sprintf("%d users have an address with capitals: they are found, but every look-up of an address reads the whole table", n),
		strings.NewReplacer("TABLE", table, "COLUMN", column).Replace(
			"UPDATE TABLE SET COLUMN = lower(COLUMN) WHERE COLUMN <> lower(COLUMN); if the capitals have to stay: CREATE INDEX user_email_lower ON TABLE ((lower(COLUMN)))"))
}

// twins reports addresses that differ only in case: of several users with
// capitals, each can sign in only if the address is typed exactly as it is
// stored.
func (d *doctor) twins(srv *server, mixed []store.Record) error {
	wanted, count := map[string]int{}, map[string]int{}
	for _, row := range mixed {
		wanted[auth.LowerCase(row.Text("email"))]++
	}
	var list []any
	for lower := range wanted {
		list = append(list, lower)
	}
	for chunk := range slices.Chunk(list, addressesAtOnce) {
		rows, err := srv.Store.Find(d.w.ctx, "user", store.Query{
			Where: []store.Where{{Field: "email", Op: store.In, Value: chunk, Fold: true}}, Limit: 10 * addressesAtOnce,
		})
		if err != nil {
			return err
		}
		for _, row := range rows {
			// Beyond ASCII, the database's lower case may differ from Go's.
			if lower := auth.LowerCase(row.Text("email")); wanted[lower] > 0 {
				count[lower]++
			}
		}
	}
	n := 0
	for _, users := range count {
		if users > 1 {
			n++
		}
	}
	if n > 0 {
		d.add(severityError, "addresses", fmt.Sprintf("%d addresses are stored more than once, in different case: of their users only the one in lower case, or the one typed exactly, can sign in", n),
			"merge these users, or delete unused ones, before the addresses are converted to lower case")
	}
	return nil
}

func (d *doctor) passwordHashes(srv *server) {
	const check = "passwords"
	kinds, looked, err := countKinds(d.w.ctx, srv)
	if err != nil {
		d.add(severityWarning, check, "stored password hashes could not be checked: "+err.Error(), "")
		return
	}
	if srv.Options.EmailAndPassword.Password.Verify != nil {
		return
	}
	unknown := kinds[secret.Unknown]
	delete(kinds, secret.Unknown)
	delete(kinds, secret.Native)
	off := srv.Options.EmailAndPassword.ImportedHashes
	var list []string
	for kind, n := range kinds {
		list = append(list, fmt.Sprintf("%d %s", n, kind))
	}
	slices.Sort(list)
	among := fmt.Sprintf("of %d accounts checked", looked)
	switch {
	case len(list) == 0:
	case off != nil && !*off:
		d.add(severityWarning, check, fmt.Sprintf("%s have hashes of other programs %s, and emailAndPassword.importedHashes is off", strings.Join(list, ", "), among), "turn it on, or these users have to reset their passwords")
	default:
		d.add(severityNote, check, fmt.Sprintf("%s have hashes of other programs %s: each is replaced when its user signs in", strings.Join(list, ", "), among), "")
	}
	if unknown > 0 {
		d.add(severityWarning, check, fmt.Sprintf("%d have password hashes that cannot be verified %s: the format is unknown or too costly", unknown, among),
			"see docs/importing.md for the forms; without one, these users have to reset their passwords")
	}
	if len(list) == 0 && unknown == 0 && looked > 0 {
		d.add(severityOK, check, fmt.Sprintf("every password hash is this server's own %s", among), "")
	}
}

// countKinds counts the kinds of password hashes. A known hash that cannot be
// verified counts as unknown.
func countKinds(ctx context.Context, srv *server) (kinds map[secret.Kind]int, looked int, err error) {
	kinds = map[secret.Kind]int{}
	seen := map[string]bool{}
	where := []store.Where{store.Is("providerId", auth.CredentialProvider), {Field: "password", Op: store.Ne, Value: nil}}
	for _, sort := range []string{"createdAt", "-createdAt"} {
		rows, err := srv.Store.Find(ctx, "account", store.Query{Where: where, Sort: sort, Limit: hashesLooked})
		if err != nil {
			return nil, 0, err
		}
		for _, row := range rows {
			if id := row.Text("id"); !seen[id] {
				seen[id] = true
				kinds[kindOf(row.Text("password"))]++
			}
		}
	}
	return kinds, len(seen), nil
}

func kindOf(hash string) secret.Kind {
	kind, err := secret.Inspect(hash)
	if err != nil {
		return secret.Unknown
	}
	return kind
}

// columnOf returns the SQL names of a model's table and one of its columns.
func columnOf(srv *server, model, field string) (table, column string) {
	quote := `"`
	if srv.resources.DB.Dialect() == sqlstore.MySQL {
		quote = "`"
	}
	t := srv.Store.Table(model)
	return quote + t.Name + quote, quote + t.Column(field).Physical + quote
}
