package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/organization"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/plugin/username"
	"github.com/seed-32bd42cb/betterauth/ui"
)

// offeredLifetimes are the lifetimes of API keys that the page offers, in days.
var offeredLifetimes = []int{7, 30, 90, 365}

// accountFeatures describe the configuration to the pages of the account.
func (s *server) accountFeatures() ui.AccountFeatures {
	f := ui.AccountFeatures{
		UserFields: userFields(s.Options.User.AdditionalFields), Factors: []string{}, OrganizationRoles: []string{},
		ConfirmEmailChange: s.Options.User.ChangeEmail.SendChangeEmailConfirmation != nil,
		DeleteByMail:       s.Options.User.DeleteUser.SendDeleteAccountVerification != nil,
		DeleteGraceDays:    int(s.Options.User.DeleteUser.GracePeriod.Duration() / (24 * time.Hour)),
		Stateless:          !s.Stateful(), Teams: s.HasEndpoint("createTeam"),
	}
	for _, p := range s.setup.file.Plugins {
		switch o := p.Options.(type) {
		case *username.Options:
			f.UsernameFixed = o.ImmutableUsername
		case *twofactor.Options:
			f.Factors, f.FactorPasswordless = factors(o), o.AllowPasswordless
		case *organization.Options:
			allowed := o.AllowUserToCreateOrganization.Allowed
			f.CreateOrganizations = allowed == nil || *allowed
			f.DeleteOrganizations = !o.DisableOrganizationDeletion
			f.OrganizationRoles = organizationRoles(o)
		case *apikey.Options:
			f.APIKeys = apiKeys(o)
		}
	}
	return f
}

func userFields(added auth.AdditionalFields) []ui.UserField {
	fields := []ui.UserField{}
	for _, f := range added {
		if f.Returned == nil || *f.Returned {
			fields = append(fields, ui.UserField{Name: f.Name, Type: cmp.Or(string(f.Type.Type), "string")})
		}
	}
	return fields
}

func factors(o *twofactor.Options) []string {
	names := []string{}
	if !o.TOTPOptions.Disable {
		names = append(names, "totp")
	}
	if o.OTPOptions.SendOTP != nil {
		names = append(names, "otp")
	}
	return names
}

// organizationRoles returns the roles from the smallest to the one of creators.
func organizationRoles(o *organization.Options) []string {
	if len(o.Roles) == 0 {
		return []string{"member", "admin", "owner"}
	}
	creator := cmp.Or(o.CreatorRole, "owner")
	var names []string
	for name := range o.Roles {
		if name != creator {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return append(names, creator)
}

// apiKeys returns the rules of the configuration that a call without configId uses, nil if there is none or
// its keys belong to organizations.
func apiKeys(o *apikey.Options) *ui.APIKeys {
	var c apikey.Configuration
	if len(o.Configurations) > 0 {
		i := slices.IndexFunc(o.Configurations, func(c apikey.Configuration) bool { return c.ConfigID == "" || c.ConfigID == "default" })
		if i < 0 {
			return nil
		}
		c = o.Configurations[i]
	}
	if c.References == "organization" {
		return nil
	}
	k := &ui.APIKeys{NameNeeded: c.RequireName, NameLength: valueOr(c.MaximumNameLength, 32), Lifetimes: []int{0}}
	e := c.KeyExpiration
	k.DefaultDays = valueOr(e.DefaultExpiresIn, 0) / 86400
	shortest, longest := valueOr(e.MinExpiresIn, 1), valueOr(e.MaxExpiresIn, 365)
	for _, days := range offeredLifetimes {
		if !e.DisableCustomExpiresTime && float64(days) >= shortest && float64(days) <= longest {
			k.Lifetimes = append(k.Lifetimes, days)
		}
	}
	return k
}

func valueOr[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
