package origin

// URL is a parsed absolute URL, with the parts that JavaScript's URL has.
type URL struct {
	Href     string // the whole URL as it is normalized
	Protocol string // with its colon
	Username string
	Password string
	Host     string // with the port, unless that is the default of the scheme
	Hostname string
	Port     string
	Pathname string
	Search   string // "" or with its question mark
	Hash     string // "" or with its number sign
	Origin   string // "null" if it is opaque
}

// ParseURL parses an absolute URL as new URL(raw) does. ok is false if raw is none.
func ParseURL(raw string) (u *URL, ok bool) {
	if u, ok := plain(raw); ok {
		return &u, true
	}
	parsed, err := parse(raw)
	if err != nil {
		return nil, false
	}
	u = &URL{
		Href: parsed.Href(false), Protocol: parsed.Protocol(), Username: parsed.Username(), Password: parsed.Password(),
		Host: parsed.Host(), Hostname: parsed.Hostname(), Port: parsed.Port(), Pathname: parsed.Pathname(),
		Search: parsed.Search(), Hash: parsed.Hash(), Origin: "null",
	}
	if o, ok := parsed.origin(); ok {
		u.Origin = o
	}
	return u, true
}

// Params are the pairs of a query in order, like JavaScript's URLSearchParams.
type Params [][2]string

// ParseParams parses a query, with or without a question mark before it.
func ParseParams(query string) Params {
	if query != "" && query[0] == '?' {
		query = query[1:]
	}
	return decodeQuery(query)
}

// Get returns the first value of a name. ok is false if there is none.
func (p Params) Get(name string) (value string, ok bool) {
	for _, pair := range p {
		if pair[0] == name {
			return pair[1], true
		}
	}
	return "", false
}

// All returns the values of a name.
func (p Params) All(name string) (values []string) {
	for _, pair := range p {
		if pair[0] == name {
			values = append(values, pair[1])
		}
	}
	return values
}

// Without returns the pairs that have none of these names.
func (p Params) Without(names ...string) Params {
	out := make(Params, 0, len(p))
next:
	for _, pair := range p {
		for _, name := range names {
			if pair[0] == name {
				continue next
			}
		}
		out = append(out, pair)
	}
	return out
}

// With returns the pairs with one value for a name, at the place of the first it had, or at the end.
func (p Params) With(name, value string) Params {
	return setPair(append(Params{}, p...), [2]string{name, value})
}

// String returns the query, encoded as URLSearchParams does.
func (p Params) String() string { return encodeQuery(p) }
