package mail

import (
	"errors"
	"fmt"
	"net/mail"

	"github.com/seed-32bd42cb/betterauth/callback"
)

// Config is the section mail of a config file. It must set exactly one of the
// senders.
type Config struct {
	// Sender, like `Acme <no-reply@acme.example>`.
	From string `json:"from" unset:"needed"`
	// Address that replies go to.
	ReplyTo string `json:"replyTo"`

	// Sends messages to a mail server.
	SMTP *SMTP `json:"smtp"`
	// Sends each message to a webhook.
	Webhook callback.Func[*Envelope, callback.Nothing] `json:"webhook"`
	// For development: keeps messages and shows them, but sends none.
	Outbox bool `json:"outbox"`

	// Directory of your own templates, relative to the config file.
	Templates string `json:"templates" unset:"built in"`
	// Language of the messages; `auto` takes the reader's.
	Language string `json:"language" default:"en"`
	// Where messages wait until they are sent.
	Queue string `json:"queue" unset:"the first of these that there is" enum:"database,secondary-storage,memory"`
}

// SMTP is a mail server.
type SMTP struct {
	// Mail server.
	Host string `json:"host" unset:"needed"`
	// Port of the mail server.
	Port int `json:"port" unset:"587; 465 with tls: tls" min:"1" max:"65535"`
	// User name.
	User string `json:"user"`
	// Password.
	Password string `json:"password"`
	// Encryption: `starttls`, `tls` or `none`.
	TLS string `json:"tls" default:"starttls" enum:"starttls,tls,none"`
	// Certificates in PEM that are trusted besides the system's.
	CA string `json:"ca" unset:"those of the system"`
}

// DefaultFrom is the sender address of the outbox's messages if none is set.
const DefaultFrom = "no-reply@localhost"

// Check returns all mistakes of the section in one error.
func (c *Config) Check() error {
	var errs []error
	ways := 0
	for _, set := range []bool{c.SMTP != nil, c.Webhook != nil, c.Outbox} {
		if set {
			ways++
		}
	}
	if ways != 1 {
		errs = append(errs, errors.New("mail: set exactly one of smtp, webhook and outbox"))
	}
	if c.From == "" && !c.Outbox {
		errs = append(errs, errors.New("mail.from: the sender of the messages is missing"))
	}
	for name, address := range map[string]string{"from": c.From, "replyTo": c.ReplyTo} {
		if address == "" {
			continue
		}
		if _, err := mail.ParseAddress(address); err != nil {
			errs = append(errs, fmt.Errorf("mail.%s: %q is not an address like Acme <no-reply@acme.example>", name, address))
		}
	}
	switch c.Queue {
	case "", "database", "secondary-storage", "memory":
	default:
		errs = append(errs, fmt.Errorf("mail.queue: must be database, secondary-storage or memory, not %q", c.Queue))
	}
	if c.SMTP != nil {
		errs = append(errs, c.SMTP.check())
	}
	return errors.Join(errs...)
}

func (s *SMTP) check() error {
	var errs []error
	if s.Host == "" {
		errs = append(errs, errors.New("mail.smtp.host is missing"))
	}
	if s.Port < 0 || s.Port > 65535 {
		errs = append(errs, fmt.Errorf("mail.smtp.port: %d is not a port", s.Port))
	}
	if s.Password != "" && s.User == "" {
		errs = append(errs, errors.New("mail.smtp.password needs mail.smtp.user"))
	}
	switch s.TLS {
	case "", "starttls", "tls", "none":
	default:
		errs = append(errs, fmt.Errorf("mail.smtp.tls: must be starttls, tls or none, not %q", s.TLS))
	}
	if s.CA != "" {
		if _, err := s.pool(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
