package runtime

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// An archive is a tenant as JSON lines: a header, a line for each row, and an
// end by which a part that is missing is noticed.
//
//	{"archive":1,"tenant":"organization","id":"0198…","at":"2026-01-02T12:00:00Z","tables":[{"table":"organization",…}]}
//	["organization","0198…","North","north",null,1767355200]
//	{"rows":[{"table":"organization","rows":1}],"sha256":"9f86…"}
//
// A row is its table and the values of the columns of the header, but for those
// left out. An INTEGER is a number without exponent, a REAL one with it, a
// BLOB {"blob":"base64"}, TEXT that is not UTF-8 {"text":"base64"}.

// archiveVersion is the version of this format.
const archiveVersion = 1

// archiveHeader is the first line.
type archiveHeader struct {
	Archive int             `json:"archive"` // the version
	Tenant  string          `json:"tenant"`  // the tenant's table
	ID      json.RawMessage `json:"id"`      // a value as in a row
	At      time.Time       `json:"at"`
	Tables  []archivePart   `json:"tables"`
}

// archivePart is a table in the header.
type archivePart struct {
	Table       string   `json:"table"`
	Fingerprint string   `json:"fingerprint"` // of the columns
	Columns     []string `json:"columns"`     // name, type and constraints
	LeftOut     []string `json:"leftOut,omitempty"`
}

// archiveEnd is the last line.
type archiveEnd struct {
	Rows   []TableRows `json:"rows"`
	SHA256 string      `json:"sha256"` // of all lines before, line ends included
}

// part is the holding in the header of an archive.
func (h *holding) part(secrets bool) archivePart {
	p := archivePart{Table: h.name}
	hash := sha256.New()
	for i := range h.columns {
		c := &h.columns[i]
		p.Columns = append(p.Columns, c.described())
		fmt.Fprintln(hash, c.described())
		if c.is&isSensitive != 0 && !secrets {
			p.LeftOut = append(p.LeftOut, c.name)
		}
	}
	p.Fingerprint = hex.EncodeToString(hash.Sum(nil)[:8])
	return p
}

// archiveWriter writes lines and takes their checksum.
type archiveWriter struct {
	to   *bufio.Writer
	hash hash.Hash
}

func newArchiveWriter(to io.Writer) *archiveWriter {
	return &archiveWriter{to: bufio.NewWriterSize(to, 64<<10), hash: sha256.New()}
}

// line writes a line, whose end it adds.
func (a *archiveWriter) line(text []byte) error {
	text = append(text, '\n')
	_, _ = a.hash.Write(text) // never fails
	_, err := a.to.Write(text)
	return err
}

// object writes a line of one JSON object.
func (a *archiveWriter) object(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.line(text)
}

// end writes the last line and returns the checksum of those before.
func (a *archiveWriter) end(rows []TableRows) (checksum string, err error) {
	checksum = hex.EncodeToString(a.hash.Sum(nil))
	if err := a.object(archiveEnd{rows, checksum}); err != nil {
		return "", err
	}
	return checksum, a.to.Flush()
}

// lineSum is how many lines there are, and a checksum of them in any order:
// the sum of their own.
type lineSum struct {
	lines int64
	sum   [4]uint64
}

func (l *lineSum) add(line []byte) {
	l.lines++
	own := sha256.Sum256(line)
	for i := range l.sum {
		l.sum[i] += binary.LittleEndian.Uint64(own[8*i:])
	}
}

// appendArchived appends a value of a row as an archive has it.
func appendArchived(to []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case []byte:
		return appendEncoded(to, "blob", v), nil
	case string:
		if !utf8.ValidString(v) {
			return appendEncoded(to, "text", []byte(v)), nil
		}
	}
	return appendJSON(to, value)
}

func appendEncoded(to []byte, kind string, bytes []byte) []byte {
	to = append(append(append(to, `{"`...), kind...), `":"`...)
	return append(base64.StdEncoding.AppendEncode(to, bytes), `"}`...)
}

// archived reads a value as appendArchived wrote it.
func (d *decoder) archived() (any, error) {
	if text, ok, err := d.encoded(`{"blob":`); ok {
		return text, err
	}
	if text, ok, err := d.encoded(`{"text":`); ok {
		return string(text), err
	}
	return d.value()
}

// encoded reads base64 that follows a prefix, if the prefix is there. The bytes
// are never nil, which a driver would take for NULL.
func (d *decoder) encoded(prefix string) (bytes []byte, ok bool, err error) {
	if !strings.HasPrefix(d.text[min(d.at, len(d.text)):], prefix) {
		return nil, false, nil
	}
	d.at += len(prefix)
	text, err := d.string()
	if err != nil {
		return nil, true, err
	}
	bytes, err = base64.StdEncoding.AppendDecode([]byte{}, []byte(text))
	if err != nil {
		return nil, true, errMalformed
	}
	return bytes, true, d.expect('}')
}

// damaged reports an archive that cannot be what an export wrote.
func damaged(table, what string) error {
	return &Error{Op: "import", Table: table, Err: fmt.Errorf("%w: %s", ErrInvalid, what)}
}

// archiveReader reads lines and takes their checksum.
type archiveReader struct {
	from *bufio.Reader
	hash hash.Hash
}

func newArchiveReader(from io.Reader) *archiveReader {
	return &archiveReader{from: bufio.NewReaderSize(from, 64<<10), hash: sha256.New()}
}

// line reads a line with its end. It does not count towards the checksum yet.
func (a *archiveReader) line() ([]byte, error) {
	text, err := a.from.ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		return nil, damaged("", "the archive ends before its last line")
	}
	if err != nil {
		return nil, failed("import", "", err)
	}
	return text, nil
}

// seen counts a line towards the checksum.
func (a *archiveReader) seen(line []byte) { _, _ = a.hash.Write(line) }

// header reads the first line.
func (a *archiveReader) header() (h archiveHeader, err error) {
	line, err := a.line()
	if err != nil {
		return h, err
	}
	if json.Unmarshal(line, &h) != nil || h.Archive == 0 {
		return h, damaged("", "this is no archive")
	}
	if h.Archive != archiveVersion {
		return h, damaged("", fmt.Sprintf("the archive is of version %d, and this code reads version %d", h.Archive, archiveVersion))
	}
	a.seen(line)
	return h, nil
}

// row reads the next row's line; the end's where there is none.
func (a *archiveReader) row() (line string, end *archiveEnd, err error) {
	text, err := a.line()
	if err != nil {
		return "", nil, err
	}
	if !bytes.HasPrefix(text, []byte("{")) {
		a.seen(text)
		return string(text[:len(text)-1]), nil, nil
	}
	end = &archiveEnd{}
	if json.Unmarshal(text, end) != nil || end.SHA256 == "" {
		return "", nil, damaged("", "the archive's last line is malformed")
	}
	return "", end, nil
}

// verify checks that the archive is what was written: nothing follows its end,
// and its checksum is right.
func (a *archiveReader) verify(end *archiveEnd) (checksum string, err error) {
	if _, err := a.from.ReadByte(); !errors.Is(err, io.EOF) {
		if err != nil {
			return "", failed("import", "", err)
		}
		return "", damaged("", "the archive goes on after its last line")
	}
	checksum = hex.EncodeToString(a.hash.Sum(nil))
	if checksum != end.SHA256 {
		return "", damaged("", "the archive has been changed: its checksum is wrong")
	}
	return checksum, nil
}
