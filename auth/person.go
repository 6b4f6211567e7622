package auth

import (
	"context"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/store"
)

// What is stored about one person: the tables follow from the models, so that those of plugins join by themselves.

// Person is the user whose data is exported or erased.
type Person struct {
	User *User
	// Addresses are the e-mail addresses and phone numbers of the user.
	Addresses []string
}

// PersonalData is data about people that a plugin stores outside of the tables of its models.
type PersonalData struct {
	Name string // in an export, such as "mail"
	// Export calls yield with each item. Secrets must be left out.
	Export func(ctx context.Context, p Person, yield func(item any) error) error
	// Erase deletes everything about the person. It runs before the transaction that erases the rows, and may run again.
	Erase func(ctx context.Context, p Person) error
}

// PersonalTable is a table with rows about users.
type PersonalTable struct {
	Model string
	// Users are the fields that hold the id of a user, Addresses those that hold an address.
	Users, Addresses []string

	table *store.TableSchema
}

// PersonalTables returns the tables with rows about users, without the table of the users. They are those whose fields
// refer to users, or hold their ids or addresses (see [store.Field]).
func (a *Auth) PersonalTables() []PersonalTable {
	var out []PersonalTable
	for _, t := range a.Store.Tables() {
		if t.Model == "user" || t.Model == "session" && !a.Sessions.InDatabase() {
			continue
		}
		found := PersonalTable{Model: t.Model, table: t}
		for i := range t.Columns {
			switch c := &t.Columns[i]; {
			case refersTo(c, "user") || c.Holds == store.HoldsUser:
				found.Users = append(found.Users, c.Name)
			case c.Holds == store.HoldsAddress:
				found.Addresses = append(found.Addresses, c.Name)
			}
		}
		if len(found.Users)+len(found.Addresses) > 0 {
			out = append(out, found)
		}
	}
	return out
}

func refersTo(c *store.Column, model string) bool {
	return c.Ref != nil && c.Ref.Model == model && (c.Ref.Field == "" || c.Ref.Field == "id")
}

// person returns the user with this id as a Person.
func (a *Auth) person(ctx context.Context, id string) (Person, error) {
	user, err := a.Users.Get(ctx, id)
	if err != nil {
		return Person{}, err
	}
	p := Person{User: user}
	for _, c := range a.Store.Table("user").Columns {
		if v := user.Record().Text(c.Name); v != "" && (c.Name == "email" || c.Holds == store.HoldsAddress) {
			p.Addresses = append(p.Addresses, v)
		}
	}
	return p, nil
}

// rows returns the conditions for the rows about a person, as alternatives. There are none if no row can be about the
// person.
func (t *PersonalTable) rows(p Person) []store.Where {
	var out []store.Where
	for _, field := range t.Users {
		out = append(out, store.Where{Field: field, Op: store.Eq, Value: p.User.ID, Or: true, Given: true})
	}
	for _, field := range t.Addresses {
		for _, address := range p.Addresses {
			out = append(out, store.Where{Field: field, Op: store.Eq, Value: address, Or: true, Given: true})
		}
	}
	return out
}

// exportPage is the number of rows that are read at once.
const exportPage = 500

// eachRow calls fn for every row that matches, a page at a time.
func (a *Auth) eachRow(ctx context.Context, model string, where []store.Where, fn func(row store.Record) error) error {
	last := any(nil)
	for {
		page := slices.Clone(where)
		if last != nil {
			page = append(page, store.Where{Field: "id", Op: store.Gt, Value: last})
		}
		rows, err := a.Store.Find(ctx, model, store.Query{Where: page, Sort: "id", Limit: exportPage})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := fn(row); err != nil {
				return err
			}
		}
		if len(rows) < exportPage {
			return nil
		}
		last = rows[len(rows)-1]["id"]
	}
}

// eachValue calls fn for the single-use values in the database that belong to a person: links, codes and states. Those
// in secondary storage cannot be listed, and neither can codes whose identifiers are stored as hashes.
func (a *Auth) eachValue(ctx context.Context, p Person, fn func(row store.Record) error) error {
	if !a.Once.InDatabase() {
		return nil
	}
	terms := append([]string{p.User.ID}, p.Addresses...)
	return a.eachRow(ctx, "verification", nil, func(row store.Record) error {
		for _, term := range terms {
			if mentions(row.Text("identifier"), term) || mentions(row.Text("value"), term) {
				return fn(row)
			}
		}
		return nil
	})
}

// mentions reports whether term stands in text as a word of its own.
func mentions(text, term string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], term)
		if i < 0 || term == "" {
			return false
		}
		start, end := from+i, from+i+len(term)
		if (start == 0 || strings.ContainsRune("-:\"' ,{[", rune(text[start-1]))) && (end == len(text) || strings.ContainsRune(":\"' ,}]", rune(text[end]))) {
			return true
		}
		from = start + 1
	}
}

// purpose returns what a single-use value is for, without what stands after it in the identifier, which may be a token.
func purpose(identifier string, p Person) string {
	for _, address := range p.Addresses {
		if i := strings.Index(identifier, address); i >= 0 {
			return strings.Trim(identifier[:i], "-: ")
		}
	}
	if i := strings.IndexByte(identifier, ':'); i >= 0 {
		return identifier[:i]
	}
	if i := strings.LastIndexByte(identifier, '-'); i >= 0 {
		return identifier[:i]
	}
	return ""
}
