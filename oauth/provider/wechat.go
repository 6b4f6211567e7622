package provider

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/option"
)

// WeChatOptions are the options of WeChat.
type WeChatOptions struct {
	oauth.Options
	// Language of the page.
	Lang string `json:"lang" default:"cn" enum:"cn,en"`
	// Kind of app.
	PlatformType string `json:"platformType" default:"WebsiteApp" enum:"WebsiteApp"`
}

const weChatAPI = "https://api.weixin.qq.com/sns/"

// WeChat returns the provider WeChat for websites. Its token endpoint uses GET, and an openid next to the tokens
// identifies the user.
func WeChat(o WeChatOptions) oauth.Provider {
	option.Defaults(&o)
	s := oauth.Spec{
		ID: "wechat", Name: "WeChat", Options: &o.Options,
		Scopes: []string{"snsapi_login"},
		ExchangeCode: func(c *oauth.Call, r oauth.CodeRequest) (*oauth.Tokens, error) {
			data, t, err := weChatTokens(c, "oauth2/access_token", o.credentials(o.ClientSecret,
				oauth.Param{Name: "code", Value: r.Code}, oauth.Param{Name: "grant_type", Value: "authorization_code"}))
			if err == nil {
				t.Extra = js.Obj("openid", oauth.Member(data, "openid"), "unionid", oauth.Member(data, "unionid"))
			}
			return t, err
		},
		RefreshToken: func(c *oauth.Call, token string) (*oauth.Tokens, error) {
			_, t, err := weChatTokens(c, "oauth2/refresh_token", o.credentials("",
				oauth.Param{Name: "grant_type", Value: "refresh_token"}, oauth.Param{Name: "refresh_token", Value: token}))
			return t, err
		},
		Identify: weChatUser,
		Subject:  func(p *js.Object) any { return oauth.Or(oauth.Member(p, "unionid"), oauth.Member(p, "openid")) },
	}
	s.Address = func(r oauth.AuthorizationRequest) (string, error) {
		p := oauth.Params{
			{Name: "scope", Value: strings.Join(s.ScopesOf(r), ",")}, {Name: "response_type", Value: "code"}, {Name: "appid", Value: named(strings.Join(o.ClientID, ","))},
			{Name: "redirect_uri", Value: redirect(&o.Options, r)}, {Name: "state", Value: r.State}, {Name: "lang", Value: o.Lang},
		}
		setFree(&p, r, "appid")
		return p.Append("https://open.weixin.qq.com/connect/qrconnect#wechat_redirect")
	}
	return oauth.New(s)
}

// credentials returns the parameters of a token request; it sends every configured client id to WeChat.
func (o *WeChatOptions) credentials(secret string, more ...oauth.Param) oauth.Params {
	var p oauth.Params
	for _, id := range o.ClientID {
		p.Add("appid", id)
	}
	p.SetIf("secret", secret)
	return append(p, more...)
}

func weChatTokens(c *oauth.Call, path string, query oauth.Params) (any, *oauth.Tokens, error) {
	res, err := c.Fetch(oauth.Request{URL: weChatAPI + path + "?" + query.Encode(), Final: true})
	if err != nil {
		return nil, nil, err
	}
	scope, ok := oauth.Member(res.Data, "scope").(string)
	if !res.OK() || js.Truthy(oauth.Member(res.Data, "errcode")) || !ok {
		return nil, nil, fmt.Errorf("provider: wechat: no tokens: %s", js.String(oauth.Member(res.Data, "errmsg")))
	}
	t := &oauth.Tokens{
		TokenType: "Bearer", AccessToken: oauth.Text(oauth.Member(res.Data, "access_token")), RefreshToken: oauth.Text(oauth.Member(res.Data, "refresh_token")),
		Scopes: strings.Split(scope, ","),
	}
	if seconds, ok := oauth.Member(res.Data, "expires_in").(float64); ok {
		t.AccessTokenExpiresAt = c.Now.Add(time.Duration(seconds * float64(time.Second)))
	}
	return res.Data, t, nil
}

func weChatUser(c *oauth.Call, r oauth.UserInfoRequest) (*js.Object, *js.Object, error) {
	openid := oauth.Member(r.Extra, "openid")
	if !js.Truthy(openid) {
		return nil, nil, nil
	}
	query := oauth.Params{{Name: "access_token", Value: r.AccessToken}, {Name: "openid", Value: js.String(openid)}, {Name: "lang", Value: "zh_CN"}}
	res, err := c.Fetch(oauth.Request{URL: weChatAPI + "userinfo?" + query.Encode()})
	if err != nil || !res.OK() || res.Object() == nil || js.Truthy(oauth.Member(res.Data, "errcode")) {
		return nil, nil, err
	}
	p := res.Object()
	email := oauth.Member(p, "email")
	if !js.Truthy(email) {
		email = placeholder(oauth.Or(oauth.Member(p, "unionid"), oauth.Member(p, "openid"), openid), "wechat")
	}
	if !oauth.IsSet(email) {
		return nil, nil, errMalformed
	}
	return p, person(oauth.Member(p, "nickname"), email, oauth.Member(p, "headimgurl"), false), nil
}
