package config

import (
	"fmt"
	"strings"
	"sync"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// Claims holds which realm has which table. The zero value is ready to use.
type Claims struct {
	mu    sync.Mutex
	owner map[string]string
}

// Claim records the tables of the server of f. It returns an error for a table of another realm: two realms with one
// schema may have different prefixes and still one table, such as user_session. Servers that are no realm claim
// nothing.
func (c *Claims) Claim(f *File, a *auth.Auth) error {
	address, err := sqlstore.ReadAddress(f.DatabaseURL())
	if f.Realm == "" || f.DatabaseURL() == "" || err != nil {
		return nil
	}
	place := address.Place(f.Database.SchemaName)
	if place == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owner == nil {
		c.owner = map[string]string{}
	}
	for _, t := range a.Store.Tables() {
		key := place + " " + strings.ToLower(t.Name)
		if other := c.owner[key]; other != "" && other != f.Realm {
			return fmt.Errorf("it has the table %s of the realm %s: use another database, schemaName or tablePrefix", t.Name, other)
		}
		c.owner[key] = f.Realm
	}
	return nil
}
