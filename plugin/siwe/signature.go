package siwe

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"golang.org/x/crypto/sha3"
)

// addressLength is the number of characters of an address: 0x and 40 hexadecimal digits.
const addressLength = 42

// keccak returns the hash that Ethereum uses, Keccak-256.
func keccak(parts ...string) []byte {
	h := sha3.NewLegacyKeccak256()
	for _, part := range parts {
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

// checksummed returns an address with the capitals of EIP-55.
func checksummed(address string) string {
	digits := []byte(strings.ToLower(address[2:]))
	for i, nibble := range hex.EncodeToString(keccak(string(digits))) {
		if i < len(digits) && nibble >= '8' && digits[i] >= 'a' {
			digits[i] -= 'a' - 'A'
		}
	}
	return "0x" + string(digits)
}

// VerifyMessage is the option verifyMessage unless another one is set: it reports whether the owner of the address
// signed the message with personal_sign (EIP-191), and whether the message follows ERC-4361 to the letter. Wallets
// that are contracts (EIP-1271) are refused.
func VerifyMessage(_ context.Context, v Verification) (bool, error) {
	if !conforms(v.Message) {
		return false, nil
	}
	signer, err := signerOf(v.Message, v.Signature)
	return err == nil && strings.EqualFold(signer, v.Address), nil
}

var errSignature = errors.New("siwe: not a signature of 64 or 65 bytes in hexadecimal form")

// signerOf returns the address whose key signed a message. The signature is r, s and v in 65 bytes, or in 64 bytes as
// in EIP-2098, where the highest bit is v.
func signerOf(message, signature string) (string, error) {
	digits, ok := strings.CutPrefix(signature, "0x")
	sig, err := hex.DecodeString(digits)
	if !ok || err != nil {
		return "", errSignature
	}
	var parity byte
	switch len(sig) {
	case 64:
		parity = sig[32] >> 7
		sig[32] &= 0x7F
	case 65:
		parity = sig[64]
		if parity >= 27 {
			parity -= 27
		}
	default:
		return "", errSignature
	}
	if parity > 1 {
		return "", errSignature
	}
	// Of the two forms of a signature wallets make the one with the lower s.
	var s secp256k1.ModNScalar
	if overflow := s.SetByteSlice(sig[32:64]); overflow || s.IsOverHalfOrder() {
		return "", errSignature
	}
	hash := keccak("\x19Ethereum Signed Message:\n", strconv.Itoa(len(message)), message)
	key, _, err := ecdsa.RecoverCompact(append([]byte{27 + parity}, sig[:64]...), hash)
	if err != nil {
		return "", err
	}
	return "0x" + hex.EncodeToString(keccak(string(key.SerializeUncompressed()[1:]))[12:]), nil
}
