package mail

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The form of a message in a queue: JSON, or compressed and encrypted.
const (
	sealed    = "sealed2:" // compressed, then Sealer.Seal
	sealedOld = "sealed:"  // hex of the whole, written by earlier versions of this server

	// maxEnvelope is the largest message in words, in bytes of JSON.
	maxEnvelope = 256 << 10
	// maxPacked is the largest message that is unpacked from a queue.
	maxPacked = 1 << 20
)

// pack puts a message into words and returns the form for the queue.
func (m *Mailer) pack(in incoming) (string, error) {
	m.mu.Lock()
	app, seal := m.app, m.seal
	m.mu.Unlock()
	e, err := m.words.envelope(in, app)
	if err != nil {
		return "", err
	}
	e.From, e.ReplyTo = m.settings.From, m.settings.ReplyTo
	if e.From == "" {
		e.From = DefaultFrom
	}
	text, err := e.text()
	if err != nil {
		return "", err
	}
	if len(text) > maxEnvelope {
		return "", fmt.Errorf("mail: the message has %d bytes, the limit is %d", len(text), maxEnvelope)
	}
	if seal == nil {
		return string(text), nil
	}
	closed, err := seal.Seal(compress(text))
	return sealed + closed, err
}

// text returns the envelope as JSON, without HTML escapes, which would double its
// size.
func (e *Envelope) text() ([]byte, error) {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	err := w.Encode(e)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func compress(text []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil { // impossible: the level is valid, and writing to memory does not fail
		return nil
	}
	return b.Bytes()
}

var errTooLong = errors.New("mail: the message is too long")

func (m *Mailer) open(content string) (*Envelope, error) {
	if len(content) > maxPacked {
		return nil, fmt.Errorf("%w: %d bytes", errTooLong, len(content))
	}
	m.mu.Lock()
	seal := m.seal
	m.mu.Unlock()
	text, err := unpack(content, seal)
	if err != nil {
		return nil, err
	}
	e := new(Envelope)
	return e, json.Unmarshal(text, e)
}

func unpack(content string, seal Sealer) ([]byte, error) {
	closed, isSealed := strings.CutPrefix(content, sealed)
	old, isOld := strings.CutPrefix(content, sealedOld)
	switch {
	case !isSealed && !isOld:
		return []byte(content), nil
	case seal == nil:
		return nil, errors.New("mail: the message is encrypted, and there are no keys")
	case isOld:
		text, err := seal.Decrypt(old)
		return []byte(text), err
	}
	packed, err := seal.Open(closed)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxPacked))
	if err == nil && len(text) == maxPacked {
		err = errTooLong
	}
	return text, err
}

// causeOf returns the stored form of an error: texts of servers may have any
// length and any bytes.
func causeOf(err error) string {
	const most = 500
	text := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "\uFFFD")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
