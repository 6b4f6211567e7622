package apikey

import (
	"errors"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The methods in this file do not ask whose keys they are: they are for plugins that have checked that the caller may
// manage the keys of others.

// Search selects keys of all owners.
type Search struct {
	Text          string // a part of the name
	Owner         string // id of a user or of an organization
	Limit, Offset int
}

// Found is a key without its hash.
type Found struct {
	Key            *auth.PublicRow
	OwnerID        string
	OfOrganization bool // the owner is an organization
}

// FindAll returns keys, newest first, and how many match. Keys that are only in a secondary storage are found only by
// their owner.
func (p *Plugin) FindAll(c *auth.Context, s Search) (found []Found, total int, err error) {
	var rows []store.Record
	if !p.inDatabase() {
		if s.Owner == "" {
			return []Found{}, 0, nil
		}
		if rows, err = p.inStorage(c, s); err != nil {
			return nil, 0, err
		}
		total = len(rows)
		rows = rows[min(s.Offset, total):]
		rows = rows[:min(s.Limit, len(rows))]
	} else {
		var where []store.Where
		if s.Text != "" {
			where = append(where, store.Where{Field: "name", Op: store.Contains, Value: s.Text, Given: true, Fold: true})
		}
		if s.Owner != "" {
			where = append(where, store.Given("referenceId", s.Owner))
		}
		if rows, err = c.Store.Find(c, model, store.Query{Where: where, Sort: "-createdAt", Limit: s.Limit, Offset: s.Offset}); err != nil {
			return nil, 0, err
		}
		n, err := c.Store.Count(c, model, where...)
		if err != nil {
			return nil, 0, err
		}
		total = int(n)
	}
	found = make([]Found, len(rows))
	for i, row := range rows {
		found[i] = Found{Key: hidden(c, row), OwnerID: row.Text("referenceId"), OfOrganization: p.references(row) == ofOrganizations}
	}
	return found, total, nil
}

// inDatabase reports whether the keys of a configuration have rows.
func (p *Plugin) inDatabase() bool {
	for i := range p.opts.Configurations {
		if p.opts.Configurations[i].inDatabase() {
			return true
		}
	}
	return false
}

func (p *Plugin) inStorage(c *auth.Context, s Search) (rows []store.Record, err error) {
	seen := map[any]bool{}
	for _, cfg := range p.places() {
		list, err := p.listOf(c, cfg, s.Owner, "createdAt", true)
		if err != nil {
			return nil, err
		}
		for _, row := range list {
			if !seen[row["id"]] && strings.Contains(strings.ToLower(row.Text("name")), strings.ToLower(s.Text)) {
				seen[row["id"]] = true
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// Disable makes a key useless until it is enabled again, or returns store.ErrNotFound.
func (p *Plugin) Disable(c *auth.Context, id string) error {
	row, cfg, err := p.ofAnybody(c, id)
	if err != nil {
		return err
	}
	if row, err = p.write(c, cfg, row, store.Record{"enabled": false}); err != nil {
		return err
	}
	report(c, Updated, cfg, row)
	return nil
}

// Remove deletes a key, or returns store.ErrNotFound.
func (p *Plugin) Remove(c *auth.Context, id string) error {
	row, cfg, err := p.ofAnybody(c, id)
	if err != nil {
		return err
	}
	if err := p.erase(c, cfg, row); err != nil {
		return err
	}
	report(c, Deleted, cfg, row)
	return nil
}

// ofAnybody returns a key with its configuration.
func (p *Plugin) ofAnybody(c *auth.Context, id string) (store.Record, *Configuration, error) {
	for _, place := range p.places() {
		row, err := p.findByID(c, place, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, nil, err
		}
		if row == nil {
			continue
		}
		cfg, err := p.configuration(c, row.Text("configId"))
		return row, cfg, err
	}
	return nil, nil, store.ErrNotFound
}
