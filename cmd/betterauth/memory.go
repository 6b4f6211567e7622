package main

import "runtime/debug"

// room is what the server may take besides the memory of password hashes
// before the collector works harder to stay below.
const room = 128 << 20

// growth is by how many percent the heap may grow before the collector runs.
// About a megabyte is in use: at Go's usual 100 the collector would run every
// four, which is every few hundred requests.
const growth = 400

// hashSize is what one password hash works in.
const hashSize = 32 << 20

// limitMemory lets the collector rest while little is in use, and keeps garbage
// from growing with the memory of password hashes, as it would otherwise.
// GOGC and GOMEMLIMIT in the environment win.
func limitMemory(w *world, hashes int) {
	if w.env("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
	if w.env("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(hashes)*hashSize + room)
	}
}

// giveBack returns the memory that only starting needed.
func giveBack() { debug.FreeOSMemory() }
