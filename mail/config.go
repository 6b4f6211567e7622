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
	From    string `json:"from"` // "Acme <no-reply@acme.example>"
	ReplyTo string `json:"replyTo"`

	SMTP    *SMTP                                      `json:"smtp"`
	Webhook callback.Func[*Envelope, callback.Nothing] `json:"webhook"`
	Outbox  bool                                       `json:"outbox"` // development: keep and show messages, send nothing

	Templates string `json:"templates"` // a directory with custom templates and words
	Language  string `json:"language"`  // default en; auto uses the reader's language
	Queue     string `json:"queue"`     // database, secondary-storage or memory; default: the first of these that is available
}

// SMTP is a mail server.
type SMTP struct {
	Host     string `json:"host"`
	Port     int    `json:"port"` // default 587; 465 with tls: tls
	User     string `json:"user"`
	Password string `json:"password"`
	TLS      string `json:"tls"` // starttls (default), tls, none
	CA       string `json:"ca"`  // file of PEM certificates to trust in addition to the system's
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
