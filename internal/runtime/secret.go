package runtime

import (
	"fmt"
	"log/slog"
)

// Secret is a string that does not print, log or marshal itself: a password
// hash, a token. Reveal, or a conversion to string, is the way to it.
//
// It is a string underneath, so what reads it by reflection alone gets around
// its methods: fmt does for unexported fields, for %p, and behind a pointer
// within a struct under a verb other than %v; encoding/json does for the keys
// of a map.
type Secret string

const redacted = "[redacted]"

// Reveal returns the secret.
func (s Secret) Reveal() string { return string(s) }

// String returns a fixed text.
func (Secret) String() string { return redacted }

// GoString returns a fixed text.
func (Secret) GoString() string { return redacted }

// Format writes a fixed text whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// LogValue returns a fixed text.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns a fixed text; JSON and XML go through it.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalBinary returns a fixed text; encoding/gob goes through it.
func (Secret) MarshalBinary() ([]byte, error) { return []byte(redacted), nil }
