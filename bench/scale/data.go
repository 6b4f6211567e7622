// Package scale fills a PostgreSQL database with the rows of a large site: users,
// sessions, organizations with members, and API keys. The same size and seed give
// the same rows, so a program can compute the token of a session or the text of a
// key without reading the database.
package scale

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// The number of rows at full size.
const (
	fullUsers         = 1_000_000
	fullSessions      = 100_000
	fullOrganizations = 10_000
	fullKeys          = 1_000_000
)

// The members of organizations. The organization 0 has Largest, 1 has Middle, and
// so has every thousandth and every hundredth after them; the others are small.
const (
	Largest = 5_000
	Middle  = 500
)

// Admins is the number of users with the role admin, at every size: the users 0 to
// Admins-1.
const Admins = 50

// Data describes the rows of a site.
type Data struct {
	Users, Sessions, Organizations, Keys int

	seed uint64
}

// New returns the description of a site with a share of the full number of rows.
func New(share float64, seed uint64) (Data, error) {
	d := Data{
		Users: int(fullUsers * share), Sessions: int(fullSessions * share),
		Organizations: int(fullOrganizations * share), Keys: int(fullKeys * share), seed: seed,
	}
	if d.Users < 2*Largest || share > 10 {
		return d, fmt.Errorf("the size must be from 1%% to 1000%%, because the largest organization has %d members", Largest)
	}
	return d, nil
}

// The kinds of values, so that those of different kinds differ.
const (
	ofUser = iota + 1
	ofSession
	ofOrganization
	ofKey
	ofMember
	ofToken
	ofSecret
	ofAccount
	ofSize
	ofFirst
	ofName
)

// number returns the nth pseudo-random number of a kind (splitmix64).
func (d *Data) number(kind, n int) uint64 {
	x := d.seed + uint64(kind)<<48 + uint64(n)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// text returns the nth text of a kind, with the letters of the server's ids.
func (d *Data) text(kind, n, length int) string {
	var b strings.Builder
	b.Grow(length)
	for part := 0; b.Len() < length; part++ {
		x := d.number(kind+part<<8, n)
		for range min(8, length-b.Len()) {
			b.WriteByte(letters[x%62])
			x /= 62
		}
	}
	return b.String()
}

// UserID returns the id of a user.
func (d *Data) UserID(n int) string { return d.text(ofUser, n, 32) }

// Token returns the token of a session. The session n is that of the user n.
func (d *Data) Token(n int) string { return d.text(ofToken, n, 32) }

// OrganizationID returns the id of an organization. The user n is the owner of the
// organization n.
func (d *Data) OrganizationID(n int) string { return d.text(ofOrganization, n, 32) }

// Key returns the text of an API key.
func (d *Data) Key(n int) string { return d.text(ofSecret, n, 64) }

// stored returns the form in which a key is stored.
func stored(key string) string {
	sum := sha256.Sum256([]byte(key))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Email returns the address of a user, which contains the user's number.
func (d *Data) Email(n int) string {
	first, last := d.names(n)
	return fmt.Sprintf("%s.%s.%d@example.com", strings.ToLower(first), strings.ToLower(last), n)
}

// Banned reports whether a user is banned: one in a hundred is, but nobody who has a
// session.
func (d *Data) Banned(n int) bool { return n >= d.Sessions && n%100 == 99 }

// Name returns the name of a user. About 1 in 3,600 users has the same.
func (d *Data) Name(n int) string {
	first, last := d.names(n)
	return first + " " + last
}

func (d *Data) names(n int) (first, last string) {
	x := d.number(ofName, n)
	return firstNames[x%uint64(len(firstNames))], lastNames[x>>32%uint64(len(lastNames))]
}

var firstNames = strings.Fields(`Ada Alan Amir Anna Barbara Bashir Carla Chen Dana Diego Edsger Elena Emil Fatima Frances Grace Hana Hedy Ines
	Ivan Jean John Jorge Karen Kenji Kim Lars Leila Lena Linus Maja Marie Miguel Mina Nadia Nils Noor Olga Omar Oskar Paulo Petra Priya Radia
	Rosa Sana Sofia Sven Tariq Tim Uma Vera Viktor Wanda Xenia Yara Yusuf Zara Zhi Zoe`)

var lastNames = strings.Fields(`Lovelace Turing Hopper Dijkstra Liskov Knuth Hamilton Perlman Ritchie Thompson Allen Backus Bartik Borg Cerf Codd
	Cook Curie Engelbart Floyd Goldberg Gray Hoare Iverson Jennings Johnson Kahn Karp Kay Keller Kleinrock Lamport Lamarr McCarthy Meyer Milner
	Minsky Moore Naur Neumann Noether Parnas Pike Rabin Reddy Rivest Scott Shamir Shannon Simon Spence Stroustrup Sutherland Tarjan Torvalds
	Valiant Wilkes Wing Wirth Zuse`)

// Members returns the number of members of an organization.
func (d *Data) Members(n int) int {
	switch {
	case n%1000 == 0:
		return Largest
	case n%100 == 1:
		return Middle
	}
	return 1 + int(d.number(ofSize, n)%40)
}

// member returns the number of the user who is a member of an organization. The
// first member is its owner.
func (d *Data) member(organization, n int) int {
	// The steps are odd and not a multiple of 5, so that no user is met twice.
	step := int(d.number(ofFirst, organization)%1_000_000)*10 + 1
	return (organization + n*step) % d.Users
}

// The times of all rows are before began and after it by years.
var (
	began = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	ends  = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
)

const years = 3 * 365 * 24 * time.Hour

// made returns the time when the nth of many rows was made.
func (d *Data) made(kind, n, of int) time.Time {
	gap := years / time.Duration(of)
	at := gap*time.Duration(n) + time.Duration(d.number(kind, n)%uint64(gap))
	return began.Add(at).Truncate(time.Millisecond)
}
