package plan

import (
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jinzhu/inflection"
)

// initialisms are words that Go spells in capitals.
var initialisms = map[string]bool{
	"acl": true, "api": true, "ascii": true, "cpu": true, "css": true, "db": true, "dns": true,
	"eof": true, "guid": true, "html": true, "http": true, "https": true, "id": true, "ip": true,
	"json": true, "jwt": true, "os": true, "qps": true, "ram": true, "rpc": true, "sku": true,
	"sla": true, "smtp": true, "sql": true, "ssh": true, "tcp": true, "tls": true, "ttl": true,
	"udp": true, "ui": true, "uid": true, "uri": true, "url": true, "utf8": true, "uuid": true,
	"vat": true, "vm": true, "xml": true,
}

// words splits a name of the database at underscores, spaces, punctuation
// and changes of case: "activeTeam_id" → active, Team, id.
func words(name string) []string {
	var list []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			list = append(list, string(word))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if unicode.IsUpper(r) && i > 0 && startsWord(runes, i) {
			flush()
		}
		word = append(word, r)
	}
	flush()
	return list
}

// startsWord reports whether the upper-case letter at i begins a word:
// after a lower-case letter, or as the last capital before one (HTTPServer).
func startsWord(runes []rune, i int) bool {
	return unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1]) ||
		unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
}

// exported returns the exported Go name of a name of the database, "" where
// it has no letter or digit to make one of.
func exported(name string) string {
	text := joined(name)
	if text == "" {
		return ""
	}
	if first, _ := utf8.DecodeRuneInString(text); !unicode.IsUpper(first) {
		return "X" + text // a digit, or a letter of a script without capitals
	}
	return text
}

// joined is the part of a Go name that a name of the database makes.
func joined(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		b.WriteString(capitalised(word))
	}
	return b.String()
}

func capitalised(word string) string {
	if lower := strings.ToLower(word); initialisms[lower] {
		return strings.ToUpper(word)
	} else if strings.HasSuffix(lower, "s") && initialisms[lower[:len(lower)-1]] && len(lower) > 2 {
		return strings.ToUpper(word[:len(word)-1]) + "s"
	}
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + word[size:]
}

// unexported returns the Go name with a small first word, for an argument or
// a package-level name: "sku" → sku, "user_id" → userID.
func unexported(name string) string {
	list := words(name)
	if len(list) == 0 {
		return ""
	}
	text := strings.ToLower(list[0])
	for _, word := range list[1:] {
		text += capitalised(word)
	}
	if first, _ := utf8.DecodeRuneInString(text); !unicode.IsLetter(first) || unicode.IsUpper(first) {
		return "x" + text // a digit, or a capital without a small letter
	}
	return text
}

// camel returns the name as JavaScript spells it: user_id → userId.
func camel(name string) string {
	var b strings.Builder
	for i, word := range words(name) {
		word = strings.ToLower(word)
		if i > 0 {
			first, size := utf8.DecodeRuneInString(word)
			word = string(unicode.ToUpper(first)) + word[size:]
		}
		b.WriteString(word)
	}
	if b.Len() == 0 {
		return name
	}
	return b.String()
}

// fileName returns a Go name in lower case with underscores, for a file.
func fileName(goName string) string {
	return strings.ToLower(strings.Join(words(goName), "_"))
}

// singular and plural work on the last word: team_members ↔ team_member.
func singular(name string) string { return inflectLast(name, inflection.Singular) }

func plural(name string) string { return inflectLast(name, inflection.Plural) }

func inflectLast(name string, inflect func(string) string) string {
	cut := strings.LastIndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) + 1
	if cut == len(name) {
		return name
	}
	return name[:cut] + inflect(name[cut:])
}

// argument returns a name for a function's argument that hides nothing that
// generated bodies use.
func argument(name string) string {
	text := unexported(name)
	switch {
	case text == "":
		return "value"
	case token.IsKeyword(text), predeclared[text], inBodies[text]:
		return text + "Value"
	}
	return text
}

// argument returns a name for an argument that hides nothing of the package
// either, nor these names.
func (p *planner) argument(name string, others ...string) string {
	text := argument(name)
	if _, taken := p.names.taken[text]; taken || slices.Contains(others, text) {
		return text + "Value"
	}
	return text
}

// inBodies are names that the bodies of generated methods use themselves.
var inBodies = map[string]bool{
	"address": true, "c": true, "changes": true, "columns": true, "conflict": true, "context": true, "ctx": true, "err": true,
	"i": true, "input": true, "inputs": true, "iter": true, "json": true, "list": true, "n": true, "now": true, "one": true,
	"orderings": true, "page": true, "params": true, "predicates": true, "q": true, "r": true, "relations": true,
	"request": true, "row": true, "rows": true, "s": true, "t": true, "target": true, "time": true, "yield": true,
}

var predeclared = map[string]bool{
	"any": true, "append": true, "bool": true, "byte": true, "cap": true, "clear": true, "close": true,
	"comparable": true, "complex": true, "complex128": true, "complex64": true, "copy": true, "delete": true,
	"error": true, "false": true, "float32": true, "float64": true, "imag": true, "int": true, "int16": true,
	"int32": true, "int64": true, "int8": true, "iota": true, "len": true, "make": true, "max": true, "min": true,
	"new": true, "nil": true, "panic": true, "print": true, "println": true, "real": true, "recover": true,
	"rune": true, "string": true, "true": true, "uint": true, "uint16": true, "uint32": true, "uint64": true,
	"uint8": true, "uintptr": true,
}
