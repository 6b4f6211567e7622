package js

import (
	"cmp"
	"iter"
	"slices"
)

// indexFrom is the number of members from which an object keeps an index;
// below it, comparing keys one by one is faster.
const indexFrom = 13

type member struct {
	key string
	val any
}

// Object is a JavaScript object: members in the order JavaScript gives them,
// integer-like keys first and ascending, the others as they were added. The
// zero value is an empty object; a nil *Object reads as empty. It may be read
// by many goroutines at once while none changes it.
type Object struct {
	members []member
	index   map[string]int
	ints    int // integer-like keys, all at the front
}

// NewObject returns an empty object.
func NewObject() *Object { return &Object{} }

// Obj returns an object of the given keys and values in turn. A key that is no
// string and its value are skipped, and a last key without value is undefined.
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

// Get returns the value of key and whether the object has it as its own.
func (o *Object) Get(key string) (any, bool) {
	if i := o.find(key); i >= 0 {
		return o.members[i].val, true
	}
	return nil, false
}

// Has reports whether the object has key as its own.
func (o *Object) Has(key string) bool { return o.find(key) >= 0 }

// Set gives key a value, in its old place if it had one.
func (o *Object) Set(key string, val any) {
	if i := o.find(key); i >= 0 {
		o.members[i].val = val
		return
	}
	n, isInt := arrayIndex(key)
	if !isInt {
		o.push(key, val)
		return
	}
	at, _ := slices.BinarySearchFunc(o.members[:o.ints], n, func(m member, n uint32) int {
		k, _ := arrayIndex(m.key)
		return cmp.Compare(k, n)
	})
	o.ints++
	if at == len(o.members) {
		o.push(key, val)
		return
	}
	o.members = slices.Insert(o.members, at, member{key, val})
	o.reindex()
}

// Delete removes key, if it is there.
func (o *Object) Delete(key string) {
	i := o.find(key)
	if i < 0 {
		return
	}
	if i < o.ints {
		o.ints--
	}
	o.members = slices.Delete(o.members, i, i+1)
	o.reindex()
}

// Len is the number of members.
func (o *Object) Len() int {
	if o == nil {
		return 0
	}
	return len(o.members)
}

// Keys returns the keys in order, as Object.keys does.
func (o *Object) Keys() []string {
	keys := make([]string, o.Len())
	for i := range keys {
		keys[i] = o.members[i].key
	}
	return keys
}

// All yields the members in order. The object must not change meanwhile.
func (o *Object) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		if o == nil {
			return
		}
		for i := range o.members {
			if !yield(o.members[i].key, o.members[i].val) {
				return
			}
		}
	}
}

// Clone returns a copy of the object; the values are shared, as {...o} does.
func (o *Object) Clone() *Object {
	if o == nil {
		return &Object{}
	}
	c := &Object{members: slices.Clone(o.members), ints: o.ints}
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

func (o *Object) find(key string) int {
	if o == nil {
		return -1
	}
	if o.index != nil {
		if i, ok := o.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range o.members {
		if o.members[i].key == key {
			return i
		}
	}
	return -1
}

func (o *Object) push(key string, val any) {
	o.members = append(o.members, member{key, val})
	if o.index != nil {
		o.index[key] = len(o.members) - 1
		return
	}
	if len(o.members) >= indexFrom {
		o.reindex()
	}
}

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

// add is Set for the parser: integer-like keys are counted and put in their
// place once at the end, by [Object.arrange], so that many of them in falling
// order cost no quadratic time.
func (o *Object) add(key string, val any) {
	if i := o.find(key); i >= 0 {
		o.members[i].val = val
		return
	}
	if _, isInt := arrayIndex(key); isInt {
		o.ints++
	}
	o.push(key, val)
}

func (o *Object) arrange() {
	if o.ints == 0 {
		return
	}
	slices.SortStableFunc(o.members, func(a, b member) int { return compareIndex(a.key, b.key) })
	o.reindex()
}

// compareIndex orders integer-like keys before others and by number; two
// others are equal to it.
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

// arrayIndex is ECMAScript's: a canonical number from 0 to 2^32-2.
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
