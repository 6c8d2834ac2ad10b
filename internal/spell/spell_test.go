package spell_test

import (
	"testing"

	"github.com/rowhouse/rowhouse/internal/spell"
)

func TestDidYouMean(t *testing.T) {
	known := []string{"url", "src", "tenant", "user_table", "Größe"}
	for word, want := range map[string]string{
		"ulr":       `did you mean "url"?`,
		"tenent":    `did you mean "tenant"?`,
		"USER_TABL": `did you mean "user_table"?`,
		"grösse":    `did you mean "Größe"?`,
		"colour":    "",
		"x":         "",
		"":          "",
	} {
		if got := spell.DidYouMean(word, known); got != want {
			t.Errorf("DidYouMean(%q) = %q, want %q", word, got, want)
		}
	}
}
