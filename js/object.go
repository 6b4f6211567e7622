package js

import (
	"cmp"
	"iter"
	"slices"
)

// indexFrom is the number of members from which an object keeps an index. For
// fewer members, comparing keys one by one is faster.
const indexFrom = 13

type member struct {
	key string
	val any
}

// Object is a JavaScript object: members in JavaScript's order, integer-like keys
// first and ascending, the others in the order of insertion. The zero value is an
// empty object; a nil *Object reads as empty. Several goroutines may read it
// while none changes it.
type Object struct {
	numbered []member // those with integer-like keys, ascending
	members  []member // the others
	index    map[string]int
}

// NewObject returns an empty object.
func NewObject() *Object { return &Object{} }

// Obj returns an object with the given alternating keys and values. A key that is
// not a string is skipped with its value; a last key without a value is
// undefined.
func Obj(pairs ...any) *Object {
	o := &Object{members: make([]member, 0, (len(pairs)+1)/2)}
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			continue
		}
		var val any = Undefined{}
		if i+1 < len(pairs) {
			val = pairs[i+1]
		}
		o.Set(key, val)
	}
	return o
}

// Get returns the value of key and whether the object has the key.
func (o *Object) Get(key string) (any, bool) {
	if m := o.find(key); m != nil {
		return m.val, true
	}
	return nil, false
}

// Has reports whether the object has the key.
func (o *Object) Has(key string) bool { return o.find(key) != nil }

// Set sets key to a value, in its old place if it exists. For many integer-like
// keys that are not ascending, use a [Builder].
func (o *Object) Set(key string, val any) {
	n, isInt := arrayIndex(key)
	if !isInt {
		o.set(key, val)
		return
	}
	at, found := o.search(n)
	if found {
		o.numbered[at].val = val
		return
	}
	o.numbered = slices.Insert(o.numbered, at, member{key, val})
}

func (o *Object) set(key string, val any) {
	if m := o.named(key); m != nil {
		m.val = val
		return
	}
	o.members = append(o.members, member{key, val})
	if o.index != nil {
		o.index[key] = len(o.members) - 1
		return
	}
	if len(o.members) >= indexFrom {
		o.reindex()
	}
}

// Grow makes room for n more members, so that setting them allocates once.
func (o *Object) Grow(n int) { o.members = slices.Grow(o.members, n) }

// Delete removes key if it exists.
func (o *Object) Delete(key string) {
	if n, isInt := arrayIndex(key); isInt {
		if at, found := o.search(n); found {
			o.numbered = slices.Delete(o.numbered, at, at+1)
		}
		return
	}
	i := slices.IndexFunc(o.members, func(m member) bool { return m.key == key })
	if i < 0 {
		return
	}
	o.members = slices.Delete(o.members, i, i+1)
	o.reindex()
}

// Len returns the number of members.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.numbered) + len(o.members)
}

// Keys returns the keys in order, like Object.keys.
func (o *Object) Keys() []string {
	keys := make([]string, 0, o.Len())
	for key := range o.All() {
		keys = append(keys, key)
	}
	return keys
}

// All yields the members in order. The object must not change during the
// iteration.
func (o *Object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		if o == nil {
			return
		}
		for _, list := range [2][]member{o.numbered, o.members} {
			for i := range list {
				if !yield(list[i].key, list[i].val) {
					return
				}
			}
		}
	}
}

// Clone returns a copy of the object that shares the values, like {...o}.
func (o *Object) Clone() *Object {
	if o == nil {
		return &Object{}
	}
	c := &Object{numbered: slices.Clone(o.numbered), members: slices.Clone(o.members)}
	c.reindex()
	return c
}

// MarshalJSON writes the object for encoding/json.
func (o *Object) MarshalJSON() ([]byte, error) { return Append(nil, o), nil }

// UnmarshalJSON reads the object for encoding/json.
func (o *Object) UnmarshalJSON(data []byte) error {
	v, err := Parse(data)
	if err != nil {
		return err
	}
	p, ok := v.(*Object)
	if !ok {
		return &SyntaxError{Message: "not an object"}
	}
	*o = *p
	return nil
}

func (o *Object) find(key string) *member {
	if o == nil {
		return nil
	}
	if n, isInt := arrayIndex(key); isInt {
		if at, found := o.search(n); found {
			return &o.numbered[at]
		}
		return nil
	}
	return o.named(key)
}

func (o *Object) named(key string) *member {
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return &o.members[i]
		}
		return nil
	}
	for i := range o.members {
		if o.members[i].key == key {
			return &o.members[i]
		}
	}
	return nil
}

// search returns the place of an integer-like key and whether it exists. Most
// keys are added in ascending order.
func (o *Object) search(n uint32) (at int, found bool) {
	if last := len(o.numbered); last == 0 || position(o.numbered[last-1]) < n {
		return last, false
	}
	return slices.BinarySearchFunc(o.numbered, n, func(m member, n uint32) int { return cmp.Compare(position(m), n) })
}

func position(m member) uint32 { n, _ := arrayIndex(m.key); return n }

func (o *Object) reindex() {
	if len(o.members) < indexFrom {
		o.index = nil
		return
	}
	o.index = make(map[string]int, len(o.members)+len(o.members)/2)
	for i := range o.members {
		o.index[o.members[i].key] = i
	}
}

// Builder builds an object from untrusted keys. Unlike Object.Set, it takes no
// quadratic time for many integer-like keys in descending order. The zero value
// is ready for use.
type Builder struct {
	o    Object
	seen map[uint32]int // index in o.numbered, used once the keys are not ascending
}

// Get returns the value that was set for key, if any.
func (b *Builder) Get(key string) (any, bool) {
	n, isInt := arrayIndex(key)
	if !isInt || b.seen == nil {
		return b.o.Get(key)
	}
	if i, ok := b.seen[n]; ok {
		return b.o.numbered[i].val, true
	}
	return nil, false
}

// Set is like [Object.Set].
func (b *Builder) Set(key string, val any) {
	n, isInt := arrayIndex(key)
	if !isInt {
		b.o.set(key, val)
		return
	}
	if b.seen == nil {
		if at, found := b.o.search(n); found || at == len(b.o.numbered) {
			b.o.Set(key, val)
			return
		}
		b.seen = make(map[uint32]int, 2*len(b.o.numbered))
		for i := range b.o.numbered {
			b.seen[position(b.o.numbered[i])] = i
		}
	}
	if i, ok := b.seen[n]; ok {
		b.o.numbered[i].val = val
		return
	}
	b.seen[n] = len(b.o.numbered)
	b.o.numbered = append(b.o.numbered, member{key, val})
}

// Object returns the object. The builder must not be used afterwards.
func (b *Builder) Object() *Object {
	if b.seen != nil {
		slices.SortFunc(b.o.numbered, func(x, y member) int { return cmp.Compare(position(x), position(y)) })
	}
	o := b.o
	return &o
}

// compareIndex sorts integer-like keys before others and by number; two other
// keys are equal.
func compareIndex(a, b string) int {
	i, aInt := arrayIndex(a)
	j, bInt := arrayIndex(b)
	switch {
	case aInt && bInt:
		return cmp.Compare(i, j)
	case aInt:
		return -1
	case bInt:
		return 1
	}
	return 0
}

// arrayIndex parses an array index of ECMAScript: a canonical number from 0 to
// 2^32-2.
func arrayIndex(key string) (uint32, bool) {
	if key == "" || len(key) > 10 || key[0] < '0' || key[0] > '9' || key[0] == '0' && len(key) > 1 {
		return 0, false
	}
	var n uint64
	for i := range len(key) {
		c := key[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return uint32(n), n < 1<<32-1
}
