package mail

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMessagesOfAPerson(t *testing.T) {
	each(t, func(t *testing.T, q Queue, clock *time.Time) {
		ctx := t.Context()
		if _, ok := q.(keeper); !ok {
			return // the queue in memory
		}
		m := &Mailer{queue: q}
		for i, to := range []string{"ann@example.com", "bob@example.com", "Ann@example.com", "joann@example.com"} {
			check(t, q.Put(ctx, `{"to":"`+to+`","kind":"reset","text":"secret link","url":"https://x/secret","code":"123456"}`, *clock))
			if i == 0 {
				check(t, q.Fail(ctx, claim(t, q, *clock), "refused"))
			}
		}
		check(t, q.Put(ctx, "not a message", clock.Add(time.Second)))
		list := func(to string) (out []string) {
			check(t, m.EachTo(ctx, []string{to}, func(k Kept) error {
				out = append(out, k.State+" "+k.To+" "+k.Kind)
				return nil
			}))
			slices.Sort(out)
			return out
		}
		if got := strings.Join(list("ann@example.com"), ", "); got != "failed ann@example.com reset, queued Ann@example.com reset" {
			t.Error(got)
		}
		check(t, m.ForgetTo(ctx, []string{"ann@example.com"}))
		if got := list("ann@example.com"); len(got) != 0 {
			t.Errorf("left: %v", got)
		}
		if got := append(list("bob@example.com"), list("joann@example.com")...); len(got) != 2 {
			t.Errorf("others have %v", got)
		}
		if next := claim(t, q, *clock); next == nil || strings.Contains(next.Content, "ann@example.com\"") && !strings.Contains(next.Content, "joann") {
			t.Errorf("next is %v", next)
		}
	})
}
