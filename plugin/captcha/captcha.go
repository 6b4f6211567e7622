// Package captcha asks a service whether a request comes from a person before it reaches an endpoint: Cloudflare
// Turnstile, Google reCAPTCHA, hCaptcha, CaptchaFox or Vercel BotID. By default it protects sign-up and sign-in with a
// password, and password resets.
//
//	plugins:
//	  captcha: { provider: cloudflare-turnstile, secretKey: ${TURNSTILE_SECRET_KEY} }
//
// or from Go:
//
//	Plugins: []auth.Plugin{captcha.New(captcha.Options{Provider: captcha.CloudflareTurnstile, SecretKey: key})},
//
// The browser sends the response of the captcha in the header x-captcha-response. A request passes only after the
// service has confirmed it: whatever else happens, it is refused.
package captcha

// This package does not know what the endpoints do that it protects.

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// The values of Options.Provider.
const (
	CloudflareTurnstile = "cloudflare-turnstile"
	GoogleReCAPTCHA     = "google-recaptcha"
	HCaptcha            = "hcaptcha"
	CaptchaFox          = "captchafox"
	VercelBotID         = "vercel-botid"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Service that checks the responses.
	Provider string `json:"provider" unset:"needed" enum:"cloudflare-turnstile,google-recaptcha,hcaptcha,captchafox,vercel-botid"`
	// Secret key of the service.
	SecretKey string `json:"secretKey" unset:"needed, but not by vercel-botid"`
	// Paths that are protected, without the base path; one with a `*` is a pattern, such as
	// `/sign-in/*`.
	Endpoints []string `json:"endpoints" unset:"/sign-up/email, /sign-in/email, /request-password-reset"`
	// URL that is asked in place of the service's own.
	SiteVerifyURLOverride string `json:"siteVerifyURLOverride" unset:"the URL of the service"`
	// Lowest score that passes, from 0 for a robot to 1 for a person. For google-recaptcha
	// with keys of version 3.
	MinScore *float64 `json:"minScore" default:"0.5" max:"1"`
	// Action for which the response must have been made. For google-recaptcha and
	// cloudflare-turnstile.
	ExpectedAction string `json:"expectedAction" unset:"any"`
	// Host names of the pages where the response may have been made. For google-recaptcha
	// and cloudflare-turnstile.
	AllowedHostnames []string `json:"allowedHostnames" unset:"any"`
	// Site key that the service checks too. For hcaptcha and captchafox.
	SiteKey string `json:"siteKey"`
	// Returns the verdict of BotID. For vercel-botid.
	CheckBotID callback.Func[callback.Nothing, *js.Object] `json:"checkBotId" unset:"needed by vercel-botid"`
	// Decides by the verdict of BotID. For vercel-botid.
	ValidateRequest callback.Func[BotRequest, bool] `json:"validateRequest" unset:"isBot must be false"`
	// Longest time that a check may take. After it the request is refused. Not in the npm
	// package, where it is always 10.
	Timeout int `json:"timeout" default:"10" min:"1" max:"60" unit:"seconds"`
}

// BotRequest is the argument of validateRequest.
type BotRequest struct {
	Call    *auth.Context `arg:"0.request,request"`
	Verdict *js.Object    `arg:"0.verification,omitempty"` // of checkBotId
}

// Plugin is the captcha plugin.
type Plugin struct {
	opts    Options
	service service
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	if len(o.Endpoints) == 0 {
		o.Endpoints = []string{"/sign-up/email", "/sign-in/email", "/request-password-reset"}
	}
	s := services(o.Provider)
	if o.SiteVerifyURLOverride != "" {
		s.url = o.SiteVerifyURLOverride
	}
	return &Plugin{o, s}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:     "captcha",
		Codes:  []auth.Code{VerificationFailed, MissingResponse, UnknownError},
		Screen: p.screen,
		Init:   p.init,
	}
}

func (p *Plugin) init(a *auth.Auth) error {
	o := &p.opts
	if err := option.Check(o); err != nil {
		return err
	}
	switch {
	case o.Provider == "":
		return errors.New("provider is needed")
	case o.Provider == VercelBotID && o.CheckBotID == nil:
		a.Log.Warn("captcha: checkBotId is not set, so all protected endpoints answer 500")
	case o.Provider != VercelBotID && o.SecretKey == "":
		a.Log.Warn("captcha: secretKey is not set, so all protected endpoints answer 500")
	}
	if to := o.SiteVerifyURLOverride; to != "" {
		if u, err := url.Parse(to); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return fmt.Errorf("siteVerifyURLOverride %q must be an http or https URL", to)
		}
	}
	return nil
}

// screen refuses requests for protected paths that the service does not confirm.
func (p *Plugin) screen(c *auth.Context) error {
	if !c.RequestMatches(p.opts.Endpoints) {
		return nil
	}
	ctx, cancel := context.WithTimeout(c, time.Duration(p.opts.Timeout)*time.Second)
	defer cancel()
	err := p.verify(ctx, c)
	var refusal *auth.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		c.Log.WarnContext(c, "captcha: a request is refused", "provider", p.opts.Provider, "reason", refusal)
		return refusal
	}
	c.Log.ErrorContext(c, "captcha: a request cannot be checked and is refused", "provider", p.opts.Provider, "error", err)
	return auth.Internal(UnknownError)
}

// verify returns nil for a request that passes, and an *auth.Error for one that does not. Any other error means that
// this is not known, because the service did not answer as it should, or because the options are incomplete.
func (p *Plugin) verify(ctx context.Context, c *auth.Context) error {
	if p.opts.Provider == VercelBotID {
		return p.verifyBot(ctx, c)
	}
	if p.opts.SecretKey == "" {
		return errors.New("the option secretKey is not set")
	}
	response, _ := c.RequestHeaderValue("X-Captcha-Response")
	if response == "" {
		return auth.BadRequest(MissingResponse)
	}
	answer, err := p.ask(ctx, c, response)
	if err != nil {
		return err
	}
	return p.judge(answer)
}

// refuse returns the refusal of a request. The reason is logged and never sent.
func refuse(reason string) error {
	return auth.Forbidden(VerificationFailed).Because(errors.New(reason))
}
