package auth

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// openSecrets finds the secrets: the options', else those of the environment,
// else the reference's default one outside production.
func (a *Auth) openSecrets() error {
	o := a.Options
	versions := o.Secrets
	if versions == nil {
		var err error
		if versions, err = secret.ParseVersions(o.Environ("BETTER_AUTH_SECRETS")); err != nil {
			return err
		}
	}
	legacy := o.Secret
	for _, name := range []string{"BETTER_AUTH_SECRET", "AUTH_SECRET"} {
		if legacy == "" {
			legacy = o.Environ(name)
		}
	}
	if o.Secrets != nil && len(o.Secrets) == 0 {
		return errors.New("secrets must contain at least one entry")
	}
	if len(versions) > 0 {
		if legacy == DefaultSecret {
			legacy = ""
		}
		keys, err := secret.NewVersioned(versions, legacy)
		a.Keys = keys
		if err != nil {
			return err
		}
		return a.judgeSecret(versions[0].Value)
	}
	if legacy == "" && o.Mode == Production {
		return errors.New("no secret is set: put 32 or more random characters in BETTER_AUTH_SECRET or in the option secret (`betterauth secret` makes one)")
	}
	if legacy == "" {
		legacy = DefaultSecret
	}
	a.Keys = secret.New(legacy)
	return a.judgeSecret(legacy)
}

func (a *Auth) judgeSecret(s string) error {
	if a.Options.Mode == Test {
		return nil
	}
	if a.Options.Mode == Production && s == DefaultSecret {
		return errors.New("the secret is the default one, which everybody knows: set BETTER_AUTH_SECRET (`betterauth secret` makes one)")
	}
	short := len(s) < 32
	if short && a.Options.Mode == Production && !a.Options.AllowShortSecret {
		return errors.New("the secret has fewer than 32 characters: make one with `betterauth secret`, or set allowShortSecret when a live database hangs on this one")
	}
	if short {
		a.Log.Warn("the secret has fewer than 32 characters; make one with `betterauth secret`")
	}
	if s != DefaultSecret && secret.EstimateEntropy(s) < 120 {
		a.Log.Warn("the secret looks guessable; make one with `betterauth secret`")
	}
	return nil
}
