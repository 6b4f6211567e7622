package origin

import (
	"net"
	"net/http"
)

// IsDirect reports whether a request comes from this machine, names this machine as its host, and went through no
// proxy. A page on the internet can therefore not send one through a DNS name that points here, and a stranger cannot
// send one through a front end that passes requests on. It is for the pages of development, which show messages.
func IsDirect(r *http.Request) bool {
	if r == nil {
		return false
	}
	for _, name := range []string{"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && net.ParseIP(host).IsLoopback() && IsLoopbackHost(r.Host)
}
