//go:build unix

package testserver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// authority is the CA of this test program. PostgreSQL and MariaDB have a
// certificate of it, for localhost and 127.0.0.1, with which clients can connect.
type authority struct {
	once sync.Once
	err  error
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

var ca authority

// CA returns the file of the CA that signed the certificates of the servers.
func CA(t testing.TB) string {
	t.Helper()
	if err := ca.make(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pemOf("CERTIFICATE", ca.cert.Raw), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Certificate returns a certificate of CA, for servers that a test runs itself.
func Certificate(t testing.TB) tls.Certificate {
	t.Helper()
	cert, key, err := ca.sign()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func (a *authority) make() error {
	a.once.Do(func() {
		if a.key, a.err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); a.err != nil {
			return
		}
		template := template("test CA")
		template.IsCA, template.BasicConstraintsValid = true, true
		template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
		var der []byte
		if der, a.err = x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key); a.err == nil {
			a.cert, a.err = x509.ParseCertificate(der)
		}
	})
	return a.err
}

func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
}

// sign returns a certificate for this machine and its key, in PEM.
func (a *authority) sign() (cert, key []byte, err error) {
	if err := a.make(); err != nil {
		return nil, nil, err
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	t := template("localhost")
	t.DNSNames, t.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	t.KeyUsage, t.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, &private.PublicKey, a.key)
	if err != nil {
		return nil, nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	return pemOf("CERTIFICATE", der), pemOf("PRIVATE KEY", secret), err
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// certify writes a certificate and its key into the folder of a server.
func (s *server) certify() (cert, key string, err error) {
	certText, keyText, err := ca.sign()
	if err != nil {
		return "", "", err
	}
	cert, key = filepath.Join(s.dir, "server.pem"), filepath.Join(s.dir, "server.key")
	err = errors.Join(os.WriteFile(cert, certText, 0o644), os.WriteFile(key, keyText, 0o600))
	if err == nil && s.as != nil {
		err = errors.Join(os.Chown(cert, int(s.as.Uid), int(s.as.Gid)), os.Chown(key, int(s.as.Uid), int(s.as.Gid)))
	}
	return cert, key, err
}
