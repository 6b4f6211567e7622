package twofactor

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Name that authenticator apps show beside the account when it is enabled.
	Issuer string `json:"issuer" unset:"appName"`
	// Name of the table of second factors; takes precedence over
	// `schema.twoFactor.modelName`.
	TwoFactorTable string `json:"twoFactorTable" unset:"twoFactor"`
	// Codes of authenticator apps.
	TOTPOptions TOTPOptions `json:"totpOptions"`
	// Codes that are sent.
	OTPOptions OTPOptions `json:"otpOptions"`
	// Backup codes.
	BackupCodeOptions BackupCodeOptions `json:"backupCodeOptions"`
	// An authenticator app counts as soon as its secret is made, before a code of it was
	// typed.
	SkipVerificationOnEnable bool `json:"skipVerificationOnEnable"`
	// Users who have no password need none to set up and manage their second factor.
	AllowPasswordless bool `json:"allowPasswordless"`
	// Names of the plugin's tables and columns.
	Schema SchemaOptions `json:"schema"`
	// How long after the password the second factor may be given.
	TwoFactorCookieMaxAge *int `json:"twoFactorCookieMaxAge" default:"600" unit:"seconds"`
	// How long a trusted device is not asked, counted from its last sign-in.
	TrustDeviceMaxAge *int `json:"trustDeviceMaxAge" default:"2592000" unit:"seconds"`
	// Wrong codes lock the account for a while.
	AccountLockout LockoutOptions `json:"accountLockout"`
	// When a second factor is asked for beyond the npm package. Not in the npm package.
	Policy PolicyOptions `json:"policy"`
}

// TOTPOptions are the options for the codes of authenticator apps.
type TOTPOptions struct {
	// Number of digits. Apps know 6 and 8.
	Digits int `json:"digits" default:"6" min:"1" max:"8"`
	// How long a code is current. The one before and the one after it are accepted too.
	Period int `json:"period" default:"30" min:"1" unit:"seconds"`
	// Users who have no password need none to see the URI of their app.
	AllowPasswordless *bool `json:"allowPasswordless" unset:"allowPasswordless"`
	// Turns authenticator apps off.
	Disable bool `json:"disable"`
}

// OTPOptions are the options for codes that are sent.
type OTPOptions struct {
	// Sends the code.
	SendOTP callback.Func[OTPMail, callback.Nothing] `json:"sendOTP" unset:"no codes are sent"`
	// How long a code works.
	Period float64 `json:"period" default:"3" unit:"minutes"`
	// Number of digits.
	Digits int `json:"digits" default:"6" min:"1" max:"128"`
	// How often a code may be guessed.
	AllowedAttempts int `json:"allowedAttempts" default:"5" min:"1" max:"1000000"`
	// How the code is stored: `plain`, `hashed`, `encrypted`, `{ hash }`, or `{ encrypt,
	// decrypt }`.
	StoreOTP auth.CodeStorage `json:"storeOTP" default:"plain"`
}

// OTPMail is the argument of sendOTP: a code and its recipient.
type OTPMail struct {
	User *auth.User    `arg:"0.user"`
	OTP  string        `arg:"0.otp"`
	Call *auth.Context `arg:"1"`
}

// Mail implements [mail.Messager].
func (m OTPMail) Mail() mail.Message {
	return mail.Message{
		Kind: "two-factor-otp", To: m.User.Email, Code: m.OTP, Language: m.Call.ReaderLanguage(),
		Details: map[string]any{"user": map[string]any(m.User.Record())},
	}
}

// BackupCodeOptions are the options for backup codes.
type BackupCodeOptions struct {
	// Number of codes.
	Amount *int `json:"amount" default:"10" max:"1000"`
	// Number of characters of a code, besides the dash.
	Length *int `json:"length" default:"10" max:"128"`
	// Makes the codes.
	CustomBackupCodesGenerate callback.Func[callback.Nothing, []string] `json:"customBackupCodesGenerate" unset:"random letters and digits"`
	// How the codes are stored: `encrypted`, `plain`, or `{ encrypt, decrypt }`.
	StoreBackupCodes BackupCodeStorage `json:"storeBackupCodes" default:"encrypted"`
	// Users who have no password need none to make new codes.
	AllowPasswordless *bool `json:"allowPasswordless" unset:"allowPasswordless"`
}

// LockoutOptions say when wrong codes lock an account. All factors count together.
type LockoutOptions struct {
	// Turns it on.
	Enabled *bool `json:"enabled" default:"true"`
	// Number of wrong codes in a row.
	MaxFailedAttempts *int `json:"maxFailedAttempts" default:"10"`
	// How long no code is accepted.
	DurationSeconds *int `json:"durationSeconds" default:"900" unit:"seconds"`
}

// BackupCodeStorage says in which form backup codes are stored: encrypted with the server's secret, plain, or
// converted by callbacks.
type BackupCodeStorage struct {
	Plain   bool
	Encrypt callback.Func[string, string] // needs Decrypt
	Decrypt callback.Func[string, string]
}

// backupCodeStorageMap is the option storeBackupCodes in its map form.
type backupCodeStorageMap struct {
	// Makes the text that is stored, of a JSON list of the codes.
	Encrypt callback.Func[string, string] `json:"encrypt"`
	// Reads a stored text.
	Decrypt callback.Func[string, string] `json:"decrypt"`
}

// OptionShape implements [option.Shaper].
func (BackupCodeStorage) OptionShape() option.Shape {
	return option.Shape{Texts: []string{"encrypted", "plain"}, Map: reflect.TypeFor[backupCodeStorageMap]()}
}

var errBackupCodeStorage = errors.New("must be encrypted, plain, or {encrypt: …, decrypt: …}")

// UnmarshalJSON reads encrypted, plain or {encrypt, decrypt}.
func (s *BackupCodeStorage) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	*s = BackupCodeStorage{}
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if v != "plain" && v != "encrypted" {
			return fmt.Errorf("unknown storage %q (known: encrypted, plain)", v)
		}
		s.Plain = v == "plain"
		return nil
	case *js.Object:
		for name, member := range v.All() {
			f, ok := map[string]*callback.Func[string, string]{"encrypt": &s.Encrypt, "decrypt": &s.Decrypt}[name]
			if !ok {
				return fmt.Errorf("unknown key %q (known: encrypt, decrypt)", name)
			}
			if err := f.UnmarshalJSON(js.Marshal(member)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if s.Encrypt != nil && s.Decrypt != nil {
			return nil
		}
	}
	return errBackupCodeStorage
}

// BindCallback implements [callback.Binder].
func (s *BackupCodeStorage) BindCallback(event string, caller *callback.Caller) error {
	return errors.Join(s.Encrypt.BindCallback(event+".encrypt", caller), s.Decrypt.BindCallback(event+".decrypt", caller))
}
