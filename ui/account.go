package ui

// AccountFeatures are what the configuration enables on the pages of the account.
type AccountFeatures struct {
	UserFields          []UserField `json:"userFields"`          // the fields that the configuration adds to users
	ConfirmEmailChange  bool        `json:"confirmEmailChange"`  // the present address confirms a change first
	DeleteByMail        bool        `json:"deleteByMail"`        // deletion is confirmed by a link
	DeleteGraceDays     int         `json:"deleteGraceDays"`     // 0: a user is deleted at once
	UsernameFixed       bool        `json:"usernameFixed"`       // a username cannot be changed once it is set
	Factors             []string    `json:"factors"`             // "totp", "otp": second factors that users can set up
	FactorPasswordless  bool        `json:"factorPasswordless"`  // users without a password can set one up
	CreateOrganizations bool        `json:"createOrganizations"` // users may; the server decides for each
	DeleteOrganizations bool        `json:"deleteOrganizations"`
	OrganizationRoles   []string    `json:"organizationRoles"` // that a member can have
	Teams               bool        `json:"teams"`
	APIKeys             *APIKeys    `json:"apiKeys"`   // nil: users have none
	Stateless           bool        `json:"stateless"` // there is no database: sessions are in cookies
}

// UserField is a field that the configuration adds to users.
type UserField struct {
	Name string `json:"name"`
	Type string `json:"type"` // "string", "number", "boolean", "date" or another, which is shown as JSON
}

// APIKeys are the rules for keys that users create.
type APIKeys struct {
	NameNeeded  bool  `json:"nameNeeded"`
	NameLength  int   `json:"nameLength"`  // of the longest name
	Lifetimes   []int `json:"lifetimes"`   // in days, among those that the page offers; 0 is the default
	DefaultDays int   `json:"defaultDays"` // of a key that is created without a lifetime; 0: it does not expire
}
