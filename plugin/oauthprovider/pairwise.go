package oauthprovider

import (
	"encoding/base64"
	"errors"

	"github.com/seed-32bd42cb/betterauth/secret"
)

// subject returns the identifier by which a client knows a user. With subject_type pairwise it differs for each host
// of clients, so that they cannot find out that they have the same user.
func (p *Plugin) subject(userID string, cl *Client) (string, error) {
	if p.opts.PairwiseSecret == "" || text(cl.SubjectType) != "pairwise" {
		return userID, nil
	}
	if len(cl.RedirectURIs) == 0 {
		return "", errors.New("oauth-provider: a client with pairwise subjects has no redirect URI")
	}
	u, ok := parseURL(cl.RedirectURIs[0])
	if !ok {
		return "", errors.New("oauth-provider: the redirect URI of a client is no URL")
	}
	return base64.StdEncoding.EncodeToString(secret.HMAC(p.opts.PairwiseSecret, u.Host+"."+userID)), nil
}
