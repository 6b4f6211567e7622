package address

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// Security is the level of encryption of a connection and of the check of the
// server's certificate.
type Security int

// The levels. A higher level includes the lower ones.
const (
	Unsaid   Security = iota
	Off               // no encryption
	Possible          // encrypted if the server supports it, without a check
	Encrypt           // encrypted, without a check
	Trusted           // signed by a trusted CA, for any host
	Verified          // and issued for this host
)

// TLS collects the encryption parameters of an address. CA, Cert and Key are
// names of PEM files; CAText, CertText and KeyText are PEM texts.
type TLS struct {
	Level                     Security // the strictest level of all parameters
	Unchecked                 bool     // a parameter turns the check off, like rejectUnauthorized=false
	Demanded                  bool     // a parameter demands the check by name, like verify-full
	CA, Cert, Key             string
	CAText, CertText, KeyText string
	ServerName                string
}

// Raise sets a level. If several are set, the strictest applies.
func (t *TLS) Raise(level Security) { t.Level = max(t.Level, level) }

// Boolean parses ssl=true, which checks the certificate as Node does, or
// ssl=false.
func (t *TLS) Boolean(value string) error {
	on, err := Bool(value)
	if err != nil {
		return err
	}
	t.Raise(Off)
	if on {
		t.Raise(Verified)
	}
	return nil
}

// Accept parses Prisma's sslaccept.
func (t *TLS) Accept(value string) error {
	word, err := OneOf(value, "strict", "accept_invalid_certs")
	if err != nil {
		return err
	}
	if word == "strict" {
		t.Demanded = true
		t.Raise(Verified)
		return nil
	}
	t.Unchecked = true
	return nil
}

// Reject parses rejectUnauthorized and its synonyms.
func (t *TLS) Reject(value string) error {
	check, err := Bool(value)
	t.Unchecked = t.Unchecked || !check
	return err
}

// JSON parses the object that Node's drivers accept: {"rejectUnauthorized":true}.
func (t *TLS) JSON(value string) error {
	var o struct {
		RejectUnauthorized *bool  `json:"rejectUnauthorized"`
		CA                 string `json:"ca"`
		Cert               string `json:"cert"`
		Key                string `json:"key"`
		ServerName         string `json:"servername"`
		MinVersion         string `json:"minVersion"` // never below TLS 1.2 here
	}
	d := json.NewDecoder(strings.NewReader(value))
	d.DisallowUnknownFields()
	if d.Decode(&o) != nil || d.More() {
		return errors.New(`must be true, false or an object with rejectUnauthorized, ca, cert, key and servername, like {"rejectUnauthorized":true}`)
	}
	t.Raise(Verified)
	t.Unchecked = t.Unchecked || o.RejectUnauthorized != nil && !*o.RejectUnauthorized
	t.CAText, t.CertText, t.KeyText, t.ServerName = o.CA, o.Cert, o.Key, o.ServerName
	return nil
}

// Settle returns the level that follows from all parameters. A CA alone implies
// the full check; together with a level that only encrypts, the certificate is
// checked as in libpq, for any host.
func (t *TLS) Settle() (Security, error) {
	ca := t.CA != "" || t.CAText != ""
	switch {
	case t.Unchecked && t.Demanded:
		return 0, errors.New("the parameters contradict each other: one demands that the certificate is checked, another that it is not")
	case t.Unchecked:
		return min(t.Level, Encrypt), nil
	case t.Level == Unsaid && (ca || t.ServerName != ""):
		return Verified, nil
	case t.Level == Encrypt && ca:
		return Trusted, nil
	}
	return t.Level, nil
}

// Config returns the TLS configuration of a client of host; nil if the level is
// Off or Unsaid. An empty host must be filled in by the caller.
func (t *TLS) Config(level Security, host string) (*tls.Config, error) {
	if level <= Off {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if t.ServerName != "" {
		c.ServerName = t.ServerName
	}
	var err error
	if c.RootCAs, err = t.roots(); err != nil {
		return nil, err
	}
	if t.Cert != "" || t.CertText != "" {
		pair, err := t.pair()
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	switch level {
	case Possible, Encrypt:
		c.InsecureSkipVerify = true
	case Trusted:
		c.InsecureSkipVerify = true
		c.VerifyConnection = signedBy(c.RootCAs)
	}
	return c, nil
}

// signedBy returns a check of a certificate's chain that ignores the host.
func signedBy(roots *x509.CertPool) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		o := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, c := range s.PeerCertificates[1:] {
			o.Intermediates.AddCert(c)
		}
		_, err := s.PeerCertificates[0].Verify(o)
		return err
	}
}

func (t *TLS) roots() (*x509.CertPool, error) {
	text := t.CAText
	if t.CA != "" && t.CA != "system" { // libpq's word for the system's CAs
		data, err := os.ReadFile(t.CA)
		if err != nil {
			return nil, fmt.Errorf("the file of the CA: %w", err)
		}
		text = string(data)
	}
	if text == "" {
		return nil, nil
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(text)) {
		return nil, errors.New("the CA is not a certificate in PEM")
	}
	return pool, nil
}

func (t *TLS) pair() (tls.Certificate, error) {
	cert, key := []byte(t.CertText), []byte(t.KeyText)
	var err error
	if t.Cert != "" {
		if cert, err = os.ReadFile(t.Cert); err != nil {
			return tls.Certificate{}, fmt.Errorf("the file of the client certificate: %w", err)
		}
	}
	if t.Key != "" {
		if key, err = os.ReadFile(t.Key); err != nil {
			return tls.Certificate{}, fmt.Errorf("the file of the client certificate's key: %w", err)
		}
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return pair, errors.New("client certificate and key are not a pair in PEM")
	}
	return pair, nil
}
