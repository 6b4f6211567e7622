package secret_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/secret"
)

type importedVector struct {
	Kind, Source, Password, Hash string
}

// TestImportedHashes verifies hashes that testdata/imported.py made with other
// programs.
func TestImportedHashes(t *testing.T) {
	h := secret.NewHasher(secret.HasherOptions{Parallel: 2})
	for _, v := range load[[]importedVector](t, "imported.json") {
		if kind, err := secret.Inspect(v.Hash); kind != secret.Kind(v.Kind) || err != nil {
			t.Errorf("%s: Inspect = %s, %v; want %s", v.Source, kind, err, v.Kind)
		}
		if ok, err := h.Verify(t.Context(), v.Hash, v.Password); !ok || err != nil {
			t.Errorf("%s: %q for %s: %v %v", v.Source, v.Password, v.Hash, ok, err)
		}
		// The first character is changed, because bcrypt uses only the first 72.
		if ok, err := h.Verify(t.Context(), v.Hash, "?"+v.Password[1:]); ok || err != nil {
			t.Errorf("%s: a wrong password: %v %v", v.Source, ok, err)
		}
	}
}

// TestImportedHashesAreBounded checks that hashes are rejected that would take
// gigabytes or minutes, that match any password, or whose kind is unknown.
func TestImportedHashesAreBounded(t *testing.T) {
	h := secret.NewHasher(secret.HasherOptions{Parallel: 1})
	salt, key := "c2FsdHNhbHRzYWx0", "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE"
	for _, c := range []struct {
		kind secret.Kind
		hash string
	}{
		{secret.Bcrypt, "$2b$31$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"},
		{secret.Bcrypt, "$2b$-1$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"},
		{secret.Bcrypt, "$2b$10$short"},
		{secret.Bcrypt, "$2"},
		{secret.Bcrypt, "$bcrypt-sha256$v=2,t=2b,r=30$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2"},
		{secret.Argon2, "$argon2id$v=19$m=10485760,t=1,p=1$" + salt + "$" + key},
		{secret.Argon2, "$argon2id$v=19$m=65536,t=100000,p=1$" + salt + "$" + key},
		{secret.Argon2, "$argon2id$v=19$m=8,t=1,p=4294967295$" + salt + "$" + key},
		{secret.Argon2, "$argon2id$v=19$m=65536,t=0,p=1$" + salt + "$" + key},
		{secret.Argon2, "$argon2id$v=19$m=65536,t=1,p=1$" + salt + "$YQ"},
		{secret.Argon2, "$argon2id$v=16$m=65536,t=1,p=1$" + salt + "$" + key},
		{secret.Argon2, "$argon2id$m=65536,t=1,p=1$" + salt + "$" + key},
		{secret.PBKDF2, "$pbkdf2-sha256$4294967295$" + salt + "$" + key},
		{secret.PBKDF2, "$pbkdf2-sha256$1000$" + salt + "$"},
		{secret.PBKDF2, "pbkdf2_sha256$99999999999999999999$salt$" + key},
		{secret.PBKDF2, "pbkdf2_sha256$0$salt$" + key},
		{secret.PBKDF2, "pbkdf2_sha256$1000$salt$"},
		{secret.PBKDF2, "pbkdf2_md4$1000$salt$" + key},
		{secret.PBKDF2, "pbkdf2:sha256:4000000000$salt$" + strings.Repeat("ab", 32)},
		{secret.Scrypt, "$scrypt$ln=31,r=8,p=1$" + salt + "$" + key},
		{secret.Scrypt, "$scrypt$ln=20,r=8,p=1$" + salt + "$" + key},
		{secret.Scrypt, "$scrypt$ln=14,r=8,p=1000$" + salt + "$" + key},
		{secret.Scrypt, "$scrypt$ln=0,r=0,p=0$" + salt + "$" + key},
		{secret.Scrypt, "scrypt$1000$salt$8$1$" + key},
		{secret.Scrypt, "scrypt:16384:8:1$salt$"},
		{secret.Firebase, "$fbscrypt$v=1,n=30,r=8,p=1,ss=Bw==,sk=" + key + "$" + salt + "$" + key},
		{secret.Firebase, "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=$" + salt + "$"},
		{secret.SHACrypt, "$6$rounds=999999999$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjlO/O817G3uBnIFNjnQJuesI68OTLiBFdcbYEdFCoEOfaS35inz1"},
		{secret.PHPass, "$P$zIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"},
		{secret.PHPass, "$P$zIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0.."},
		{secret.WordPress, "$wp$2y$31$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"},
		{secret.Unknown, ""},
		{secret.Unknown, "5f4dcc3b5aa765d61d8327deb882cf99"},
		{secret.Unknown, "md5:salt:5f4dcc3b5aa765d61d8327deb882cf99"},
		{secret.Unknown, "{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr"},
		{secret.Unknown, "$y$j9T$abc$def"},
		{secret.Unknown, strings.Repeat("$2", 2000)},
	} {
		kind, err := secret.Inspect(c.hash)
		if kind != c.kind || !errors.Is(err, secret.ErrPasswordHash) {
			t.Errorf("%.60s: Inspect = %s, %v; want %s and why not", c.hash, kind, err, c.kind)
		}
		if err != nil && (strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "CCCC")) {
			t.Errorf("%.60s: the error repeats the hash: %v", c.hash, err)
		}
		if ok, err := h.Verify(t.Context(), c.hash, "x"); ok || !errors.Is(err, secret.ErrPasswordHash) {
			t.Errorf("%.60s: Verify = %v, %v", c.hash, ok, err)
		}
	}
}

func FuzzInspect(f *testing.F) {
	for _, v := range load[[]importedVector](f, "imported.json") {
		f.Add(v.Hash)
	}
	f.Fuzz(func(t *testing.T, hash string) {
		kind, err := secret.Inspect(hash)
		if err != nil && !errors.Is(err, secret.ErrPasswordHash) || kind == "" {
			t.Errorf("%q: %s, %v", hash, kind, err)
		}
	})
}
