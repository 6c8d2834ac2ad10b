package model

import (
	"slices"
	"strings"
)

// Fold returns a name in the form in which SQL compares it: ASCII letters in
// lower case.
func Fold(name string) string {
	isUpper := func(r rune) bool { return 'A' <= r && r <= 'Z' }
	if strings.IndexFunc(name, isUpper) < 0 {
		return name
	}
	return strings.Map(func(r rune) rune {
		if isUpper(r) {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// FoldAll makes one text of names, by which lists of names are compared.
func FoldAll(names []string) string { return Fold(strings.Join(names, "\x00")) }

// HasName reports whether SQL takes one of the names for the name.
func HasName(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// Unquote returns the name or text that a spelling of it stands for.
func Unquote(raw string) string {
	if len(raw) < 2 {
		return raw
	}
	switch quote := raw[:1]; quote {
	case "[":
		return strings.TrimSuffix(raw[1:], "]")
	case `"`, "'", "`":
		return strings.ReplaceAll(strings.TrimSuffix(raw[1:], quote), quote+quote, quote)
	}
	return raw
}
