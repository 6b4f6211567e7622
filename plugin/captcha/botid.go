package captcha

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
)

// verifyBot asks the callbacks for BotID. The context that they get ends with the time limit. Whatever error they
// return, the request counts as not checked.
func (p *Plugin) verifyBot(ctx context.Context, c *auth.Context) error {
	if p.opts.CheckBotID == nil {
		return errors.New("the option checkBotId is not set")
	}
	verdict, err := p.opts.CheckBotID(ctx, callback.Nothing{})
	if err != nil {
		return fmt.Errorf("checkBotId: %v", err)
	}
	if p.opts.ValidateRequest != nil {
		valid, err := p.opts.ValidateRequest(ctx, BotRequest{Call: c, Verdict: verdict})
		switch {
		case err != nil:
			return fmt.Errorf("validateRequest: %v", err)
		case !valid:
			return refuse("validateRequest says no")
		}
		return nil
	}
	if verdict == nil {
		return errors.New("checkBotId returned nothing")
	}
	if isBot, _ := verdict.Get("isBot"); isBot != false {
		return refuse("isBot is not false")
	}
	return nil
}
