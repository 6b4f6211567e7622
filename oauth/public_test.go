package oauth

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestAttackPrivateAddress: a URL from a stranger must not make this server connect to its own network, in any
// spelling.
func TestAttackPrivateAddress(t *testing.T) {
	for address, public := range map[string]bool{
		"93.184.216.34:443": true, "[2606:2800:220:1:248:1893:25c8:1946]:443": true,
		"127.0.0.1:80": false, "10.0.0.1:80": false, "172.16.3.4:80": false, "192.168.1.1:80": false, "169.254.169.254:80": false, "0.0.0.0:80": false,
		"100.64.0.1:80": false, "224.0.0.1:80": false, "255.255.255.255:80": false, "198.18.0.1:80": false, "192.0.2.1:80": false,
		"[::1]:80": false, "[::]:80": false, "[fe80::1]:80": false, "[fc00::1]:80": false, "[ff02::1]:80": false, "[::ffff:127.0.0.1]:80": false,
		"[::ffff:10.0.0.1]:80": false, "[64:ff9b::7f00:1]:80": false, "[2002:7f00:1::]:80": false, "[2001:db8::1]:80": false, "nonsense": false,
	} {
		if err := checkPublic(address); (err == nil) != public {
			t.Errorf("%s: %v", address, err)
		}
	}
	reached := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer s.Close()
	_, err := (&http.Client{Transport: PublicTransport()}).Get(s.URL)
	if !errors.Is(err, ErrPrivateAddress) || reached {
		t.Errorf("%v, reached: %v", err, reached)
	}
}
