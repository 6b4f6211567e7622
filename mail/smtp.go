package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// ErrRefused reports a message that the receiving side will never accept.
var ErrRefused = errors.New("mail: refused permanently")

// smtpTimeout limits connecting and every later step.
const smtpTimeout = 20 * time.Second

type smtpSender struct {
	server  *SMTP
	now     func() time.Time
	timeout time.Duration
}

// Send implements [Sender]: one connection for each message.
func (s smtpSender) Send(ctx context.Context, e *Envelope) error {
	msg, err := s.compose(e)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err) // the address or the text cannot be part of a mail
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	err = client.SendWithSMTPClient(conn, msg)
	// The server has already accepted or rejected the message, so errors are
	// ignored.
	_ = client.CloseWithSMTPClient(conn)
	return judged(err)
}

// judged distinguishes a recipient or a content that the server will never accept
// (5xx) from temporary failures. Rejected senders and logins can be fixed by the
// operator, so they are tried again.
func judged(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) || failed.IsTemp() || failed.ErrorCode() < 500 {
		return err
	}
	switch failed.Reason {
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

func (s smtpSender) client() (*gomail.Client, error) {
	o := s.server
	options := []gomail.Option{gomail.WithTimeout(s.timeout)}
	port := o.Port
	switch o.TLS {
	case "tls":
		options = append(options, gomail.WithSSL())
		if port == 0 {
			port = 465
		}
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if port == 0 {
		port = 587
	}
	options = append(options, gomail.WithPort(port))
	if o.CA != "" {
		pool, err := o.pool()
		if err != nil {
			return nil, err
		}
		options = append(options, gomail.WithTLSConfig(&tls.Config{ServerName: o.Host, MinVersion: tls.VersionTLS12, RootCAs: pool}))
	}
	if o.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(o.User), gomail.WithPassword(o.Password))
	}
	return gomail.NewClient(o.Host, options...)
}

func (s *SMTP) pool() (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM([]byte(s.CA)) {
		return nil, errors.New("mail.smtp.ca: contains no certificate in PEM")
	}
	return pool, nil
}

func (s smtpSender) compose(e *Envelope) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	errs := []error{msg.From(e.From), msg.To(e.To)}
	if e.ReplyTo != "" {
		errs = append(errs, msg.ReplyTo(e.ReplyTo))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	msg.Subject(e.Subject)
	msg.SetDateWithValue(s.now())
	// The id is the same for every attempt, so that a receiver can detect a
	// repetition.
	msg.SetMessageIDWithValue(e.ID + "@" + domainOf(e.From))
	// RFC 3834: prevents automatic replies.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, e.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, e.HTML)
	return msg, nil
}

func domainOf(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	if domain = strings.TrimRight(domain, "> "); domain == "" {
		return "localhost"
	}
	return domain
}
