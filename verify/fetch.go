package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	fetchTimeout = 5 * time.Second
	maxBody      = 256 << 10
	maxKeys      = 100
	maxRedirects = 3
)

// guardedClient returns a copy of client, so that the caller's client is not
// changed.
func guardedClient(client *http.Client) *http.Client {
	guarded := http.Client{}
	if client != nil {
		guarded = *client
	}
	if guarded.Timeout == 0 {
		guarded.Timeout = fetchTimeout
	}
	guarded.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		first := via[0].URL
		if r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
			return errors.New("redirect to another host")
		}
		if len(via) >= maxRedirects {
			return errors.New("too many redirects")
		}
		return nil
	}
	return &guarded
}

// fetch fetches a key set. It skips keys of other kinds, which a server may
// publish for other purposes.
func fetch(ctx context.Context, client *http.Client, address string) (map[string]key, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("verify: fetch keys: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	response, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("verify: fetch keys: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("verify: fetch keys: %s answers %s", address, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("verify: fetch keys: %w", err)
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("verify: fetch keys: more than %d bytes", maxBody)
	}
	return parseKeys(body)
}

func parseKeys(body []byte) (map[string]key, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil || set.Keys == nil {
		return nil, errors.New("verify: fetch keys: not a key set")
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("verify: fetch keys: more than %d keys", maxKeys)
	}
	keys := make(map[string]key, len(set.Keys))
	for _, data := range set.Keys {
		id, k, ok := parseKey(data)
		if _, taken := keys[id]; ok && !taken {
			keys[id] = k
		}
	}
	return keys, nil
}
