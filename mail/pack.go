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

// How a message lies in a queue: as JSON, or compressed and sealed.
const (
	sealed    = "sealed2:" // compressed, then Sealer.Seal
	sealedOld = "sealed:"  // hex of the whole, by earlier versions of this server

	// maxEnvelope is the most that a message in words may have, in bytes of JSON.
	maxEnvelope = 256 << 10
	// maxPacked is the most that is unpacked of a queue.
	maxPacked = 1 << 20
)

// pack puts a message into words, and these into the form of the queue.
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
		return "", fmt.Errorf("mail: it has %d bytes, and %d are the most", len(text), maxEnvelope)
	}
	if seal == nil {
		return string(text), nil
	}
	closed, err := seal.Seal(compress(text))
	return sealed + closed, err
}

// text is the envelope as JSON, without escapes for HTML, which would double it.
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
	if err != nil { // neither the level nor memory can fail
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
		return nil, errors.New("mail: the message is sealed, and there are no keys")
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

// causeOf is what is kept of why a message failed: texts of servers may be of any
// length and of any bytes.
func causeOf(err error) string {
	const most = 500
	text := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "\uFFFD")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
