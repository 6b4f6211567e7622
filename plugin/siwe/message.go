package siwe

import (
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// message is what the server reads from a signed message.
type message struct {
	domain, address, nonce    string
	chainID                   float64 // NaN if it is missing or not whole
	expirationTime, notBefore string
}

var (
	// headerLine ends in a class that excludes the blanks of JavaScript.
	headerLine  = regexp.MustCompile(`^(?:[a-zA-Z][a-zA-Z0-9+.-]*://)?([^\s\v\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}]+) wants you to sign in with your Ethereum account:$`)
	addressText = regexp.MustCompile(`^0x[a-fA-F0-9]{40}$`)
	fieldLine   = regexp.MustCompile(`^([A-Za-z ]+): ([^\n\r\x{2028}\x{2029}]*)$`)
	lineEnd     = regexp.MustCompile(`\r?\n`)
)

// parseMessage reads a message as the reference does (parse-message.mjs): leniently, and of several fields of a name
// the last. A message that lacks something important is refused later, because nothing there matches.
func parseMessage(text string) message {
	m := message{chainID: math.NaN()}
	lines := lineEnd.Split(text, -1)
	if header := headerLine.FindStringSubmatch(lines[0]); header != nil {
		m.domain = header[1]
	}
	if len(lines) > 1 {
		if address := js.Trim(lines[1]); addressText.MatchString(address) {
			m.address = address
		}
	}
	for _, line := range lines {
		field := fieldLine.FindStringSubmatch(line)
		if field == nil {
			continue
		}
		switch value := field[2]; field[1] {
		case "Chain ID":
			if n := js.ToNumber(value); n == math.Trunc(n) && !math.IsInf(n, 0) {
				m.chainID = n
			}
		case "Nonce":
			m.nonce = value
		case "Expiration Time":
			m.expirationTime = value
		case "Not Before":
			m.notBefore = value
		}
	}
	return m
}

// largestChainID is the largest whole number that every database of the reference can store exactly.
const largestChainID = 1<<53 - 1

// isFor reports whether the message names a wallet on a chain, and the server's domain.
func (m message) isFor(domain string) bool {
	return m.address != "" && m.chainID > 0 && m.chainID <= largestChainID && m.domain != "" && normalizedDomain(m.domain) == normalizedDomain(domain)
}

// hasExpired and startsLater ignore a time that cannot be read, as the reference does.
func (m message) hasExpired(now time.Time) bool {
	end, ok := js.ParseDate(m.expirationTime)
	return ok && m.expirationTime != "" && !now.Before(end)
}

func (m message) startsLater(now time.Time) bool {
	begin, ok := js.ParseDate(m.notBefore)
	return ok && m.notBefore != "" && now.Before(begin)
}

var schemePrefix = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://`)

// normalizedDomain returns host and port of a domain, in lower case, without scheme and path.
func normalizedDomain(domain string) string {
	host, _, _ := strings.Cut(schemePrefix.ReplaceAllString(strings.ToLower(js.Trim(domain)), ""), "/")
	return host
}

// conforming is the grammar of ERC-4361, in which every field stands once and in its place. Statements may have any
// characters but those that control. Between address and URI, some wallets leave out one of the empty lines.
var conforming = regexp.MustCompile(`^(?:[a-zA-Z][a-zA-Z0-9+.-]*://)?[^\s/?#@]+ wants you to sign in with your Ethereum account:\n` +
	`(0x[a-fA-F0-9]{40})\n` +
	`\n(?:[^\x00-\x1F\x7F]+\n\n|\n)?` +
	`URI: [a-zA-Z][a-zA-Z0-9+.-]*:\S+\n` +
	`Version: 1\n` +
	`Chain ID: [1-9][0-9]*\n` +
	`Nonce: [a-zA-Z0-9]{8,}\n` +
	`Issued At: (\S+)` +
	`(?:\nExpiration Time: (\S+))?` +
	`(?:\nNot Before: (\S+))?` +
	`(?:\nRequest ID: \S*)?` +
	`(?:\nResources:(?:\n- [a-zA-Z][a-zA-Z0-9+.-]*:\S+)*)?$`)

// conforms reports whether a message follows ERC-4361 to the letter, so that it cannot mean one thing to the wallet
// that shows it and another to the server.
func conforms(text string) bool {
	parts := conforming.FindStringSubmatch(text)
	if parts == nil {
		return false
	}
	for _, moment := range parts[2:] {
		if _, err := time.Parse(time.RFC3339, moment); moment != "" && err != nil {
			return false
		}
	}
	address := parts[1]
	mixed := strings.ToLower(address) != address && strings.ToUpper(address[2:]) != address[2:]
	return !mixed || checksummed(address) == address
}
