package flow

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Seal is a token as it is stored: encrypted, where the options say so.
func Seal(c *auth.Context, token string) (string, error) {
	if token == "" || !c.Options.Account.EncryptOAuthTokens {
		return token, nil
	}
	return c.Keys.Encrypt(token)
}

// Open is a stored token in the clear. Tokens from before encryption was turned
// on are left as they are.
func Open(c *auth.Context, stored string) (string, error) {
	if stored == "" || !c.Options.Account.EncryptOAuthTokens || !looksSealed(stored) {
		return stored, nil
	}
	return c.Keys.Decrypt(stored)
}

func looksSealed(s string) bool {
	if strings.HasPrefix(s, "$ba$") {
		return true
	}
	return len(s)%2 == 0 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// Account is what a sign-in keeps of an account at a provider.
type Account struct {
	ProviderID, AccountID string
	Tokens                oauth.Tokens
	Scope                 string // joined by commas
}

// fields are the fields of the account's row that a sign-in brings, its tokens
// as they are stored. What the provider did not say is left out.
func (a *Account) fields(c *auth.Context) (store.Record, error) {
	row := store.Record{"providerId": a.ProviderID}
	for name, token := range map[string]string{"accessToken": a.Tokens.AccessToken, "refreshToken": a.Tokens.RefreshToken} {
		sealed, err := Seal(c, token)
		if err != nil {
			return nil, err
		}
		if sealed != "" {
			row[name] = sealed
		}
	}
	if a.Tokens.IDToken != "" {
		row["idToken"] = a.Tokens.IDToken
	}
	for name, at := range map[string]time.Time{"accessTokenExpiresAt": a.Tokens.AccessTokenExpiresAt, "refreshTokenExpiresAt": a.Tokens.RefreshTokenExpiresAt} {
		if !at.IsZero() {
			row[name] = at
		}
	}
	return row, nil
}

// row is a new account's row.
func (a *Account) row(c *auth.Context, userID string) (store.Record, error) {
	row, err := a.fields(c)
	if err != nil {
		return nil, err
	}
	row["accountId"], row["userId"] = a.AccountID, userID
	if a.Scope != "" || a.Tokens.Scopes != nil {
		row["scope"] = a.Scope
	}
	return row, nil
}

// SetAccountCookie keeps an account in the account cookie, where the options say so.
func SetAccountCookie(c *auth.Context, kept *auth.Account) error {
	account := kept.Record()
	if on := c.Options.Account.StoreAccountCookie; on == nil || !*on {
		return nil
	}
	o := js.NewObject()
	for _, col := range c.Store.Table("account").Columns {
		if v, ok := account[col.Name]; ok {
			o.Set(col.Name, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(account)) {
		if !o.Has(name) {
			o.Set(name, account[name])
		}
	}
	return c.SetAccountCookie(js.Marshal(o))
}

// AccountCookie is the account in the request's account cookie, nil when there
// is none that holds.
func AccountCookie(c *auth.Context) *auth.Account {
	payload := c.AccountCookie()
	if payload == nil {
		return nil
	}
	v, err := js.Parse(payload)
	o, ok := v.(*js.Object)
	if err != nil || !ok {
		return nil
	}
	return c.Accounts.Row(record(o))
}
