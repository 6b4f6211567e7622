package callback

import (
	"strings"
	"testing"
)

// FuzzAnswer decodes any answer of a webhook. The result is an error or an
// answer, never a panic, and no header that could split a response.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		``, `null`, `{}`, `{"result":"2026-11-24T12:00:00.000Z"}`, `{"result":{"$type":"undefined"}}`,
		`{"$error":true,"name":"E","message":"m"}`, `{"status":"UNAUTHORIZED","code":"C","message":"m","headers":[["set-cookie","a=b"]]}`,
		`{"headers":[["a","b\r\nc: d"]]}`, `{"headers":[[1,2]]}`, `{"status":1e999}`, `[[[[`, "\xff", `{"result":` + strings.Repeat("[", 200),
	} {
		f.Add(200, []byte(seed))
		f.Add(401, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, data []byte) {
		answer, err := read(status, data)
		pairs := answer.Header
		if failed, ok := err.(*APIError); ok {
			pairs = failed.Header
			if failed.Status < 100 && failed.Status != status {
				t.Errorf("status %d of %q", failed.Status, data)
			}
		}
		for _, pair := range pairs {
			if pair[0] == "" || strings.ContainsAny(pair[0]+pair[1], "\r\n\x00") {
				t.Errorf("header %q", pair)
			}
		}
		if err != nil && answer.Set {
			t.Errorf("both an answer and the error %v", err)
		}
	})
}
