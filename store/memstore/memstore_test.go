package memstore_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
	"github.com/seed-32bd42cb/betterauth/store/storetest"
)

func TestDriver(t *testing.T) {
	storetest.Run(t, func(*testing.T, []*store.TableSchema) store.Driver { return memstore.New() })
}

func TestValues(t *testing.T) {
	storetest.Values(t, func(*testing.T, []*store.TableSchema) store.Driver { return memstore.New() }, "memory")
}
