package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestAccountFeatures checks that the pages of the account are told what a config file enables.
func TestAccountFeatures(t *testing.T) {
	const base = "secret: uXk2vR8pQz4mN7tB1wY6cD3fG9hJ5sLa\nbaseURL: http://localhost:3210\nmode: development\ndatabase: none\nemailAndPassword: { enabled: true }\n"
	for name, c := range map[string]struct{ yaml, want string }{
		"nothing":  {"", `{"userFields":[],"confirmEmailChange":false,"deleteByMail":false,"deleteGraceDays":0,"usernameFixed":false,"factors":[],"factorPasswordless":false,"createOrganizations":false,"deleteOrganizations":false,"organizationRoles":[],"teams":false,"apiKeys":null,"stateless":true}`},
		"defaults": {"plugins: { username: {}, two-factor: {}, organization: {}, api-key: {} }", `{"userFields":[],"confirmEmailChange":false,"deleteByMail":false,"deleteGraceDays":0,"usernameFixed":false,"factors":["totp"],"factorPasswordless":false,"createOrganizations":true,"deleteOrganizations":true,"organizationRoles":["member","admin","owner"],"teams":false,"apiKeys":{"nameNeeded":false,"nameLength":32,"lifetimes":[0,7,30,90,365],"defaultDays":0},"stateless":true}`},
		"everything": {`
user:
  changeEmail: { enabled: true, sendChangeEmailConfirmation: mail }
  deleteUser: { enabled: true, sendDeleteAccountVerification: mail, gracePeriod: 14d }
  additionalFields:
    colour: { type: string }
    plan: { type: [free, paid] }
    hidden: { type: string, required: false, returned: false }
plugins:
  username: { immutableUsername: true }
  two-factor: { allowPasswordless: true, totpOptions: { disable: true }, otpOptions: { sendOTP: mail } }
  organization:
    allowUserToCreateOrganization: false
    disableOrganizationDeletion: true
    teams: { enabled: true }
    creatorRole: chief
    ac: { organization: [update, delete], member: [create] }
    roles: { chief: { organization: [update, delete] }, worker: { member: [create] }, guest: {} }
  api-key:
    configurations:
      - { configId: machines, references: organization }
      - { configId: default, requireName: true, maximumNameLength: 20, keyExpiration: { defaultExpiresIn: 864000, minExpiresIn: 10, maxExpiresIn: 90 } }
`, `{"userFields":[{"name":"colour","type":"string"},{"name":"plan","type":"string"}],"confirmEmailChange":true,"deleteByMail":true,"deleteGraceDays":14,"usernameFixed":true,"factors":["otp"],"factorPasswordless":true,"createOrganizations":false,"deleteOrganizations":false,"organizationRoles":["guest","worker","chief"],"teams":true,"apiKeys":{"nameNeeded":true,"nameLength":20,"lifetimes":[0,30,90],"defaultDays":10},"stateless":true}`},
		"keys of organizations":  {"plugins: { organization: {}, api-key: { configurations: [{ references: organization }] } }", `{"userFields":[],"confirmEmailChange":false,"deleteByMail":false,"deleteGraceDays":0,"usernameFixed":false,"factors":[],"factorPasswordless":false,"createOrganizations":true,"deleteOrganizations":true,"organizationRoles":["member","admin","owner"],"teams":false,"apiKeys":null,"stateless":true}`},
		"keys of named kinds":    {"plugins: { api-key: { configurations: [{ configId: a }, { configId: b }] } }", `{"userFields":[],"confirmEmailChange":false,"deleteByMail":false,"deleteGraceDays":0,"usernameFixed":false,"factors":[],"factorPasswordless":false,"createOrganizations":false,"deleteOrganizations":false,"organizationRoles":[],"teams":false,"apiKeys":null,"stateless":true}`},
		"no lifetimes to choose": {"plugins: { api-key: { configurations: [{ keyExpiration: { disableCustomExpiresTime: true } }] } }", `{"userFields":[],"confirmEmailChange":false,"deleteByMail":false,"deleteGraceDays":0,"usernameFixed":false,"factors":[],"factorPasswordless":false,"createOrganizations":false,"deleteOrganizations":false,"organizationRoles":[],"teams":false,"apiKeys":{"nameNeeded":false,"nameLength":32,"lifetimes":[0],"defaultDays":0},"stateless":true}`},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(file, []byte(base+c.yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			w := &world{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, env: func(string) string { return "" }, now: clock, ctx: t.Context()}
			s, err := w.read(configFlags{Config: file})
			if err != nil {
				t.Fatal(err)
			}
			srv, err := s.open(w, s.plainLogger(w))
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			got, err := json.Marshal(srv.accountFeatures())
			if err != nil || string(got) != c.want {
				t.Errorf("%v\n%s, want\n%s", err, got, c.want)
			}
		})
	}
}
