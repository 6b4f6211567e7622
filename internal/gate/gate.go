// Package gate decides which e-mail addresses a list of entries admits. It reads no database: whether an address is
// invited is asked elsewhere.
package gate

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Rules are the entries of a list.
type Rules struct {
	Invited bool // invited addresses are admitted

	domains   map[string]bool // exact domains in ASCII
	parents   []string        // ".example.com" for @*.example.com
	addresses map[string]bool // by Key
	methods   map[string]bool
}

// viaPrefix begins an entry that names a method.
const viaPrefix = "via:"

// Parse reads the entries:
//
//	invited            addresses with an invitation
//	@example.com       addresses of this domain, and not of its subdomains
//	@*.example.com     addresses of its subdomains at any depth, and not of the domain itself
//	ada@example.com    this address
//	via:siwe           users who are created by this method, whatever their address
//
// The error lists all entries that are of no such form.
func Parse(entries []string) (*Rules, error) {
	r := &Rules{domains: map[string]bool{}, addresses: map[string]bool{}, methods: map[string]bool{}}
	var errs []error
	for _, entry := range entries {
		if err := r.add(entry); err != nil {
			errs = append(errs, err)
		}
	}
	return r, errors.Join(errs...)
}

func (r *Rules) add(entry string) error {
	if entry == "invited" {
		r.Invited = true
		return nil
	}
	if method, ok := strings.CutPrefix(entry, viaPrefix); ok {
		if method == "" || strings.ContainsAny(method, " @*") {
			return fmt.Errorf("%q names no method, such as via:anonymous", entry)
		}
		r.methods[method] = true
		return nil
	}
	if below, ok := strings.CutPrefix(entry, "@*."); ok {
		domain, ok := ascii(below)
		if !ok {
			return fmt.Errorf("%q names no domain", entry)
		}
		r.parents = append(r.parents, "."+domain)
		return nil
	}
	if domain, ok := strings.CutPrefix(entry, "@"); ok {
		domain, ok := ascii(domain)
		if !ok {
			return fmt.Errorf("%q names no domain", entry)
		}
		r.domains[domain] = true
		return nil
	}
	key, ok := Key(entry)
	if !ok {
		return fmt.Errorf("%q is not invited, a domain like @example.com, an address or a method like via:anonymous", entry)
	}
	r.addresses[key] = true
	return nil
}

// ByAddress reports whether any entry is about addresses. Such an entry means something only if the address is proven.
func (r *Rules) ByAddress() bool {
	return r.Invited || len(r.domains)+len(r.parents)+len(r.addresses) > 0
}

// Method reports whether an entry admits everybody who is created by the method.
func (r *Rules) Method(method string) bool { return r.methods[method] }

// Address reports whether an entry names the address or its domain.
func (r *Rules) Address(address string) bool {
	key, ok := Key(address)
	if !ok {
		return false
	}
	if r.addresses[key] {
		return true
	}
	domain := key[strings.LastIndexByte(key, '@')+1:]
	if r.domains[domain] {
		return true
	}
	for _, parent := range r.parents {
		if strings.HasSuffix(domain, parent) {
			return true
		}
	}
	return false
}

// Key returns the form in which addresses are compared: lower case, with the domain in ASCII. Addresses that mail
// servers could read in two ways have none: with several @, quotes, comments or blanks, with a dot at the end, or with
// letters that turn into other characters when they are normalized. What precedes the @ is not interpreted, so that
// ada+news@example.com is another address than ada@example.com.
func Key(address string) (key string, ok bool) {
	local, domain, found := strings.Cut(norm.NFC.String(address), "@")
	if !found || local == "" || len(address) > longest || strings.Contains(domain, "@") || !utf8.ValidString(address) {
		return "", false
	}
	for _, c := range local {
		if !plain(c) {
			return "", false
		}
	}
	if norm.NFKC.String(local) != local {
		return "", false
	}
	name, ok := ascii(domain)
	if !ok {
		return "", false
	}
	lower := strings.ToLower(local)
	if strings.ToLower(norm.NFC.String(lower)) != lower {
		return "", false
	}
	return lower + "@" + name, true
}

// longest is the length of the longest address of RFC 5321.
const longest = 254

// plain reports whether a character may precede the @ without quotes (RFC 5322 and RFC 6531).
func plain(c rune) bool {
	switch {
	case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
		return true
	case c < 0x80:
		return strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", c)
	}
	return unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsNumber(c)
}

// domains converts names as programs that look them up do, and refuses what no DNS name is.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.BidiRule(), idna.VerifyDNSLength(true))

func ascii(domain string) (string, bool) {
	if domain == "" || strings.HasSuffix(domain, ".") {
		return "", false
	}
	name, err := domains.ToASCII(domain)
	if err != nil || name == "" || strings.HasSuffix(name, ".") {
		return "", false
	}
	again, err := domains.ToASCII(name) // a name that looks encoded and is not
	return name, err == nil && again == name
}
