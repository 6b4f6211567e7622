package auditlog

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const modelName = "auditLog"

// Entry is one row of the log. Fields that are not known are null.
type Entry struct {
	ID             string    `json:"id"`
	Seq            int       `json:"seq" store:"unique"` // 1 for the first entry; each entry has the next number
	EventType      string    `json:"eventType" store:"index"`
	UserID         *string   `json:"userId" store:"index"` // the user concerned; no reference, because the log outlives users
	ActorID        *string   `json:"actorId"`              // the user who did it, if that is somebody else
	OrganizationID *string   `json:"organizationId" store:"index"`
	SessionID      *string   `json:"sessionId"`
	Method         *string   `json:"method"`
	Path           *string   `json:"path"`
	IPAddress      *string   `json:"ipAddress"`
	UserAgent      *string   `json:"userAgent"`
	EventData      *string   `json:"eventData"` // a JSON object of texts
	CreatedAt      time.Time `json:"createdAt" store:"index"`
	PreviousHash   string    `json:"previousHash"` // Hash of the entry before; "" for the first
	Hash           string    `json:"hash"`         // SHA-256 of the other fields in hexadecimal; see Sum
}

func model() store.Model { return store.ModelOf[Entry](modelName) }

func newEntry(e auth.Event) *Entry {
	return &Entry{
		EventType: e.Name, UserID: known(e.UserID), ActorID: known(e.ActorID), OrganizationID: known(e.OrganizationID),
		SessionID: known(e.SessionID), Method: known(e.Method), Path: known(e.Path), IPAddress: known(e.IPAddress),
		UserAgent: known(e.UserAgent), EventData: data(e.Details), CreatedAt: e.At.UTC().Truncate(time.Millisecond),
	}
}

// maxText is the longest text of an entry, in bytes.
const maxText = 1000

// known returns a text as every database stores it, or nil for "".
func known(text string) *string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	if text == "" {
		return nil
	}
	return &text
}

// data returns the details of an event as a JSON object, with its keys in order.
func data(details map[string]string) *string {
	if len(details) == 0 {
		return nil
	}
	o := js.NewObject()
	for _, k := range slices.Sorted(maps.Keys(details)) {
		if v := known(details[k]); v != nil {
			o.Set(k, *v)
		}
	}
	text := string(js.Marshal(o))
	return &text
}

// fields returns the fields of an entry in the order of the struct, without ID and Hash.
func (e *Entry) fields() *js.Object {
	o := js.Obj("seq", float64(e.Seq), "eventType", e.EventType)
	for _, f := range []struct {
		name  string
		value *string
	}{
		{"userId", e.UserID}, {"actorId", e.ActorID}, {"organizationId", e.OrganizationID}, {"sessionId", e.SessionID}, {"method", e.Method},
		{"path", e.Path}, {"ipAddress", e.IPAddress}, {"userAgent", e.UserAgent}, {"eventData", e.EventData},
	} {
		if f.value == nil {
			o.Set(f.name, nil)
		} else {
			o.Set(f.name, *f.value)
		}
	}
	o.Set("createdAt", e.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z"))
	o.Set("previousHash", e.PreviousHash)
	return o
}

// Sum returns the hash of an entry: the SHA-256, in hexadecimal, of the JSON object of its fields from seq to
// previousHash, in the order of the struct and without blanks. It can be computed again from an export of the log.
func (e *Entry) Sum() string { return secret.HexDigest(string(js.Marshal(e.fields()))) }

// JSON returns an entry as one line of an export.
func (e *Entry) JSON() []byte {
	o := e.fields()
	o.Set("hash", e.Hash)
	return js.Marshal(o)
}
