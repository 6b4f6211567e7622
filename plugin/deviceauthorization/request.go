package deviceauthorization

import (
	"errors"
	"math"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// userAlphabet has no characters that look alike.
const userAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// attempts is how often codes are made again because another row has them.
const attempts = 3

type codeRequest struct {
	ClientID string  `json:"client_id" doc:"The client ID of the application"`
	UserID   *string `json:"user_id,omitempty" doc:"The user ID to which the device code should be pre-bound."`
	Scope    *string `json:"scope,omitempty" doc:"Space-separated list of scopes"`
}

type codeAnswer struct {
	DeviceCode              string  `json:"device_code"`
	UserCode                string  `json:"user_code"`
	VerificationURI         string  `json:"verification_uri"`
	VerificationURIComplete string  `json:"verification_uri_complete"`
	ExpiresIn               float64 `json:"expires_in"`
	Interval                float64 `json:"interval"`
}

func (p *Plugin) request() auth.Endpoint {
	endpoint := auth.Handle(auth.Route{
		ID: "deviceCode", Methods: []string{http.MethodPost}, Path: "/device/code", Session: auth.Public, NoStore: true,
		MediaTypes: []string{"application/json", "application/x-www-form-urlencoded"},
		Summary:    "Request a device and user code", OpenAPI: codeDocument(p.grant != nil),
		Invalid: func(in auth.Invalid) *auth.Error {
			if p.invalidResource(in.Issues) {
				return bad(invalidTarget, "Invalid resource indicator")
			}
			return bad(invalidRequest, in.Text)
		},
	}, func(c *auth.Context, in *codeRequest) (*codeAnswer, error) {
		if err := in.effective(c); err != nil {
			return nil, err
		}
		client, err := p.authorize(c, in)
		if err != nil {
			return nil, err
		}
		if client != nil {
			in.ClientID = client.ClientID
		} else if err := p.checkOther(c, in.ClientID); err != nil {
			return nil, err
		}
		if told := p.opts.OnDeviceAuthRequest; told != nil {
			if _, err := told(c, Request{in.ClientID, in.Scope}); err != nil {
				return nil, auth.FromCallback(err)
			}
		}
		row, err := p.create(c, in, client)
		if err != nil {
			return nil, err
		}
		return p.describe(c, row)
	})
	if p.grant != nil {
		return endpoint.WithBody(p.requestSchema())
	}
	return endpoint
}

// checkOther refuses a client that is not the grant's. With a grant, no client is known unless an option says so.
func (p *Plugin) checkOther(c *auth.Context, id string) error {
	if id == "" {
		return bad(invalidRequest, "client_id is required")
	}
	if p.grant != nil && p.opts.ValidateClient == nil {
		return bad(invalidClient, "Invalid client ID")
	}
	return p.checkClient(c, id)
}

// effective drops parameters without a value and refuses those with several, as RFC 6749 (3.1) says.
func (in *codeRequest) effective(c *auth.Context) error {
	for _, parameter := range []struct {
		name  string
		value **string
	}{{"client_id", nil}, {"user_id", &in.UserID}, {"scope", &in.Scope}} {
		var values []string
		for _, v := range c.Form[parameter.name] {
			if v != "" {
				values = append(values, v)
			}
		}
		if len(values) > 1 {
			return bad(invalidRequest, parameter.name+" must not be repeated")
		}
		given := len(values) == 1
		switch value := parameter.value; {
		case value == nil && given:
			in.ClientID = values[0]
		case value == nil:
		case given:
			*value = &values[0]
		case *value != nil && **value == "":
			*value = nil
		}
	}
	return nil
}

func (p *Plugin) checkClient(c *auth.Context, id string) error {
	if p.opts.ValidateClient == nil {
		return nil
	}
	known, err := p.opts.ValidateClient(c, id)
	if err != nil {
		return auth.FromCallback(err)
	}
	if !known {
		return bad(invalidClient, "Invalid client ID")
	}
	return nil
}

// create stores new codes. If another row has one of them, both are made again.
func (p *Plugin) create(c *auth.Context, in *codeRequest, client *Authorized) (*deviceCode, error) {
	interval := milliseconds(p.opts.Interval.Duration())
	for range attempts {
		device, err := generated(c, p.opts.GenerateDeviceCode, "device", func() string {
			return secret.Random(p.opts.DeviceCodeLength, "a-z", "A-Z", "0-9")
		})
		if err != nil {
			return nil, err
		}
		user, err := generated(c, p.opts.GenerateUserCode, "user", func() string {
			return secret.Random(p.opts.UserCodeLength, userAlphabet)
		})
		if err != nil {
			return nil, err
		}
		made := &deviceCode{
			DeviceCode: device, UserCode: user, UserID: in.UserID, ExpiresAt: c.Now().Add(p.opts.ExpiresIn.Duration()), Status: pending,
			PollingInterval: &interval, ClientID: &in.ClientID, Scope: in.Scope,
		}
		if client != nil {
			made.OAuthClientID, made.Resources = &client.ClientID, client.Resources
		}
		row, err := p.codes.Create(c, made)
		if !errors.Is(err, store.ErrConflict) {
			return row, err
		}
	}
	return nil, refuse(http.StatusInternalServerError, serverError, "Failed to generate a unique device code")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// generated returns a code of the option's func, or else of byDefault.
func generated(c *auth.Context, option callback.Func[callback.Nothing, string], kind string, byDefault func() string) (string, error) {
	if option == nil {
		return byDefault(), nil
	}
	code, err := option(c, callback.Nothing{})
	switch {
	case err != nil:
		return "", auth.FromCallback(err)
	case code == "":
		return "", bad(invalidRequest, "Generated "+kind+" code must be a string")
	case utf8.RuneCountInString(code) > longestCode:
		return "", bad(invalidRequest, "Generated "+kind+" code must be at most 191 characters")
	}
	return code, nil
}

func (p *Plugin) describe(c *auth.Context, row *deviceCode) (*codeAnswer, error) {
	page, err := origin.WithQuery(c.BaseURL, p.opts.VerificationURI, nil)
	if err != nil {
		return nil, err
	}
	complete, err := origin.WithQuery(c.BaseURL, p.opts.VerificationURI, [][2]string{{"user_code", row.UserCode}})
	if err != nil {
		return nil, err
	}
	return &codeAnswer{
		DeviceCode: row.DeviceCode, UserCode: row.UserCode, VerificationURI: page, VerificationURIComplete: complete,
		ExpiresIn: math.Floor(p.opts.ExpiresIn.Duration().Seconds()), Interval: math.Floor(p.opts.Interval.Duration().Seconds()),
	}, nil
}
