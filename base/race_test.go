package base_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// A hundred simultaneous sign-ups with one address create one user with one account, on every database; the others
// are told that the address is taken.
func TestRacingSignUps(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := authtest.New(t, authtest.PlainPasswords(o))
		var made, taken atomic.Int32
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				body := fmt.Sprintf(`{"name":"n%d","email":"One@Example.com","password":"password1234"}`, i)
				switch got := s.Client().Post("/sign-up/email", body); got.Status {
				case 200:
					made.Add(1)
				case 422:
					taken.Add(1)
				default:
					t.Error(got)
				}
			})
		}
		wg.Wait()
		if made.Load() != 1 || taken.Load() != 99 {
			t.Errorf("%d made, %d taken", made.Load(), taken.Load())
		}
		for _, model := range []string{"user", "account", "session"} {
			s.WantRows(1, model)
		}
	}, everywhere.Databases()...)
}
