package captcha

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// service says how a service is asked. They all take a secret and a response, and answer {success}.
type service struct {
	url       string
	json      bool   // the request is JSON; otherwise it is a form
	address   string // parameter with the address of the client
	siteKey   bool   // takes the site key
	score     bool   // answers may have a score
	namesPage bool   // answers name the action and the host name of the page
}

// services returns the service of a provider.
func services(provider string) service {
	switch provider {
	case CloudflareTurnstile:
		return service{url: "https://challenges.cloudflare.com/turnstile/v0/siteverify", json: true, address: "remoteip", namesPage: true}
	case GoogleReCAPTCHA:
		return service{url: "https://www.google.com/recaptcha/api/siteverify", address: "remoteip", score: true, namesPage: true}
	case HCaptcha:
		return service{url: "https://api.hcaptcha.com/siteverify", address: "remoteip", siteKey: true}
	case CaptchaFox:
		return service{url: "https://api.captchafox.com/siteverify", address: "remoteIp", siteKey: true}
	}
	return service{}
}

// ask sends the response of a captcha to the service and returns what it says.
func (p *Plugin) ask(ctx context.Context, c *auth.Context, response string) (any, error) {
	call := &oauth.Call{Context: ctx, Now: c.Now(), HTTP: c.Options.HTTP, Log: c.Log}
	r := p.request(c, response)
	res, err := call.Fetch(r)
	if err != nil {
		return nil, err
	}
	if !res.OK() {
		return nil, fmt.Errorf("the service answered with status %d", res.Status)
	}
	if !js.Truthy(res.Data) {
		return nil, errors.New("the service answered with nothing")
	}
	return res.Data, nil
}

// request returns the request to the service. It carries the secret key, so redirects are not followed.
func (p *Plugin) request(c *auth.Context, response string) oauth.Request {
	params := oauth.Params{{Name: "secret", Value: p.opts.SecretKey}, {Name: "response", Value: response}}
	if p.service.siteKey && p.opts.SiteKey != "" {
		params.Set("sitekey", p.opts.SiteKey)
	}
	if ip, ok := c.ClientIP(); ok {
		params.Set(p.service.address, ip)
	}
	r := oauth.Request{Method: http.MethodPost, URL: p.service.url, Final: true}
	if !p.service.json {
		r.Header, r.Body = [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}}, params.Encode()
		return r
	}
	body := js.NewObject()
	for _, param := range params {
		body.Set(param.Name, param.Value)
	}
	r.Header, r.Body = [][2]string{{"Content-Type", "application/json"}}, string(js.Marshal(body))
	return r
}

// judge returns nil if a request passes after this answer of the service, and otherwise its refusal.
func (p *Plugin) judge(answer any) error {
	o, ok := answer.(*js.Object)
	if !ok {
		return refuse("the answer of the service is not an object")
	}
	// Services answer true or false. Any other value is not taken for a yes.
	if success, _ := o.Get("success"); success != true {
		return refuse("the service says no: " + reasons(o))
	}
	if p.service.score && !p.scoresEnough(o) {
		return refuse("the score is too low")
	}
	if !p.service.namesPage {
		return nil
	}
	if action, _ := o.Get("action"); p.opts.ExpectedAction != "" && action != p.opts.ExpectedAction {
		return refuse("the response was made for another action")
	}
	host, _ := o.Get("hostname")
	if name, _ := host.(string); len(p.opts.AllowedHostnames) > 0 && (name == "" || !slices.Contains(p.opts.AllowedHostnames, name)) {
		return refuse("the response was made on another host")
	}
	return nil
}

// reasons returns the error codes in an answer, for the log.
func reasons(answer *js.Object) string {
	list, _ := answer.Get("error-codes")
	codes, _ := list.([]any)
	text := js.String(codes)
	return text[:min(len(text), 200)]
}

// scoresEnough reports whether the score of an answer is high enough. Keys of version 2 give none.
func (p *Plugin) scoresEnough(answer *js.Object) bool {
	score, scored := answer.Get("score")
	if !scored {
		return true
	}
	n, ok := score.(float64)
	return ok && n >= *p.opts.MinScore
}
