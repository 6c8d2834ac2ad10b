package runtime

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// newKey returns a fresh UUIDv7 (RFC 9562): keys made later sort later.
func newKey(now time.Time) string { return string(appendNewKey(nil, now)) }

func appendNewKey(to []byte, now time.Time) []byte {
	var id [16]byte
	_, _ = rand.Read(id[8:]) // never fails: the program stops instead
	milli := uint64(now.UnixMilli())
	fraction := uint64(now.Nanosecond()%1e6) << 12 / 1e6 // of a millisecond, in 12 bits
	binary.BigEndian.PutUint64(id[:8], milli<<16|0x7000|fraction)
	id[8] = id[8]&0x3f | 0x80
	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:36], id[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return append(to, text[:]...)
}
