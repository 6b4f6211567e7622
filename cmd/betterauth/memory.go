package main

import "runtime/debug"

// room is what the server may take besides the memory of password hashes
// before the collector works harder to stay below.
const room = 128 << 20

// hashSize is what one password hash works in.
const hashSize = 32 << 20

// limitMemory keeps garbage from growing with the memory of password hashes,
// as it would: the collector lets the heap double before it runs. GOMEMLIMIT
// in the environment wins.
func limitMemory(w *world, hashes int) {
	if w.env("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(hashes)*hashSize + room)
	}
}

// giveBack returns the memory that only starting needed.
func giveBack() { debug.FreeOSMemory() }
