package jwt

import "github.com/seed-32bd42cb/betterauth/store"

func (p *Plugin) schema() store.Schema {
	fields := []store.Field{
		{Name: "publicKey", Type: store.String},
		{Name: "privateKey", Type: store.String},
		{Name: "createdAt", Type: store.Date},
		{Name: "expiresAt", Type: store.Date, Optional: true},
		{Name: "alg", Type: store.String, Optional: true},
		{Name: "crv", Type: store.String, Optional: true},
	}
	o := p.opts.Schema.JWKS
	for i := range fields {
		fields[i].Column = o.Fields[fields[i].Name]
	}
	return store.Schema{"jwks": {Table: o.ModelName, Fields: fields}}
}
