package oauthprovider

import "strconv"

// numberOf returns the value of a JSON number; false for other values.
func numberOf(text []byte) (float64, bool) {
	if len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return f, err == nil
}
