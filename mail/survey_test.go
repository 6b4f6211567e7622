package mail

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// A survey counts what waits and what was given up, and shows neither codes nor links. Every shown message can be
// dropped by its id, and no other goes with it.
func TestSurvey(t *testing.T) {
	each(t, func(t *testing.T, q Queue, clock *time.Time) {
		ctx := t.Context()
		m, err := New(Settings{Config: Config{Outbox: true}, Sender: newFake(0, nil), Keep: q, Now: func() time.Time { return noon }})
		check(t, err)
		m.Use(Server{Seal: upper{}})
		const code = "482913"
		for i := range 5 {
			content, err := m.pack(incoming{event: resetEvent, at: noon, Message: Message{Kind: "otp-sign-in", To: fmt.Sprintf("user%d@example.com", i), Code: code, URL: "https://app.example/secretlink"}})
			check(t, err)
			check(t, q.Put(ctx, content, noon.Add(time.Duration(i)*time.Second)))
		}
		_, isMemory := q.(*memoryQueue)
		given := 0
		for range 2 { // the two oldest; a queue in memory forgets them
			check(t, q.Fail(ctx, claim(t, q, noon.Add(time.Minute)), "550 "+code+" no such user"))
			if !isMemory {
				given++
			}
		}
		s, err := m.Survey(ctx, 10)
		check(t, err)
		if s.Waiting != 3 || s.Failed != given || len(s.Messages) != 3+given {
			t.Fatalf("%+v", s)
		}
		if one := s.Messages[len(s.Messages)-3]; one.To != "user4@example.com" || one.State != queued || one.Kind != "otp-sign-in" || !strings.Contains(one.Subject, mask) {
			t.Errorf("the newest that waits: %+v", one)
		}
		if text := fmt.Sprintf("%+v", s); strings.Contains(text, code) || strings.Contains(text, "secretlink") {
			t.Errorf("a code or a link is shown: %s", text)
		}
		if few, err := m.Survey(ctx, 2); err != nil || len(few.Messages) != 2 || few.Waiting != 3 || few.Failed != given {
			t.Errorf("%+v %v", few, err)
		}
		left := s.Messages
		for len(left) > 0 {
			dropped, err := m.Drop(ctx, left[0].ID)
			check(t, err)
			left = left[1:]
			now, err := m.Survey(ctx, 10)
			check(t, err)
			if !dropped || !slices.Equal(now.Messages, left) {
				t.Fatalf("%v, left %+v, not %+v", dropped, now.Messages, left)
			}
		}
		for _, id := range []string{"", "1", "nobody", kvWaiting + "1", kvWaiting + "x"} {
			if dropped, err := m.Drop(ctx, id); dropped || err != nil {
				t.Errorf("%q: %v %v", id, dropped, err)
			}
		}
	})
}
