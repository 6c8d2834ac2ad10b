package config

import (
	"slices"
	"strconv"
	"strings"
)

// suggestion is the fix for a word that is none of known: the nearest one
// where it is near enough for a slip of the pen, else all of them.
func suggestion(word string, known []string) string {
	best, distance := "", 2+len(word)/4
	known = slices.Sorted(slices.Values(known))
	for _, candidate := range known {
		if d := editDistance(strings.ToLower(word), candidate); d < distance {
			best, distance = candidate, d
		}
	}
	if best != "" {
		return "did you mean " + strconv.Quote(best) + "?"
	}
	return "known here: " + strings.Join(known, ", ")
}

// editDistance is the Levenshtein distance of two words in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitution := diagonal
			if a[i] != b[j] {
				substitution++
			}
			diagonal = row[j+1]
			row[j+1] = min(substitution, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
