// Package faults holds tests that run the main flows on a database, a secondary
// storage and a mail sender of which one call, each in turn, fails, answers only
// after its work is done and then fails, or stalls.
package faults
