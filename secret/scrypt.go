package secret

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/bits"
)

// errScryptParameters is returned for parameters that RFC 7914 does not allow.
var errScryptParameters = errors.New("scrypt: parameters out of range")

// scryptCost is the cost of an scrypt hash: 128·n·r bytes of memory and p passes.
type scryptCost struct{ n, r, p int }

// memory returns the size of the table in bytes.
func (c scryptCost) memory() int { return 128 * c.r * c.n }

// scryptKey derives a key as RFC 7914 defines it. The standard package allocates a
// new table for every hash; this function works in the given memory, so that
// passwords cause no garbage collection (docs/decisions/0013).
func scryptKey(m *scratch, password, salt []byte, c scryptCost, length int) ([]byte, error) {
	if c.n < 2 || c.n&(c.n-1) != 0 || c.r < 1 || c.p < 1 || c.r > 1<<15 || c.p > 1<<15 || c.n > 1<<24 || c.r*c.p > 1<<15 {
		return nil, errScryptParameters
	}
	table, err := m.take(c.memory())
	if err != nil {
		return nil, err
	}
	size := 128 * c.r
	blocks, err := pbkdf2.Key(sha256.New, string(password), salt, 1, c.p*size)
	if err != nil {
		return nil, err
	}
	room := make([]byte, 3*size)
	for i := range c.p {
		mixTable(table, blocks[i*size:(i+1)*size], room, c.n)
	}
	return pbkdf2.Key(sha256.New, string(password), blocks, 1, length)
}

// mixTable is scryptROMix: it fills the table with n blocks and then mixes block
// with n of them, in an order that depends on the block.
func mixTable(table, block, room []byte, n int) {
	size := len(block)
	x, y, zero := room[:size], room[size:2*size], room[2*size:]
	copy(table, block)
	for i := 1; i < n; i++ {
		mixBlock(table[(i-1)*size:i*size], zero, table[i*size:(i+1)*size])
	}
	mixBlock(table[(n-1)*size:n*size], zero, x)
	for range n {
		j := int(word(x[size-64:]) & uint32(n-1))
		mixBlock(x, table[j*size:(j+1)*size], y)
		x, y = y, x
	}
	copy(block, x)
}

// mixBlock is scryptBlockMix of a XOR b, written to out, which must be neither.
// The race detector leaves it out: under it a hash would take ten times as long.
//
//go:norace
func mixBlock(a, b, out []byte) {
	var x [16]uint32
	half := len(a) / 2
	for i := range x {
		x[i] = word(a[len(a)-64+i*4:]) ^ word(b[len(a)-64+i*4:])
	}
	for i := 0; i < len(a); i += 128 {
		salsa(&x, (*[64]byte)(a[i:]), (*[64]byte)(b[i:]), (*[64]byte)(out[i/2:]))
		salsa(&x, (*[64]byte)(a[i+64:]), (*[64]byte)(b[i+64:]), (*[64]byte)(out[half+i/2:]))
	}
}

// salsa sets x and out to Salsa20/8 of x XOR a XOR b.
//
//go:norace
func salsa(x *[16]uint32, a, b, out *[64]byte) {
	w0 := word(a[0:]) ^ word(b[0:]) ^ x[0]
	w1 := word(a[4:]) ^ word(b[4:]) ^ x[1]
	w2 := word(a[8:]) ^ word(b[8:]) ^ x[2]
	w3 := word(a[12:]) ^ word(b[12:]) ^ x[3]
	w4 := word(a[16:]) ^ word(b[16:]) ^ x[4]
	w5 := word(a[20:]) ^ word(b[20:]) ^ x[5]
	w6 := word(a[24:]) ^ word(b[24:]) ^ x[6]
	w7 := word(a[28:]) ^ word(b[28:]) ^ x[7]
	w8 := word(a[32:]) ^ word(b[32:]) ^ x[8]
	w9 := word(a[36:]) ^ word(b[36:]) ^ x[9]
	w10 := word(a[40:]) ^ word(b[40:]) ^ x[10]
	w11 := word(a[44:]) ^ word(b[44:]) ^ x[11]
	w12 := word(a[48:]) ^ word(b[48:]) ^ x[12]
	w13 := word(a[52:]) ^ word(b[52:]) ^ x[13]
	w14 := word(a[56:]) ^ word(b[56:]) ^ x[14]
	w15 := word(a[60:]) ^ word(b[60:]) ^ x[15]
	x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15 := w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, w13, w14, w15
	for range 4 {
		x0, x4, x8, x12 = quarter(x0, x4, x8, x12)
		x5, x9, x13, x1 = quarter(x5, x9, x13, x1)
		x10, x14, x2, x6 = quarter(x10, x14, x2, x6)
		x15, x3, x7, x11 = quarter(x15, x3, x7, x11)
		x0, x1, x2, x3 = quarter(x0, x1, x2, x3)
		x5, x6, x7, x4 = quarter(x5, x6, x7, x4)
		x10, x11, x8, x9 = quarter(x10, x11, x8, x9)
		x15, x12, x13, x14 = quarter(x15, x12, x13, x14)
	}
	put(x, out, 0, x0+w0)
	put(x, out, 1, x1+w1)
	put(x, out, 2, x2+w2)
	put(x, out, 3, x3+w3)
	put(x, out, 4, x4+w4)
	put(x, out, 5, x5+w5)
	put(x, out, 6, x6+w6)
	put(x, out, 7, x7+w7)
	put(x, out, 8, x8+w8)
	put(x, out, 9, x9+w9)
	put(x, out, 10, x10+w10)
	put(x, out, 11, x11+w11)
	put(x, out, 12, x12+w12)
	put(x, out, 13, x13+w13)
	put(x, out, 14, x14+w14)
	put(x, out, 15, x15+w15)
}

func quarter(a, b, c, d uint32) (uint32, uint32, uint32, uint32) {
	b ^= bits.RotateLeft32(a+d, 7)
	c ^= bits.RotateLeft32(b+a, 9)
	d ^= bits.RotateLeft32(c+b, 13)
	a ^= bits.RotateLeft32(d+c, 18)
	return a, b, c, d
}

func word(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

func put(x *[16]uint32, out *[64]byte, i int, v uint32) {
	x[i] = v
	binary.LittleEndian.PutUint32(out[i*4:], v)
}
