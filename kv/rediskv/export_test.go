package rediskv

import (
	"strings"
	"time"
)

// Nodes is what an address says.
type Nodes struct {
	Addrs, User, Password, Group string
	DB                           int
	Cluster                      bool
	Read                         time.Duration
}

// ReadNodes reads an address.
func ReadNodes(address string) (Nodes, error) {
	o, err := settings(address, DefaultTimeout)
	if err != nil {
		return Nodes{}, err
	}
	return Nodes{strings.Join(o.Addrs, " "), o.Username, o.Password, o.MasterName, o.DB, o.IsClusterMode, o.ReadTimeout}, nil
}
