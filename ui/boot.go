package ui

// Features are what the configuration of the server enables: the pages show exactly these.
type Features struct {
	EmailPassword       bool       `json:"emailPassword"`
	SignUp              bool       `json:"signUp"`
	MinPasswordLength   int        `json:"minPasswordLength"`
	MaxPasswordLength   int        `json:"maxPasswordLength"`
	ResetPassword       bool       `json:"resetPassword"`
	VerifyEmail         bool       `json:"verifyEmail"` // the server can send verification links
	RequireVerification bool       `json:"requireVerification"`
	ChangeEmail         bool       `json:"changeEmail"`
	DeleteUser          bool       `json:"deleteUser"`
	Providers           []Provider `json:"providers"`
	Plugins             []string   `json:"plugins"` // ids
}

// Provider is a provider that users can sign in with.
type Provider struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Generic bool   `json:"generic,omitempty"` // of the plugin generic-oauth
}

// boot is what the server writes into a page for its script: src/server.ts declares the
// same type.
type boot struct {
	Page      string            `json:"page"`
	Path      string            `json:"path"`
	Endpoints string            `json:"endpoints"`
	Mode      string            `json:"mode"`
	Version   string            `json:"version"`
	Reference string            `json:"reference"`
	Site      site              `json:"site"`
	Features  Features          `json:"features"`
	Next      string            `json:"next"`
	Texts     map[string]string `json:"texts"`
	Message   string            `json:"message"`
	Console   bool              `json:"console"`
	Home      bool              `json:"home"`
}

type site struct {
	Name      string   `json:"name"`
	Logo      string   `json:"logo"`
	Language  string   `json:"language"`
	Languages []string `json:"languages"`
	Pages     bool     `json:"pages"` // sign in and the others are served
}
