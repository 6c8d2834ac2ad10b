package config

import (
	"slices"
	"strings"

	"github.com/rowhouse/rowhouse/internal/spell"
)

// suggestion is the fix for a word that is none of known: the nearest one
// where it is near enough for a slip of the pen, else all of them.
func suggestion(word string, known []string) string {
	if nearest := spell.DidYouMean(word, known); nearest != "" {
		return nearest
	}
	return "known here: " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
}
