package apikey_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/store"
)

// watched counts the statements of a database, and fails writes if it is told to.
type watched struct {
	store.Driver
	reads, writes int
	fails         error
}

func (w *watched) Select(ctx context.Context, t *store.TableSchema, q store.Select) ([]store.Record, error) {
	w.reads++
	return w.Driver.Select(ctx, t, q)
}

func (w *watched) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	w.writes++
	if w.fails != nil {
		return nil, w.fails
	}
	return w.Driver.UpdateOne(ctx, t, where, c)
}

func (w *watched) UpdateMany(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (int64, error) {
	w.writes++
	if w.fails != nil {
		return 0, w.fails
	}
	return w.Driver.UpdateMany(ctx, t, where, c)
}

// since returns the number of writes since it was last called.
func (w *watched) since() int {
	n := w.writes
	w.writes = 0
	return n
}

func lastRequest(s *authtest.Server, id any) any {
	s.T.Helper()
	row, err := s.Store.Get(s.T.Context(), "apikey", store.Is("id", id))
	if err != nil {
		s.T.Fatal(err)
	}
	return row["lastRequest"]
}

// A use is one read of the key and one guarded UPDATE, whatever it counts.
func TestOneUpdateForAUse(t *testing.T) {
	o := everywhere.Memory.Options(t)
	db := &watched{Driver: o.Database}
	o.Database = db
	s := server(t, o, apikey.Configuration{})
	_, id := user(s, ann)
	key := made(s, id, body{"remaining": 2, "refillAmount": 5, "refillInterval": 1000, "rateLimitMax": 3, "rateLimitTimeWindow": 60_000})
	for i, wait := range []time.Duration{0, 0, 2 * time.Second, 2 * time.Minute} {
		s.Advance(wait)
		verified(s, made(s, id, nil)["key"], nil) // deletes expired keys, if it is time for that
		db.reads, db.writes = 0, 0
		if code := verified(s, key["key"], nil); code != "" || db.reads != 1 || db.writes != 1 {
			t.Errorf("use %d: %q, %d reads, %d writes", i, code, db.reads, db.writes)
		}
	}
}

// A use that only says when the key was used is written with the next batch; one that counts something at once.
func TestLastUsesInBatches(t *testing.T) {
	o := everywhere.Memory.Options(t)
	db := &watched{Driver: o.Database}
	o.Database = db
	s := server(t, o, apikey.Configuration{LastRequestInterval: 30})
	_, id := user(s, ann)
	free := made(s, id, body{"rateLimitEnabled": false})
	other := made(s, id, body{"rateLimitEnabled": false})
	db.since()
	for range 20 {
		s.Advance(time.Second)
		got := call(s, "verifyApiKey", body{"key": free["key"]})["key"].(map[string]any)
		if got["lastRequest"] != s.Now().Format("2006-01-02T15:04:05.000Z") || got["updatedAt"] != free["updatedAt"] {
			t.Fatalf("the answer has %v, %v", got["lastRequest"], got["updatedAt"])
		}
	}
	last := s.Now()
	verified(s, other["key"], nil)
	if n := db.since(); n != 0 || lastRequest(s, free["id"]) != nil {
		t.Errorf("%d writes before the batch, lastRequest %v", n, lastRequest(s, free["id"]))
	}
	s.Advance(time.Second)
	s.RunJobs(t.Context())
	if n := db.since(); n != 2 || lastRequest(s, free["id"]) != last || lastRequest(s, other["id"]) != last {
		t.Errorf("%d writes for two keys, lastRequest %v and %v, want %v", n, lastRequest(s, free["id"]), lastRequest(s, other["id"]), last)
	}
	s.RunJobs(t.Context())
	if n := db.since(); n != 0 {
		t.Errorf("%d writes without new uses", n)
	}
	for name, more := range map[string]body{"limited": nil, "quota": {"rateLimitEnabled": false, "remaining": 5}} {
		key := made(s, id, more)
		db.since()
		if verified(s, key["key"], nil); db.since() != 1 || lastRequest(s, key["id"]) != s.Now() {
			t.Errorf("%s: the use is not written at once", name)
		}
	}
}

// A batch that cannot be written is written later, never over a later use, and not for a key that is gone.
func TestLastUsesAfterAFailure(t *testing.T) {
	o := everywhere.Memory.Options(t)
	db := &watched{Driver: o.Database}
	o.Database = db
	s := server(t, o, apikey.Configuration{LastRequestInterval: 30})
	c, id := user(s, ann)
	key, later, gone := made(s, id, body{"rateLimitEnabled": false}), made(s, id, body{"rateLimitEnabled": false}), made(s, id, body{"rateLimitEnabled": false})
	for _, k := range []map[string]any{key, later, gone} {
		verified(s, k["key"], nil)
	}
	first := s.Now()
	db.fails = errors.New("no database")
	s.RunJobs(t.Context())
	db.fails = nil
	s.Advance(time.Minute)
	s.Change("apikey", store.Record{"lastRequest": s.Now()}, store.Is("id", later["id"])) // by another server
	post(c, "/api-key/delete", body{"keyId": gone["id"]}).Want(200)
	s.RunJobs(t.Context())
	if at := lastRequest(s, key["id"]); at != first {
		t.Errorf("written %v, want %v", at, first)
	}
	if at := lastRequest(s, later["id"]); at != s.Now() {
		t.Errorf("a later use was replaced: %v", at)
	}
	s.WantRows(2, "apikey")
}

// A disabled or deleted key is refused at once, although its uses are not written.
func TestAttackBatchedKeyIsRefusedAtOnce(t *testing.T) {
	s := server(t, auth.Options{}, apikey.Configuration{LastRequestInterval: 30})
	c, id := user(s, ann)
	key := made(s, id, body{"rateLimitEnabled": false})
	if code := verified(s, key["key"], nil); code != "" {
		t.Fatal(code)
	}
	post(c, "/api-key/update", body{"keyId": key["id"], "enabled": false}).Want(200)
	if code := verified(s, key["key"], nil); code != "KEY_DISABLED" {
		t.Error(code)
	}
	post(c, "/api-key/delete", body{"keyId": key["id"]}).Want(200)
	if code := verified(s, key["key"], nil); code != "INVALID_API_KEY" {
		t.Error(code)
	}
}

// When the server stops, the last batch is written, on every database.
func TestLastUsesAtTheEnd(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, apikey.Configuration{LastRequestInterval: 86400})
		_, id := user(s, ann)
		var keys []any
		for range 150 { // more than one transaction
			key := made(s, id, body{"rateLimitEnabled": false})
			verified(s, key["key"], nil)
			keys = append(keys, key["id"])
		}
		if lastRequest(s, keys[0]) != nil {
			t.Error("written at once")
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		s.Run(ctx)
		for _, key := range keys {
			if at := lastRequest(s, key); at != s.Now() {
				t.Fatalf("%v, want %v", at, s.Now())
			}
		}
	}, everywhere.Databases()...)
}
