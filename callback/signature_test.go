package callback

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

// The vectors come from the npm package standardwebhooks 1.1.1, the
// specification's own library.
func TestSignatureVectors(t *testing.T) {
	tests := []struct {
		secret, id string
		at         int64
		body, want string
	}{
		{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, `{"test": 2432232314}`, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
		{"whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553, `{"email":"test@example.com","username":"test_user"}`, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="},
		{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_ü", 1, `{"event":"emailVerification.sendVerificationEmail","data":["ü☃"]}`, "v1,Ocrb6g/AZzvXlDWNw21IfaMSzbKxZXNPgseqGwENWuc="},
		{"correct horse battery staple", "msg_1", 1700000000, `{}`, "v1,vrzFWeN9OE6b3o6TRZsnScLgxdGTPOzrkNHT8OLXnWI="},
	}
	for _, tt := range tests {
		at := time.Unix(tt.at, 999_000_000)
		got, err := Sign(tt.secret, tt.id, at, []byte(tt.body))
		if err != nil || got != tt.want {
			t.Errorf("Sign(%s) = %s, %v; want %s", tt.id, got, err, tt.want)
		}
	}
	if _, err := Sign("whsec_?", "msg", time.Unix(0, 0), nil); err == nil {
		t.Error("signed with a secret that is not base64")
	}
}

func TestVerify(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	const good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	at := time.Unix(1614265330, 0)
	headers := func(pairs ...string) http.Header {
		h := http.Header{}
		h.Set("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
		h.Set("webhook-timestamp", "1614265330")
		h.Set("webhook-signature", good)
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	const body = `{"test": 2432232314}`
	tests := []struct {
		name   string
		secret string
		header http.Header
		body   string
		now    time.Time
		ok     bool
	}{
		{"good", secret, headers(), body, at, true},
		{"just old enough", secret, headers(), body, at.Add(5 * time.Minute), true},
		{"just new enough", secret, headers(), body, at.Add(-5 * time.Minute), true},
		{"one of several", secret, headers("webhook-signature", "v1a,xx v1,AAAA "+good), body, at, true},
		{"too old", secret, headers(), body, at.Add(5*time.Minute + 1), false},
		{"too new", secret, headers(), body, at.Add(-5*time.Minute - 1), false},
		{"other secret", "whsec_AAAA", headers(), body, at, false},
		{"the text of the secret as it is", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers(), body, at, false},
		{"other body", secret, headers(), `{"test": 2432232315}`, at, false},
		{"other id", secret, headers("webhook-id", "msg_2"), body, at, false},
		{"other timestamp", secret, headers("webhook-timestamp", "1614265331"), body, at, false},
		{"no timestamp", secret, headers("webhook-timestamp", ""), body, at, false},
		{"timestamp is no number", secret, headers("webhook-timestamp", "now"), body, at, false},
		{"no id", secret, headers("webhook-id", ""), body, at, false},
		{"no signature", secret, headers("webhook-signature", ""), body, at, false},
		{"empty signature", secret, headers("webhook-signature", "v1,"), body, at, false},
		{"other version", secret, headers("webhook-signature", "v2"+good[2:]), body, at, false},
		{"no version", secret, headers("webhook-signature", good[3:]), body, at, false},
		{"no secret", "", headers(), body, at, false},
	}
	for _, tt := range tests {
		err := Verify(tt.secret, tt.header, []byte(tt.body), tt.now)
		if (err == nil) != tt.ok || (err != nil && !errors.Is(err, ErrSignature)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestVerifyNeedsASecret checks that a receiver without a secret accepts nothing,
// because anyone can sign with an empty one.
func TestVerifyNeedsASecret(t *testing.T) {
	at := time.Unix(1614265330, 0)
	signature, err := Sign("", "msg_1", at, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	h.Set("webhook-id", "msg_1")
	h.Set("webhook-timestamp", "1614265330")
	h.Set("webhook-signature", signature)
	if err := Verify("", h, []byte("{}"), at); !errors.Is(err, ErrSignature) {
		t.Errorf("signed with nothing: %v", err)
	}
}
