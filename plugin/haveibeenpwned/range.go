package haveibeenpwned

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// service is the address of range queries. The answer lists the hashes that begin with the five digits: the rest of
// each, a colon, and how often the password was found.
const service = "https://api.pwnedpasswords.com/range/"

// statusError reports an answer with a status other than 2xx.
type statusError int

// Error implements error.
func (e statusError) Error() string {
	return fmt.Sprintf("the service answered with status %d", int(e))
}

// look asks the service about a password. The service pads its answer, so that an eavesdropper does not learn by its
// length which digits were asked for.
func (p *Plugin) look(ctx context.Context, password string) (bool, error) {
	sent, rest := secret.PwnedRange(js.WellFormed(password))
	o := p.auth.Options
	call := &oauth.Call{Context: ctx, Now: o.Now(), HTTP: o.HTTP, Log: p.auth.Log}
	res, err := call.Fetch(oauth.Request{
		URL: service + sent, Exact: true, Stop: true,
		Header: [][2]string{{"Add-Padding", "true"}, {"User-Agent", "BetterAuth Password Checker"}},
	})
	if err != nil {
		return false, err
	}
	if !res.OK() {
		return false, statusError(res.Status)
	}
	list, ok := res.Data.(string)
	if !ok {
		return false, errors.New("the service answered something else than a list")
	}
	return contains(list, rest)
}

// contains reports whether a list has a hash with a count above 0; the service pads the list with counts of 0.
func contains(list, rest string) (bool, error) {
	for line := range strings.SplitSeq(list, "\n") {
		hash, count, ok := strings.Cut(strings.TrimSuffix(line, "\r"), ":")
		if !ok || !strings.EqualFold(hash, rest) {
			continue
		}
		n, err := strconv.ParseUint(count, 10, 53)
		if err != nil || strconv.FormatUint(n, 10) != count {
			return false, errors.New("the service answered a count that is no number")
		}
		return n > 0, nil
	}
	return false, nil
}
