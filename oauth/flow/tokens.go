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

// Seal returns a token in its stored form, which is encrypted if the options say so.
func Seal(c *auth.Context, token string) (string, error) {
	if token == "" || !c.Options.Account.EncryptOAuthTokens {
		return token, nil
	}
	return c.Keys.Encrypt(token)
}

// Open returns a stored token in plain text. Tokens from before encryption was turned on are returned unchanged.
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

// Account is what a sign-in stores about an account at a provider.
type Account struct {
	ProviderID, AccountID string
	Tokens                oauth.Tokens
	Scope                 string // separated by commas
}

// fields returns the fields of the account's row that a sign-in sets, with the tokens in their stored form. Values
// that the provider did not return are left out.
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

// row returns the row of a new account.
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

// SetAccountCookie stores an account in the account cookie, if the options say so.
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

// AccountCookie returns the account in the account cookie of the request, or nil if there is no valid one.
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
