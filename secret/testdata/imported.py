"""Makes imported.json: hashes as other programs make them.

Debian packages: python3-passlib python3-bcrypt python3-argon2 python3-django
python3-werkzeug. WordPress, Firebase and Drupal have no Python library: their
rows are published ones, and are added below with their sources.
"""
import base64, hashlib, hmac, json
import bcrypt
from argon2.low_level import Type, hash_secret
from django.conf import settings
settings.configure(PASSWORD_HASHERS=[])
from django.contrib.auth import hashers
from passlib import hash as p
from werkzeug.security import generate_password_hash

rows = []


def add(kind, source, password, text):
    rows.append({"kind": kind, "source": source, "password": password, "hash": text})


plain, wide, long = "correct horse battery staple", "pässwörd ﬁ 😀", "x" * 71 + "yz"
for w in (plain, wide, long):
    for ident in ("2a", "2b"):
        add("bcrypt", "bcrypt", w, bcrypt.hashpw(w.encode(), bcrypt.gensalt(4, ident.encode())).decode())
    add("bcrypt", "passlib bcrypt 2y", w, p.bcrypt.using(rounds=4, ident="2y").hash(w))
    add("bcrypt", "passlib bcrypt_sha256", w, p.bcrypt_sha256.using(rounds=4).hash(w))
    for t, name in ((Type.ID, "id"), (Type.I, "i"), (Type.D, "d")):
        add("argon2", "argon2-cffi " + name, w, hash_secret(w.encode(), b"saltsaltsaltsalt", 2, 1024, 2, 32, t).decode())
    for h in (p.pbkdf2_sha1, p.pbkdf2_sha256, p.pbkdf2_sha512):
        add("pbkdf2", "passlib " + h.name, w, h.using(rounds=1000).hash(w))
    add("scrypt", "passlib scrypt", w, p.scrypt.using(rounds=10).hash(w))
    add("sha-crypt", "passlib sha256_crypt", w, p.sha256_crypt.using(rounds=1000).hash(w))
    add("sha-crypt", "passlib sha512_crypt", w, p.sha512_crypt.using(rounds=5000).hash(w))
    for ident in ("P", "H"):
        add("phpass", "passlib phpass " + ident, w, p.phpass.using(rounds=8, ident="$%s$" % ident).hash(w))
    for cls in ("PBKDF2PasswordHasher", "PBKDF2SHA1PasswordHasher", "BCryptPasswordHasher", "BCryptSHA256PasswordHasher", "Argon2PasswordHasher"):
        hasher = getattr(hashers, cls)()
        hasher.iterations, hasher.rounds, hasher.time_cost, hasher.memory_cost, hasher.parallelism = 1000, 4, 1, 512, 2
        add(cls[:6].lower() if cls[0] != "B" else "bcrypt", "Django " + cls, w, hasher.encode(w, hasher.salt()))
    # Django 4's ScryptPasswordHasher.encode, which Debian's Django lacks.
    key = hashlib.scrypt(w.encode(), salt=b"seasalt", n=1024, r=8, p=2, dklen=64, maxmem=1 << 26)
    add("scrypt", "Django ScryptPasswordHasher", w, "scrypt$1024$seasalt$8$2$" + base64.b64encode(key).decode())
    add("pbkdf2", "Werkzeug pbkdf2:sha256", w, generate_password_hash(w, "pbkdf2:sha256:1000"))
    # Werkzeug 3's _hash_internal, which Debian's Werkzeug lacks.
    key = hashlib.scrypt(w.encode(), salt=b"pepperpepperpepp", n=1 << 10, r=8, p=1, dklen=64, maxmem=1 << 26)
    add("scrypt", "Werkzeug scrypt", w, "scrypt:1024:8:1$pepperpepperpepp$" + key.hex())
    # wp_hash_password of WordPress 6.8.
    inner = base64.b64encode(hmac.new(b"wp-sha384", w.strip().encode(), "sha384").digest())
    add("wordpress", "WordPress 6.8", w, "$wp" + p.bcrypt.using(rounds=4, ident="2y").hash(inner.decode()))

sep, sk = "Bw==", "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
add("firebase-scrypt", "github.com/firebase/scrypt, README", "user1password",
    "$fbscrypt$v=1,n=14,r=8,p=1,ss=%s,sk=%s$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==" % (sep, sk))
add("bcrypt", "jBCrypt's tests", "abcdefghijklmnopqrstuvwxyz", "$2a$08$aTsUwsyowQuzRrDqFflhgekJ8d9/7Z3GV3UcgvzQW3J5zMyrTvlz.")
add("sha-crypt", "Drepper's SHA-crypt.txt", "Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5")
add("sha-crypt", "Drepper's SHA-crypt.txt", "Hello world!",
    "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1")
add("phpass", "phpass-0.5, test.php", "test12345", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0")
add("phpass", "hashcat's example of Drupal 7", "hashcat", "$S$C33783772bRXEx1aCsvY.dqgaaSu76XmVlKrW9Qu8IQlvxHlmzLf")
add("phpass", "hashcat's example of phpass", "hashcat", "$P$984478476IagS59wHZvyQMArzfx58u.")

print(json.dumps(rows, ensure_ascii=False, indent=1))
