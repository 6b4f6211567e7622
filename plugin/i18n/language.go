package i18n

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
)

// maxLanguages is how many languages of a request header are read.
const maxLanguages = 100

// languages returns the primary languages of an Accept-Language header, the preferred one first: "de" for "de-AT".
// Like the reference, it keeps languages with a quality of 0.
func languages(header string) []string {
	type language struct {
		name    string
		quality float64
	}
	var list []language
	for part := range strings.SplitSeq(header, ",") {
		tag, rest, weighted := strings.Cut(js.Trim(part), ";")
		quality := 1.0
		if weighted {
			rest, _, _ = strings.Cut(rest, ";")
			quality = number(strings.Replace(rest, "q=", "", 1))
		}
		name, _, _ := strings.Cut(js.Trim(tag), "-")
		if name != "" && len(list) < maxLanguages {
			list = append(list, language{name, quality})
		}
	}
	slices.SortStableFunc(list, func(a, b language) int {
		if math.IsNaN(a.quality) || math.IsNaN(b.quality) {
			return 0
		}
		return cmp.Compare(b.quality, a.quality)
	})
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = l.name
	}
	return names
}

var leadingNumber = regexp.MustCompile(`^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`)

// number reads the number that a text begins with, as parseFloat does, or NaN.
func number(text string) float64 {
	n, err := strconv.ParseFloat(leadingNumber.FindString(js.Trim(text)), 64)
	if err != nil && !math.IsInf(n, 0) {
		return math.NaN()
	}
	return n
}
