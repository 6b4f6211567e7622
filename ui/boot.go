package ui

import "encoding/json"

// Features are what the configuration of the server enables: the pages show exactly these.
type Features struct {
	EmailPassword       bool       `json:"emailPassword"`
	SignUp              bool       `json:"signUp"`
	MinPasswordLength   int        `json:"minPasswordLength"`
	MaxPasswordLength   int        `json:"maxPasswordLength"`
	ResetPassword       bool       `json:"resetPassword"`
	VerifyEmail         bool       `json:"verifyEmail"`  // the server can send verification links
	VerifyByCode        bool       `json:"verifyByCode"` // it sends codes in their place
	RequireVerification bool       `json:"requireVerification"`
	ChangeEmail         bool       `json:"changeEmail"`
	DeleteUser          bool       `json:"deleteUser"`
	WaitingList         bool       `json:"waitingList"`  // who may not sign up yet is put on a list
	SignUpFields        []Field    `json:"signUpFields"` // what signing up asks for besides
	Providers           []Provider `json:"providers"`
	Plugins             []string   `json:"plugins"` // ids

	Account AccountFeatures `json:"account"`
}

// Provider is a provider that users can sign in with.
type Provider struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Generic bool   `json:"generic,omitempty"` // of the plugin generic-oauth
}

// Field is an additional field of users that has to be given when they sign up.
type Field struct {
	Name string   `json:"name"`
	Type string   `json:"type"`           // string, number, boolean or date
	Enum []string `json:"enum,omitempty"` // the allowed texts
}

// boot is what the server writes into a page for its script: src/server.ts declares the
// same type.
type boot struct {
	Page      string          `json:"page"`
	Path      string          `json:"path"`
	Root      string          `json:"root"`
	Endpoints string          `json:"endpoints"`
	Mode      string          `json:"mode"`
	Version   string          `json:"version"`
	Reference string          `json:"reference"`
	Site      site            `json:"site"`
	Features  Features        `json:"features"`
	Next      string          `json:"next"`
	Texts     json.RawMessage `json:"texts"`
	Message   string          `json:"message"`
	Console   bool            `json:"console"`
	Home      bool            `json:"home"`
}

type site struct {
	Name      string   `json:"name"`
	Logo      string   `json:"logo"`
	Language  string   `json:"language"`
	Languages []string `json:"languages"`
	Pages     bool     `json:"pages"` // sign in and the others are served
}
