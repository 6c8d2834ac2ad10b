package lint

import "testing"

// FuzzMarks: whatever a file holds, comments are found where they are, and
// what they are about is part of the file.
func FuzzMarks(f *testing.F) {
	for _, text := range []string{
		"",
		"-- rowhouse:ignore RH101 why",
		"-- rowhouse:ignore RH101 why\nCREATE TABLE t (a, -- rowhouse:x\n  UNIQUE (a) /* rowhouse: */);",
		"/* rowhouse:ignore",
		"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; -- rowhouse:can x",
		"; -- rowhouse:with-deleted\n;",
		"SELECT 'a\n-- rowhouse:ignore\x00;",
		"ALTER TABLE t ADD COLUMN c -- rowhouse:ignore RH103\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newSource(File{Name: "f.sql", Text: text})
		for _, m := range s.marks() {
			offset := s.offset(m.pos)
			if offset < 0 || offset >= len(text) || text[offset] != '-' && text[offset] != '/' {
				t.Errorf("%s is no comment", m.pos)
			}
			if m.about != nil && (m.about.start < 0 || m.about.start > m.about.first || m.about.first >= m.about.end || m.about.end > len(text)) {
				t.Errorf("%s is about %+v of %d bytes", m.pos, *m.about, len(text))
			}
		}
	})
}
