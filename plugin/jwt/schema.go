package jwt

import "github.com/seed-32bd42cb/betterauth/store"

func (p *Plugin) schema() store.Schema {
	private := store.Need{AtLeast: 340, UpTo: 8192} // of the shortest kind of key
	if p.opts.JWKS.DisablePrivateKeyEncryption {
		private.AtLeast = 120
	}
	fields := []store.Field{
		{Name: "publicKey", Type: store.String, Need: store.Need{AtLeast: 70, UpTo: 1024}},
		{Name: "privateKey", Type: store.String, Need: private},
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
