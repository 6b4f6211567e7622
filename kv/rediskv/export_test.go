package rediskv

import (
	"strings"
	"time"
)

// Nodes is the result of parsing an address.
type Nodes struct {
	Addrs, User, Password, Group string
	DB                           int
	Cluster                      bool
	Read                         time.Duration
}

// ReadNodes parses an address.
func ReadNodes(address string) (Nodes, error) {
	p, err := read(address)
	if err != nil {
		return Nodes{}, err
	}
	o := p.options
	complete(o, DefaultTimeout)
	return Nodes{strings.Join(o.Addrs, " "), o.Username, o.Password, o.MasterName, o.DB, o.IsClusterMode, o.ReadTimeout}, nil
}
