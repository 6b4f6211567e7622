package siwe

import (
	"errors"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// wallet is a proven address on a chain.
type wallet struct {
	address string // with the capitals of EIP-55
	chainID float64
}

// accountID is the id of the account that belongs to the wallet.
func (w wallet) accountID() string {
	return w.address + ":" + strconv.FormatFloat(w.chainID, 'f', -1, 64)
}

// owner returns the user of a wallet. A wallet that is known from another chain only is added to its user; for one
// that is not known at all a user is created.
func (p *Plugin) owner(c *auth.Context, w wallet, email *string) (*auth.User, error) {
	user, here, err := p.find(c, w)
	switch {
	case err != nil:
		return nil, err
	case user == nil:
		return p.signUp(c, w, email)
	case here:
		return user, nil
	}
	return user, c.Tx(func(c *auth.Context) error {
		// Of several sign-ins on the new chain at once, one adds the wallet.
		if err := c.Store.Lock(c, "user", store.Is("id", user.ID)); err != nil {
			return err
		}
		if _, here, err := p.find(c, w); here || err != nil {
			return err
		}
		return p.add(c, user, w, false)
	})
}

// find returns the user of an address, or nil. here reports whether the address is known on this chain.
func (p *Plugin) find(c *auth.Context, w wallet) (user *auth.User, here bool, err error) {
	ofAddress := store.Is("address", w.address)
	row, err := p.wallets.Get(c, ofAddress, store.Is("chainId", w.chainID))
	here = err == nil
	if errors.Is(err, store.ErrNotFound) {
		row, err = p.wallets.Get(c, ofAddress)
		here = err == nil && row.ChainID == w.chainID // another sign-in has just added it
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	user, err = c.Users.Find(c, row.UserID)
	return user, here, err
}

// signUp creates the user of a new wallet. An e-mail address that the user named is used if nobody has it; otherwise
// the address is made of the wallet's.
func (p *Plugin) signUp(c *auth.Context, w wallet, email *string) (*auth.User, error) {
	profile := ENSProfile{}
	if p.opts.ENSLookup != nil {
		var err error
		if profile, err = p.opts.ENSLookup(c, ENSRequest{w.address}); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	made := w.address + "@siwe.placeholder.invalid"
	if p.opts.EmailDomainName != "" {
		made = w.address + "@" + p.opts.EmailDomainName
	}
	if own, err := p.free(c, email); err != nil {
		return nil, err
	} else if own != "" {
		user, err := p.create(c, w, own, profile)
		if !errors.Is(err, store.ErrConflict) {
			return user, err
		}
	}
	user, err := p.create(c, w, made, profile)
	if errors.Is(err, store.ErrConflict) { // another sign-in with the same wallet was faster
		if user, here, err := p.find(c, w); user != nil && here || err != nil {
			return user, err
		}
	}
	return user, err
}

// free returns the address that a new user named if it may be used and nobody has it, otherwise "". As in the
// reference, addresses are used only if the database can tell apart two users who name the same at once.
func (p *Plugin) free(c *auth.Context, email *string) (string, error) {
	if p.anonymous() || email == nil || !c.Once.InDatabase() {
		return "", nil
	}
	own := auth.LowerCase(*email)
	taken, err := c.Users.FindByEmail(c, own)
	if err != nil || taken != nil {
		return "", err
	}
	return own, nil
}

// create writes the user, the wallet and the account in one transaction.
func (p *Plugin) create(c *auth.Context, w wallet, email string, profile ENSProfile) (user *auth.User, err error) {
	row := store.Record{"name": w.address, "email": email, "image": ""}
	if profile.Name != nil {
		row["name"] = *profile.Name
	}
	if profile.Avatar != nil {
		row["image"] = *profile.Avatar
	}
	err = c.Tx(func(c *auth.Context) error {
		if user, err = c.Users.Create(c, row, "siwe"); err != nil {
			return err
		}
		c.Emit(auth.Event{Name: auth.UserCreated, UserID: user.ID, Method: "siwe"})
		return p.add(c, user, w, true)
	})
	return user, err
}

// add gives a wallet and its account to a user.
func (p *Plugin) add(c *auth.Context, user *auth.User, w wallet, primary bool) error {
	_, err := p.wallets.Create(c, &walletAddress{UserID: user.ID, Address: w.address, ChainID: w.chainID, IsPrimary: primary, CreatedAt: c.Now()})
	if err != nil {
		return err
	}
	_, err = c.Accounts.Link(c, store.Record{"userId": user.ID, "providerId": "siwe", "accountId": w.accountID()})
	return store.UnlessDropped(err)
}
