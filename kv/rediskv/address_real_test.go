package rediskv_test

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
)

// TestNodeAddresses opens addresses as ioredis, BullMQ and hosting providers write
// them.
func TestNodeAddresses(t *testing.T) {
	host := strings.TrimPrefix(startRedis(t), "redis://")
	for _, address := range []string{
		"redis://" + host + "?family=0&maxRetriesPerRequest=null&enableReadyCheck=false&connectTimeout=5000",
		"valkey://" + host + "/1",
		"\"redis://" + host + "\"",
		"redis://" + host + "?db=2&read_timeout=2s",
	} {
		var log bytes.Buffer
		s, err := rediskv.New(address, rediskv.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if err := s.Set(t.Context(), "k", "v", 0); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if v, ok, err := s.Get(t.Context(), "k"); v != "v" || !ok || err != nil {
			t.Errorf("%s: %q %v %v", address, v, ok, err)
		}
		if strings.Contains(address, "family") && !strings.Contains(log.String(), "family has no effect") {
			t.Errorf("the log says %s", log.String())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestPrefixOfTheAddress(t *testing.T) {
	server := miniredis.RunT(t)
	s := open(t, "redis://"+server.Addr()+"?keyPrefix=app:", rediskv.ReferencePrefix)
	if err := s.Set(t.Context(), "k", "v", 0); err != nil {
		t.Fatal(err)
	}
	if !server.Exists("app:better-auth:k") {
		t.Errorf("the keys are %v", server.Keys())
	}
}

func TestCertificates(t *testing.T) {
	server, err := miniredis.RunTLS(&tls.Config{Certificates: []tls.Certificate{testserver.Certificate(t)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	ca := url.QueryEscape(testserver.CA(t))
	for address, want := range map[string]bool{
		"rediss://" + server.Addr():                                             false,
		"valkeys://" + server.Addr():                                            false,
		"redis://" + server.Addr() + "?tls=true":                                false,
		"rediss://" + server.Addr() + "?sslrootcert=" + ca:                      true,
		"rediss://" + server.Addr() + "?rejectUnauthorized=false":               true,
		"rediss://" + server.Addr() + "?ssl_cert_reqs=CERT_NONE":                true,
		"rediss://" + server.Addr() + "?ssl_ca_certs=" + ca + "&max_retries=-1": true,
	} {
		err := open(t, address, "").Ping(t.Context())
		if (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
