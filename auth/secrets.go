package auth

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// openSecrets reads the secrets from the options, else from the environment; outside production the default of the
// reference is the last choice.
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
		return a.judgeSecrets()
	}
	if legacy == "" && o.Mode == Production {
		return errors.New("no secret is set: put 32 or more random characters in BETTER_AUTH_SECRET or in the option secret (`betterauth secret` generates one)")
	}
	if legacy == "" {
		legacy = DefaultSecret
	}
	a.Keys = secret.New(legacy)
	return a.judgeSecrets()
}

// judgeSecrets returns an error for an insecure secret in production. Older secrets may be short or unusual, because
// they are being phased out, but not public: anyone who knows one can still sign with it.
func (a *Auth) judgeSecrets() error {
	if a.Options.Mode == Test {
		return nil
	}
	for i, v := range a.Keys.All() {
		flaw := FindSecretFlaw(v.Value)
		if flaw == nil || i > 0 && !flaw.Public {
			continue
		}
		if i > 0 {
			flaw.What = "of the older secrets: " + flaw.What
		}
		if a.Options.Mode == Production && (flaw.Public || !a.Options.AllowShortSecret) {
			return errors.New(flaw.What + ": " + flaw.Remedy)
		}
		if v.Value != DefaultSecret {
			a.Log.Warn(flaw.What, "remedy", flaw.Remedy)
		}
	}
	if s := a.Keys.Current(); s != DefaultSecret && secret.EstimateEntropy(s) < 120 {
		a.Log.Warn("the secret looks guessable; generate one with `betterauth secret`")
	}
	return nil
}
